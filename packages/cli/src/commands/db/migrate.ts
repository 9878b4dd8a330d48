import { AlphaCommand } from '../../alpha-command.js';
import { settingFlags } from '../../config/setting-flags.js';

export default class DbMigrate extends AlphaCommand {
  static override summary = 'Bring the schema of the database up to date.';
  static override description =
    'The engine and the archiver do the same when they start. Migrations only go forward; exit status 5 means that the database was written by a newer version, or that a migration was changed: then nothing is done.';
  static override examples = ['<%= config.bin %> db migrate', '<%= config.bin %> db migrate --json'];
  static override flags = settingFlags(['databaseConnections', 'databaseTimeoutMs', 'dataDir', 'logLevel']);

  async run() {
    const { flags } = await this.parse(DbMigrate);
    const { config } = await this.settings(flags);
    const { migrateDatabase } = await import('../../services/database.js');
    const result = await migrateDatabase(config);
    for (const { version, name } of result.applied) this.log(`Applied ${version} ${name}.`);
    this.log(`The schema of ${result.location} is at ${result.to}.`);
    return result;
  }
}

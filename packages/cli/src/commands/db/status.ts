import { AlphaCommand } from '../../alpha-command.js';
import { settingFlags } from '../../config/setting-flags.js';
import { table } from '../../output/table.js';

export default class DbStatus extends AlphaCommand {
  static override summary = 'Tell which database this is, how far its schema is, and how large its tables are.';
  static override description = 'Changes nothing. Exit status 5 means that the database cannot be reached.';
  static override examples = ['<%= config.bin %> db status', '<%= config.bin %> db status --json'];
  static override flags = settingFlags(['databaseConnections', 'databaseTimeoutMs', 'dataDir', 'logLevel']);

  async run() {
    const { flags } = await this.parse(DbStatus);
    const { config } = await this.settings(flags);
    const { inspectDatabase } = await import('../../services/database.js');
    const result = await inspectDatabase(config);
    const { version, known, pending } = result.schema;
    this.log(`${result.server} at ${result.location}${result.readOnly ? ', which takes no writes' : ''}.`);
    this.log(`Schema ${version} of ${known}. ${schemaWord(version, known)}`);
    if (result.refused !== null) this.log(result.refused);
    for (const one of pending) this.log(`  to apply: ${one.version} ${one.name}`);
    const { division, days } = result.rawEvents;
    if (division !== 'none') this.log(`Raw events: ${division === 'days' ? `${days} days` : 'a hypertable'}.`);
    if (result.timescale === 'available') {
      this.log('TimescaleDB could be installed here: CREATE EXTENSION timescaledb, before the first migration.');
    }
    this.log(
      table(
        ['table', 'rows (estimate)', 'bytes'],
        result.tables.map((one) => [one.table, one.rows < 0 ? null : one.rows, one.bytes]),
      ),
    );
    return result;
  }
}

function schemaWord(version: number, known: number): string {
  if (version > known) return 'The database is newer than this version: update it.';
  return version < known ? '`alpha db migrate` brings it up to date; so does the next start of the engine.' : '';
}

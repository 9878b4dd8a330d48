import { ProcessCommand } from '../alpha-command.js';
import { settingFlags } from '../config/setting-flags.js';
import { stopSignal } from '../output/stop-signal.js';

export default class Archive extends ProcessCommand {
  static override summary =
    'Put market data of the bus away for good: into compressed files by day, or into PostgreSQL.';
  static override description =
    'Runs until it is stopped (SIGINT or SIGTERM: in order; twice: at once). After a kill it goes on without gap or double. With `--partition symbol` it takes the streams of `--symbols`, otherwise everything on the bus.';
  static override examples = [
    '<%= config.bin %> archive',
    '<%= config.bin %> archive --archive-dir /data/market --archive-retention-days 365',
  ];
  static override flags = settingFlags([
    'exchange',
    'symbols',
    'archiveTo',
    'archiveDir',
    'archiveRetentionDays',
    'databaseConnections',
    'databaseTimeoutMs',
    'partition',
    'metricsPort',
    'metricsHost',
    'dataDir',
    'logLevel',
  ]);

  async run() {
    const { flags } = await this.parse(Archive);
    const { config } = await this.settings(flags);
    const signal = stopSignal();
    const logger = await this.logger(config.logLevel);
    const { archive } = await import('../services/archive.js');
    try {
      return await archive({ config, logger }, signal);
    } finally {
      logger.flush();
    }
  }
}

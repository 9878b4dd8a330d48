import { AlphaCommand } from '../../alpha-command.js';
import { archiveFlags, archiveQuery } from '../../config/archive-flags.js';
import { settingFlags } from '../../config/setting-flags.js';
import { table } from '../../output/table.js';

export default class DataVerify extends AlphaCommand {
  static override summary =
    'Compare every file of the archive with its manifest, and look for events that are missing.';
  static override description =
    'Exit status 7 means that a file is damaged (`ARCHIVE_DAMAGED`), or that numbers are missing which `md:status` did not declare as dropped (`EVENTS_LOST`).';
  static override examples = [
    '<%= config.bin %> data verify',
    '<%= config.bin %> data verify --from 2024-11-22 --json',
  ];
  static override flags = { ...archiveFlags, ...settingFlags(['archiveTo', 'archiveDir', 'dataDir', 'logLevel']) };

  async run() {
    const { flags } = await this.parse(DataVerify);
    const { config } = await this.settings({ ...flags, exchange: undefined });
    const { assertWhole, verifyData } = await import('../../services/data.js');
    const result = await verifyData(config, archiveQuery(flags));
    this.log(`${result.rows} events in ${result.segments} segments of ${result.archive}.`);
    for (const { problems } of result.damaged) for (const problem of problems) this.log(problem);
    if (result.gaps.length > 0) {
      const rows = result.gaps.map((gap) => [
        gap.exchange,
        gap.symbol,
        gap.type,
        gap.from,
        gap.to,
        gap.declared ? 'dropped' : 'MISSING',
      ]);
      this.log(table(['exchange', 'symbol', 'type', 'from seq', 'to seq', ''], rows));
    }
    return this.checked(result, assertWhole);
  }
}

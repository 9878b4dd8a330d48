import { AlphaCommand } from '../../alpha-command.js';
import { archiveFlags, archiveQuery } from '../../config/archive-flags.js';
import { settingFlags } from '../../config/setting-flags.js';
import { table } from '../../output/table.js';

export default class DataLs extends AlphaCommand {
  static override summary = 'List what the archive holds, by series and day.';
  static override examples = [
    '<%= config.bin %> data ls',
    '<%= config.bin %> data ls --symbol BTC --from 2024-11-01 --json',
  ];
  static override flags = { ...archiveFlags, ...settingFlags(['archiveTo', 'archiveDir', 'dataDir', 'logLevel']) };

  async run() {
    const { flags } = await this.parse(DataLs);
    const { config } = await this.settings({ ...flags, exchange: undefined });
    const { listSegments } = await import('../../services/data.js');
    const segments = await listSegments(config, archiveQuery(flags));
    const rows = segments.map((one) => [
      one.exchange,
      one.symbol,
      one.day,
      one.part === 1 ? one.type : `${one.type}.${one.part}`,
      one.rows,
      one.firstSeq,
      one.lastSeq,
      one.first,
      one.last,
      one.bytes,
    ]);
    const head = ['exchange', 'symbol', 'day', 'type', 'rows', 'first seq', 'last seq', 'first', 'last', 'bytes'];
    this.log(segments.length === 0 ? 'The archive holds nothing of that.' : table(head, rows));
    return segments;
  }
}

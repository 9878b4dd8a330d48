import { AlphaError } from '@alpha-engine/core';
import { Flags } from '@oclif/core';
import { AlphaCommand } from '../../alpha-command.js';
import { archiveFlags, archiveQuery } from '../../config/archive-flags.js';
import { settingFlags } from '../../config/setting-flags.js';

export default class DataExport extends AlphaCommand {
  static override summary = 'Write archived events, in order of time, as JSON lines or CSV.';
  static override description = 'Without `--out` they go to stdout. A file appears under its name when it is complete.';
  static override examples = [
    '<%= config.bin %> data export --symbol BTC_JPY --type trade --from 2024-11-22 --to 2024-11-23 --out trades.jsonl',
    '<%= config.bin %> data export --type ticker --format csv > ticker.csv',
  ];
  static override flags = {
    ...archiveFlags,
    format: Flags.option({ options: ['jsonl', 'csv'] as const, default: 'jsonl' })({
      description: 'How events are written.',
    }),
    out: Flags.string({ description: 'File to write; needed with `--json`.', defaultHelp: 'stdout' }),
    ...settingFlags(['archiveTo', 'archiveDir', 'dataDir', 'logLevel']),
  };

  async run() {
    const { flags } = await this.parse(DataExport);
    const { config } = await this.settings({ ...flags, exchange: undefined });
    if (this.jsonEnabled() && flags.out === undefined) {
      throw new AlphaError('USAGE', 'Name a file with --out: with --json the result is printed, not the events.');
    }
    const { exportData } = await import('../../services/export-data.js');
    const { format, out } = flags;
    const query = archiveQuery(flags);
    const result = await exportData(config, {
      query,
      format,
      stdout: process.stdout,
      ...(out !== undefined && { out }),
    });
    if (out !== undefined) this.log(`${result.events} events were written to ${out}.`);
    return result;
  }
}

import { resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { AlphaCommand } from '../alpha-command.js';
import { settingFlags } from '../config/setting-flags.js';

export default class TradedReport extends AlphaCommand {
  static override summary = 'Say what came of a time that was traded, on paper or live, out of the records.';
  static override description =
    'The figures and the page are those of a back-test: docs/backtest.md has every definition. Reads from a running engine too.';
  static override examples = [
    '<%= config.bin %> report --html report.html',
    '<%= config.bin %> report --from 2026-01-01 --to 2026-02-01 --strategy ma-cross --json',
  ];
  static override flags = {
    from: Flags.string({ description: 'Default: the beginning of the records.', helpValue: '<time>' }),
    to: Flags.string({ description: 'Not in it any more. Default: the end of the records.', helpValue: '<time>' }),
    strategy: Flags.string({ description: 'Only the trades of this one, by its name.', helpValue: '<name>' }),
    html: Flags.string({
      description: 'Write it as one HTML page as well, with charts; it needs no network.',
      helpValue: '<file.html>',
    }),
    ...settingFlags(['exchange', 'dataDir', 'logLevel']),
  };

  async run() {
    const { flags } = await this.parse(TradedReport);
    const { from, html, strategy, to, ...settings } = flags;
    const { config } = await this.settings(settings);
    const { report } = await import('../services/report.js');
    const page = html === undefined ? null : { file: resolve(html), version: this.config.version };
    const result = await report(config, { from, to, strategy, html: page });
    const { reportText } = await import('../output/report-text.js');
    this.log(reportText(result));
    return result;
  }
}

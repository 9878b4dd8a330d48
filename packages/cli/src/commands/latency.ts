import { resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { AlphaCommand } from '../alpha-command.js';
import { settingFlags } from '../config/setting-flags.js';
import { latencyText } from '../output/latency-text.js';

export default class Latency extends AlphaCommand {
  static override summary = 'Measure from the record how long market data, orders and answers took, for back-tests.';
  static override description =
    'Quantiles of each leg, in milliseconds of market time. Orders and answers of a paper account are those of the simulated exchange: measure them on a live one. docs/backtest.md says what is measured from where to where.';
  static override examples = [
    '<%= config.bin %> latency --out latency.json',
    '<%= config.bin %> backtest --strategy ma-cross --data tape.jsonl.gz --latency latency.json',
  ];
  static override flags = {
    out: Flags.string({ description: 'File to write, for --latency of a back-test.', helpValue: '<file>' }),
    from: Flags.string({ description: 'Only what was taken from then on.', helpValue: '<time>' }),
    to: Flags.string({ description: 'Only what was taken before.', helpValue: '<time>' }),
    ...settingFlags(['exchange', 'dataDir', 'logLevel']),
  };

  async run() {
    const { flags } = await this.parse(Latency);
    const { config } = await this.settings(flags);
    const { measureLatency } = await import('../services/latency.js');
    const out = flags.out === undefined ? null : resolve(flags.out);
    const report = await measureLatency({ config, from: flags.from, to: flags.to, out });
    this.log(latencyText(report));
    return report;
  }
}

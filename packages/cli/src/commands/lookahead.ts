import { Flags } from '@oclif/core';
import { AlphaCommand } from '../alpha-command.js';
import { backtestFlags } from '../config/backtest-flags.js';
import { settingFlags } from '../config/setting-flags.js';

const {
  columns,
  data,
  from,
  symbol,
  to,
  'bad-rows': badRows,
  'data-kind': dataKind,
  'data-timeframe': dataTimeframe,
  'time-is': timeIs,
  'time-zone': timeZone,
} = backtestFlags;

export default class Lookahead extends AlphaCommand {
  static override summary = 'Try to prove that a strategy looks ahead, and measure the warm-up it needs.';
  static override description =
    'Runs it over all data, over those before many moments, with another market behind them, and again with other clocks and chance; a decision that changes is shown with its bar or event. Exit status 1 when anything was found. docs/backtest.md, "Look-ahead", says what is proved and what is not.';
  static override examples = [
    '<%= config.bin %> lookahead --strategy ./my-strategy.ts --data BTC-1h.csv --timeframe 1h',
    '<%= config.bin %> lookahead --strategy rsi --param period=7 --data 2024.csv.gz --cuts 100 --json',
  ];
  static override flags = {
    ...{
      data,
      'data-kind': dataKind,
      'data-timeframe': dataTimeframe,
      symbol,
      from,
      to,
      columns,
      'time-zone': timeZone,
      'time-is': timeIs,
      'bad-rows': badRows,
    },
    cuts: Flags.integer({ description: 'How many moments to cut at.', default: 20, min: 1 }),
    points: Flags.integer({ description: 'How many beginnings to measure the warm-up at.', default: 20, min: 2 }),
    seed: Flags.integer({ description: 'The same seed chooses the same moments.', default: 1 }),
    ...settingFlags(['exchange', 'strategy', 'strategyParams', 'timeframe']),
  };

  async run() {
    const { flags } = await this.parse(Lookahead);
    const { config } = await this.settings(flags);
    const { lookahead } = await import('../services/lookahead.js');
    const report = await lookahead({
      config,
      folder: process.cwd(),
      data: flags.data,
      dataKind: flags['data-kind'],
      dataTimeframe: flags['data-timeframe'],
      symbol: flags.symbol,
      from: flags.from,
      to: flags.to,
      columns: flags.columns,
      timeZone: flags['time-zone'],
      timeIs: flags['time-is'] as 'open' | 'close',
      badRows: flags['bad-rows'] as 'refuse' | 'skip',
      cuts: flags.cuts,
      points: flags.points,
      seed: flags.seed,
    });
    const { lookaheadText } = await import('../output/lookahead-text.js');
    this.log(lookaheadText(report));
    if (!report.clean) process.exitCode = 1;
    return report;
  }
}

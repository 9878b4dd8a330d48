import { Flags, type Interfaces } from '@oclif/core';
import { AlphaCommand } from '../alpha-command.js';
import type { Config } from '../config/schema.js';
import { settingFlags } from '../config/setting-flags.js';
import type { BacktestRequest } from '../services/backtest.js';

export default class Backtest extends AlphaCommand {
  static override summary = 'Run a strategy over bars of files and say what would have come of it.';
  static override description =
    'The runner, the gate, the executor and the books are those that trade live; the exchange is simulated and time is that of the bars. docs/backtest.md has every assumption and every definition. Fractions may be written as 0.002 or 0.2%.';
  static override examples = [
    '<%= config.bin %> backtest --strategy ma-cross --data BTC-1h.csv --symbol BTC --timeframe 1h --cash 1000000 --size 100% --fee-rate 0.05%',
    '<%= config.bin %> backtest --strategy ./my-strategy.ts --param length=50 --data 2023.csv.gz --data 2024.csv.gz --from 2024-01-01 --json',
  ];
  static override flags = {
    data: Flags.string({
      description: 'CSV file of bars, plain or .gz; may be repeated, in order of time.',
      helpValue: '<file>',
      required: true,
      multiple: true,
      multipleNonGreedy: true,
    }),
    symbol: Flags.string({ description: 'What the bars are of. Default: the name of the first file.' }),
    from: Flags.string({
      description: 'First moment to trade; bars before it warm the strategy up.',
      helpValue: '<time>',
    }),
    to: Flags.string({ description: 'Bars that begin then or later are left out.', helpValue: '<time>' }),
    cash: Flags.string({ description: 'What the account begins with.', default: '10000', helpValue: '<amount>' }),
    size: Flags.string({
      description: 'Size of an entry: units of what is traded, or per cent of the equity such as 100%.',
      default: '100%',
    }),
    fill: Flags.string({
      description: 'What happens inside a bar.',
      options: ['bar-path', 'next-open'],
      default: 'bar-path',
    }),
    slippage: Flags.string({
      description: 'How much worse than the bar market orders and stops fill.',
      default: '0',
      helpValue: '<fraction>',
    }),
    'slippage-on': Flags.string({
      description: 'Which orders it makes worse.',
      options: ['all', 'entries'],
      default: 'all',
    }),
    'fee-rate': Flags.string({
      description: 'Fee of a taker, of the value of each fill.',
      default: '0',
      helpValue: '<fraction>',
    }),
    'maker-fee-rate': Flags.string({
      description: 'Fee of a resting order. Default: as --fee-rate.',
      helpValue: '<fraction>',
    }),
    kind: Flags.string({
      description: 'spot: what is bought is paid for, nothing is sold short. leverage: both sides, at twice the cash.',
      options: ['spot', 'leverage'],
      default: 'spot',
    }),
    'leverage-rules': Flags.string({
      description:
        'gmo: positions pay 0.04 % a night and are closed by force when they lose half their margin. none: neither.',
      options: ['gmo', 'none'],
      default: 'gmo',
    }),
    'tick-size': Flags.string({ description: 'Prices of stops and limits are multiples of it.', default: '0.01' }),
    'size-step': Flags.string({ description: 'Sizes are multiples of it, and at least it.', default: '0.00000001' }),
    columns: Flags.string({
      description: 'Columns without common names, by name or number: time=Tag,open=Erster,close=5.',
      helpValue: '<field=column,…>',
    }),
    'time-zone': Flags.string({
      description: 'Of dates that do not say theirs.',
      default: 'UTC',
      helpValue: '<+hh:mm>',
    }),
    'time-is': Flags.string({
      description: 'Whether a row bears the time its bar opens or closes.',
      options: ['open', 'close'],
      default: 'open',
    }),
    'bad-rows': Flags.string({
      description: 'Refuse a file that has them, or leave them out.',
      options: ['refuse', 'skip'],
      default: 'refuse',
    }),
    'days-per-year': Flags.integer({
      description: 'For yearly figures. Default: 365 when weekends trade, else 252.',
      min: 1,
    }),
    ...settingFlags([
      'exchange',
      'strategy',
      'strategyParams',
      'timeframe',
      'stopLossPct',
      'takeProfitPct',
      'trailPct',
    ]),
  };

  async run() {
    const { flags } = await this.parse(Backtest);
    const { config } = await this.settings(flags);
    const { backtest } = await import('../services/backtest.js');
    const report = await backtest(Backtest.request(flags, config));
    const { backtestText } = await import('../output/backtest-text.js');
    this.log(backtestText(report));
    if (report.failures.length > 0) process.exitCode = 1;
    return report;
  }

  /** What the flags ask for; other commands that run back-tests have the same flags. */
  static request(flags: Interfaces.InferredFlags<typeof Backtest.flags>, config: Config): BacktestRequest {
    return {
      config,
      folder: process.cwd(),
      data: flags.data,
      symbol: flags.symbol,
      from: flags.from,
      to: flags.to,
      cash: flags.cash,
      size: flags.size,
      fill: flags.fill as 'bar-path' | 'next-open',
      slippage: flags.slippage,
      slippageOn: flags['slippage-on'] as 'all' | 'entries',
      feeRate: flags['fee-rate'],
      makerFeeRate: flags['maker-fee-rate'],
      kind: flags.kind as 'spot' | 'leverage',
      leverageRules: flags['leverage-rules'] as 'gmo' | 'none',
      tickSize: flags['tick-size'],
      sizeStep: flags['size-step'],
      columns: flags.columns,
      timeZone: flags['time-zone'],
      timeIs: flags['time-is'] as 'open' | 'close',
      badRows: flags['bad-rows'] as 'refuse' | 'skip',
      daysPerYear: flags['days-per-year'],
    };
  }
}

import { resolve } from 'node:path';
import type { FillModel } from '@alpha-engine/backtest';
import type { FeeRounding, QueueModel } from '@alpha-engine/core/simulation';
import { Flags, type Interfaces } from '@oclif/core';
import { AlphaCommand } from '../alpha-command.js';
import { backtestFlags, settingsAmong } from '../config/backtest-flags.js';
import type { LoadedConfig } from '../config/load-config.js';
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
    ...backtestFlags,
    report: Flags.string({
      description: 'Write what came of it as one HTML page as well, with charts; it needs no network.',
      helpValue: '<file.html>',
    }),
    tables: Flags.string({
      description:
        'Write trades.csv, orders.csv, denials.csv and equity.csv (every bar) into this folder, for spreadsheets.',
      helpValue: '<folder>',
    }),
  };

  async run() {
    const { flags } = await this.parse(Backtest);
    const { report: file, tables } = flags;
    const loaded = await this.settings(settingsAmong(flags));
    const { backtest } = await import('../services/backtest.js');
    const report = await backtest(
      Backtest.request(flags, loaded),
      file === undefined ? null : { file: resolve(file), version: this.config.version },
      tables === undefined ? null : resolve(tables),
    );
    const { backtestText } = await import('../output/backtest-text.js');
    this.log(backtestText(report));
    if (report.failures.length > 0) process.exitCode = 1;
    return report;
  }

  /** What the flags ask for; other commands that run back-tests have the same flags. */
  static request(flags: Interfaces.InferredFlags<typeof backtestFlags>, loaded: LoadedConfig): BacktestRequest {
    return {
      ...loaded,
      folder: process.cwd(),
      strategies: flags.strategy ?? [],
      data: flags.data,
      dataKind: flags['data-kind'],
      dataTimeframe: flags['data-timeframe'],
      symbol: flags.symbol,
      from: flags.from,
      to: flags.to,
      cash: flags.cash,
      size: flags.size,
      fill: flags.fill as FillModel | undefined,
      queue: flags.queue as QueueModel | undefined,
      latency: flags.latency,
      slippage: flags.slippage,
      slippageOn: flags['slippage-on'] as 'all' | 'entries',
      limits: flags.limits as 'set' | 'engine' | 'none',
      rules: flags.rules as 'exchange' | 'none',
      kind: flags.kind ?? [],
      feeRate: flags['fee-rate'] ?? [],
      makerFeeRate: flags['maker-fee-rate'] ?? [],
      feeRounding: flags['fee-rounding'] as FeeRounding,
      tickSize: flags['tick-size'] ?? [],
      sizeStep: flags['size-step'] ?? [],
      leverageRules: flags['leverage-rules'] as 'gmo' | 'none',
      columns: flags.columns,
      timeZone: flags['time-zone'],
      timeIs: flags['time-is'] as 'open' | 'close',
      badRows: flags['bad-rows'] as 'refuse' | 'skip',
      daysPerYear: flags['days-per-year'],
    };
  }
}

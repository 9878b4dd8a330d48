import { type Bar, Decimal, defineStrategy, type Instrument, type Protect, type Strategy } from '@alpha-engine/core';
import { z } from 'zod';
import type { BacktestOptions } from '../../src/run/backtest-options.js';
import { BacktestRun } from '../../src/run/backtest-run.js';
import { type BacktestResult, resultOf } from '../../src/run/run-backtest.js';

export const DAY_MS = 86_400_000;
/** A Monday. */
export const START_TS = Date.UTC(2024, 0, 1);

export type Act = 'long' | 'short' | 'exit';

/** Does what it is told at the close of each bar, the first bar is 0. */
export function scripted(acts: Readonly<Record<number, Act>>, protect?: Protect, label = 'scripted'): Strategy {
  return defineStrategy({
    name: label,
    params: z.object({}),
    create: () => {
      let index = -1;
      const options = protect === undefined ? {} : { protect };
      return {
        onBar(_bar, ctx) {
          index += 1;
          const act = acts[index];
          if (act === 'long') ctx.enterLong(options);
          else if (act === 'short') ctx.enterShort(options);
          else if (act === 'exit') ctx.exit();
        },
      };
    },
  }) as unknown as Strategy;
}

export function instrumentOf(kind: Instrument['kind'] = 'leverage', symbol = 'ABC'): Instrument {
  return {
    exchange: 'gmo',
    symbol,
    kind,
    base: symbol,
    quote: 'USD',
    tickSize: Decimal.of('0.01'),
    sizeStep: Decimal.of('1'),
    minSize: Decimal.of('1'),
    maxSize: Decimal.of('1000000000'),
    takerFeeRate: Decimal.zero,
    makerFeeRate: Decimal.zero,
    ...(kind === 'leverage' && { marginRate: Decimal.of('0.5') }),
  };
}

export type Prices = readonly [open: number, high: number, low: number, close: number];

/** Daily bars from the start on. */
export function barsOf(rows: readonly Prices[], symbol = 'ABC'): Bar[] {
  return rows.map(([open, high, low, close], index) => {
    const openTs = START_TS + index * DAY_MS;
    const times = { openTs, closeTs: openTs + DAY_MS };
    return { exchange: 'gmo', symbol, timeframe: '1d', ...times, open, high, low, close, volume: 1, trades: 1 };
  });
}

export interface Play {
  readonly run: BacktestRun;
  readonly result: BacktestResult;
}

/** Runs strategies over bars: 10 000 of cash, one unit an entry, no slippage, no fees, where nothing else is said. */
export function play(
  strategies: Strategy | readonly Strategy[],
  bars: readonly Bar[],
  more: Partial<BacktestOptions> = {},
): Play {
  const instruments = more.instruments ?? [instrumentOf()];
  const list = Array.isArray(strategies) ? (strategies as readonly Strategy[]) : [strategies as Strategy];
  const options: BacktestOptions = {
    instances: instruments.flatMap(({ symbol }) =>
      list.map((strategy) => ({
        strategy,
        params: {},
        exchange: 'gmo',
        symbol,
        timeframe: '1d' as const,
        codeHash: 'test',
      })),
    ),
    instruments,
    cash: '10000',
    sizing: { kind: 'fixed', size: Decimal.of(1) },
    fill: { model: 'bar-path', slippage: 0, slippageOn: 'all' },
    leverageRules: 'none',
    ...more,
  };
  const run = new BacktestRun(options);
  for (const bar of bars) run.take(bar);
  run.end();
  return { run, result: resultOf(run, options, []) };
}

/** Trades as `long 100 → 105`, those still open without an end. */
export function told({ trades, openTrades }: BacktestResult): string[] {
  return [
    ...trades.map(({ side, entryPrice, exitPrice }) => `${side} ${entryPrice} → ${exitPrice}`),
    ...openTrades.map(({ side, entryPrice }) => `${side} ${entryPrice} …`),
  ];
}

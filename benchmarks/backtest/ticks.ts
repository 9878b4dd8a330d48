import { runBacktest } from '@alpha-engine/backtest';
import { Decimal, type TradeEvent } from '@alpha-engine/core';
import { maCross } from '@alpha-engine/strategies';
import { SMA } from 'trading-signals';
import { INSTRUMENT, type Outcome } from './bars.js';

const FAST = 10;
const SLOW = 30;
const CASH = 10_000_000;
const SIZE = 0.01;
const FEE_RATE = 0.0005;
const BAR_MS = 60_000;
/** What a source hands over at once. */
const BATCH = 5_000;

/** Trades as a program of numbers alone would keep them. */
export interface Columns {
  readonly ts: Float64Array;
  readonly price: Float64Array;
  readonly size: Float64Array;
  /** 1: the taker bought. */
  readonly bought: Uint8Array;
}

/** A random walk with ten trades a second, the same in every run. */
export function makeColumns(count: number): Columns {
  const columns: Columns = {
    ts: new Float64Array(count),
    price: new Float64Array(count),
    size: new Float64Array(count),
    bought: new Uint8Array(count),
  };
  let price = 6_000_000;
  let random = 1;
  for (let at = 0; at < count; at++) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    price = Math.max(1_000_000, price + ((random >>> 8) % 401) - 200);
    columns.ts[at] = 1_700_000_040_000 + at * 100;
    columns.price[at] = price;
    columns.size[at] = 0.01;
    columns.bought[at] = (random >>> 20) & 1;
  }
  return columns;
}

/** The same trades as events, in batches. */
export function makeEvents({ bought, price, size, ts }: Columns): TradeEvent[][] {
  const batches: TradeEvent[][] = [];
  for (let from = 0; from < ts.length; from += BATCH) {
    const length = Math.min(BATCH, ts.length - from);
    batches.push(
      Array.from({ length }, (_, index): TradeEvent => {
        const at = from + index;
        const data = { price: price[at]!, size: size[at]!, side: bought[at] === 1 ? 'buy' : 'sell' } as const;
        return { type: 'trade', exchange: 'gmo', symbol: 'BTC', ts: ts[at]!, data };
      }),
    );
  }
  return batches;
}

export async function ticksThroughEngine(batches: readonly (readonly TradeEvent[])[]): Promise<Outcome> {
  const instance = { strategy: maCross, params: { fast: FAST, slow: SLOW }, codeHash: 'bench' };
  const instant = { kind: 'constant', ms: 0 } as const;
  const source = { events: () => batches, provenance: () => [] };
  const { metrics } = await runBacktest(source, {
    instances: [{ ...instance, exchange: 'gmo', symbol: 'BTC', timeframe: '1m' }],
    instruments: [INSTRUMENT],
    cash: CASH,
    sizing: { kind: 'fixed', size: Decimal.of(SIZE) },
    fill: {
      model: 'trades',
      slippage: 0,
      slippageOn: 'all',
      latency: { feed: instant, order: instant, answer: instant },
    },
    leverageRules: 'none',
  });
  return { trades: metrics.trades, finalEquity: metrics.finalEquity };
}

/** The same job over the columns: bars of a minute, averages of their closes, orders at the best prices that the trades show, fees, curve. */
export function typedArrayLoop({ bought, price, size, ts }: Columns): Outcome {
  const short = new SMA(FAST);
  const long = new SMA(SLOW);
  const curve: number[] = [];
  let [trades, cash, holds] = [0, CASH, false];
  let [open, high, low, close, volume, count, end] = [0, 0, 0, 0, 0, 0, 0];
  let [lastBought, lastSold, sum] = [0, 0, 0];
  for (let at = 0; at < ts.length; at++) {
    const now = price[at]!;
    if (bought[at] === 1) lastBought = now;
    else lastSold = now;
    if (ts[at]! >= end) {
      if (end > 0) {
        sum += open + high + low + volume + count;
        const a = short.add(close);
        const b = long.add(close);
        curve.push(cash + (holds ? SIZE * close : 0));
        if (a !== null && b !== null && a > b && !holds) {
          const value = Math.max(lastBought, now) * SIZE;
          cash -= value + value * FEE_RATE;
          holds = true;
        } else if (a !== null && b !== null && a < b && holds) {
          const value = (lastSold > 0 ? Math.min(lastSold, now) : now) * SIZE;
          cash += value - value * FEE_RATE;
          holds = false;
          trades += 1;
        }
      }
      end = Math.floor(ts[at]! / BAR_MS + 1) * BAR_MS;
      open = high = low = now;
      volume = count = 0;
    }
    if (now > high) high = now;
    if (now < low) low = now;
    close = now;
    volume += size[at]!;
    count += 1;
  }
  if (!(sum > 0)) throw new Error('No bar was built.');
  return { trades, finalEquity: cash + (holds ? SIZE * close : 0) };
}

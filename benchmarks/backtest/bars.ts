import { type BacktestResult, runBacktest } from '@alpha-engine/backtest';
import { type Bar, Decimal, type Instrument, type Strategy } from '@alpha-engine/core';
import { maCross } from '@alpha-engine/strategies';
import { SMA } from 'trading-signals';

export const FAST = 50;
export const SLOW = 200;
const CASH = 10_000_000;
const SIZE = 0.01;
const FEE_RATE = 0.0005;

export interface Outcome {
  readonly trades: number;
  readonly finalEquity: number;
}

/** A random walk, the same in every run. */
export function makeBars(count: number): Bar[] {
  let price = 6_000_000;
  let random = 1;
  const next = (spread: number) => {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    return (random >>> 8) % spread;
  };
  return Array.from({ length: count }, (_, index) => {
    const open = price;
    price = Math.max(1_000_000, price + next(4001) - 2000);
    const close = price;
    const openTs = 1_700_000_040_000 + index * 60_000;
    const [high, low] = [Math.max(open, close) + next(500), Math.min(open, close) - next(500)];
    const times = { openTs, closeTs: openTs + 60_000 };
    return { exchange: 'gmo', symbol: 'BTC', timeframe: '1m', ...times, open, high, low, close, volume: 1, trades: 10 };
  });
}

export const INSTRUMENT: Instrument = {
  exchange: 'gmo',
  symbol: 'BTC',
  kind: 'spot',
  base: 'BTC',
  quote: 'JPY',
  tickSize: Decimal.of('1'),
  sizeStep: Decimal.of('0.001'),
  minSize: Decimal.of('0.001'),
  maxSize: Decimal.of('5'),
  takerFeeRate: Decimal.of(FEE_RATE),
  makerFeeRate: Decimal.zero,
};

export function throughEngine(bars: readonly Bar[], strategy: Strategy = maCross): Promise<BacktestResult> {
  const source = { bars: () => [bars], provenance: () => [] };
  return runBacktest(source, {
    instances: [
      {
        strategy,
        params: { fast: FAST, slow: SLOW },
        exchange: 'gmo',
        symbol: 'BTC',
        timeframe: '1m',
        codeHash: 'bench',
      },
    ],
    instruments: [INSTRUMENT],
    cash: CASH,
    sizing: { kind: 'fixed', size: Decimal.of(SIZE) },
    fill: { model: 'bar-path', slippage: 0, slippageOn: 'all' },
    leverageRules: 'none',
  });
}

/** The same job by hand. */
export function bareLoop(bars: readonly Bar[]): Outcome {
  const short = new SMA(FAST);
  const long = new SMA(SLOW);
  const curve: { ts: number; equity: number }[] = [];
  const trades: { openedTs: number; closedTs: number; pnl: number }[] = [];
  let order: { side: 'buy' | 'sell'; ts: number } | null = null;
  let entry: { ts: number; price: number; fee: number } | null = null;
  let cash = CASH;
  for (const { open, close, openTs, closeTs } of bars) {
    if (order !== null) {
      const value = open * SIZE;
      const fee = value * FEE_RATE;
      if (order.side === 'buy') {
        cash -= value + fee;
        entry = { ts: openTs, price: open, fee };
      } else if (entry !== null) {
        cash += value - fee;
        trades.push({ openedTs: entry.ts, closedTs: openTs, pnl: (open - entry.price) * SIZE - fee - entry.fee });
        entry = null;
      }
      order = null;
    }
    const a = short.add(close);
    const b = long.add(close);
    if (a !== null && b !== null) {
      if (a > b && entry === null) order = { side: 'buy', ts: closeTs };
      else if (a < b && entry !== null) order = { side: 'sell', ts: closeTs };
    }
    curve.push({ ts: closeTs, equity: cash + (entry === null ? 0 : SIZE * close) });
  }
  return { trades: trades.length, finalEquity: curve.at(-1)?.equity ?? CASH };
}

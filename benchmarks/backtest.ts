import { performance } from 'node:perf_hooks';
import { type BacktestResult, runBacktest } from '@alpha-engine/backtest';
import { type Bar, Decimal, type Instrument } from '@alpha-engine/core';
import { maCross } from '@alpha-engine/strategies';
import { SMA } from 'trading-signals';
import type { BenchRow } from './bench-row.js';
import { median } from './median.js';

const BARS = 1_000_000;
const ROUNDS = 3;
const BAR = 0.4;
const FAST = 50;
const SLOW = 200;
const CASH = 10_000_000;
const SIZE = 0.01;
const FEE_RATE = 0.0005;

interface Outcome {
  readonly trades: number;
  readonly finalEquity: number;
}

/** A back-test of bars in memory, with gate, executor, books and fees, against a bare synchronous loop over the same objects. */
export async function run(): Promise<BenchRow[]> {
  const bars = makeBars();
  const ratios: number[] = [];
  const rates: number[] = [];
  let trades = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const bareBegan = performance.now();
    const bare = bareLoop(bars);
    const bareMs = performance.now() - bareBegan;
    const ownBegan = performance.now();
    const { metrics } = await throughEngine(bars);
    const ownMs = performance.now() - ownBegan;
    if (bare.trades !== metrics.trades || Math.abs(bare.finalEquity - metrics.finalEquity) > 1e-4) {
      throw new Error(`They differ: ${JSON.stringify(bare)} against ${metrics.trades} and ${metrics.finalEquity}.`);
    }
    // The first round compiles; it is not counted.
    if (round === 0) continue;
    trades = bare.trades;
    ratios.push(bareMs / ownMs);
    rates.push(BARS / (ownMs / 1_000));
  }
  const ratio = median(ratios);
  return [
    {
      name: 'back-test, bars in memory, ma-cross, full engine',
      reference: 'bare synchronous object loop: same bars, averages, orders, fees, trades and equity',
      value: median(rates),
      ratio,
      bar: `≥ ${BAR}x`,
      met: ratio >= BAR,
      unit: 'bars/s',
      note: `median of ${ROUNDS} rounds of ${BARS} bars; ${trades} trades and the final equity compared; resident memory afterwards ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB, bars included`,
    },
  ];
}

/** A random walk, the same in every run. */
function makeBars(): Bar[] {
  let price = 6_000_000;
  let random = 1;
  const next = (spread: number) => {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    return (random >>> 8) % spread;
  };
  return Array.from({ length: BARS }, (_, index) => {
    const open = price;
    price = Math.max(1_000_000, price + next(4001) - 2000);
    const close = price;
    const openTs = 1_700_000_040_000 + index * 60_000;
    const [high, low] = [Math.max(open, close) + next(500), Math.min(open, close) - next(500)];
    const times = { openTs, closeTs: openTs + 60_000 };
    return { exchange: 'gmo', symbol: 'BTC', timeframe: '1m', ...times, open, high, low, close, volume: 1, trades: 10 };
  });
}

function throughEngine(bars: readonly Bar[]): Promise<BacktestResult> {
  const instrument: Instrument = {
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
  const source = { bars: () => [bars], provenance: () => [] };
  return runBacktest(source, {
    instances: [
      {
        strategy: maCross,
        params: { fast: FAST, slow: SLOW },
        exchange: 'gmo',
        symbol: 'BTC',
        timeframe: '1m',
        codeHash: 'bench',
      },
    ],
    instruments: [instrument],
    cash: CASH,
    sizing: { kind: 'fixed', size: Decimal.of(SIZE) },
    fill: { model: 'bar-path', slippage: 0, slippageOn: 'all' },
    leverageRules: 'none',
  });
}

function bareLoop(bars: readonly Bar[]): Outcome {
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

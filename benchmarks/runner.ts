import { performance } from 'node:perf_hooks';
import { type InstanceSpec, type RunnerInput, StrategyRunner, type TradeEvent } from '@alpha-engine/core';
import { maCross } from '@alpha-engine/strategies';
import { SMA } from 'trading-signals';
import type { BenchRow } from './bench-row.js';
import { median } from './median.js';

const TRADES = 1_000_000;
/** What the engine reads from the bus at once. */
const BATCH = 500;
const ROUNDS = 7;
/** As for the back-test: the page of performance has no row of its own for the step, and the reference is the same kind. */
const BAR = 0.4;
const FAST = 10;
const SLOW = 30;

interface Outcome {
  readonly bars: number;
  readonly signals: number;
}

/**
 * A step of the StrategyRunner, trade → one-second bar → ma-cross → signal, against a bare synchronous loop over the same objects
 * with the same indicators: no sequence numbers, no several timeframes and instances, no record, no ids.
 */
export async function run(): Promise<BenchRow[]> {
  const trades = makeTrades();
  const batches = makeBatches(trades);
  const ratios: number[] = [];
  const rates: number[] = [];
  let signals = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const [bare, bareSeconds] = timed(() => bareLoop(trades));
    const [ours, ownSeconds] = timed(() => throughRunner(batches));
    if (bare.bars !== ours.bars || bare.signals !== ours.signals) {
      throw new Error(`The loops differ: ${JSON.stringify(bare)} against ${JSON.stringify(ours)}.`);
    }
    // The first round compiles; it is not counted.
    if (round === 0) continue;
    signals = ours.signals;
    ratios.push(bareSeconds / ownSeconds);
    rates.push(TRADES / ownSeconds);
  }
  const ratio = median(ratios);
  return [
    {
      name: 'step of the runner, trade → 1 s bar → ma-cross',
      reference: 'bare synchronous object loop: same trades, bars, averages and decisions',
      value: median(rates),
      ratio,
      bar: `≥ ${BAR}x`,
      met: ratio >= BAR,
      unit: 'trades/s',
      note: `median of ${ROUNDS} rounds of ${TRADES} trades in batches of ${BATCH}; bars and ${signals} signals compared`,
    },
  ];
}

/** A random walk, the same in every run; ten trades a second. */
function makeTrades(): TradeEvent[] {
  let price = 6_000_000;
  let random = 1;
  return Array.from({ length: TRADES }, (_, i) => {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    price = Math.max(1, price + (random % 2001) - 1000);
    return {
      type: 'trade',
      exchange: 'gmo',
      symbol: 'BTC_JPY',
      ts: 1_732_312_345_000 + i * 100,
      seq: i + 1,
      data: { price, size: ((i % 97) + 1) / 1000, side: i % 2 === 0 ? 'buy' : 'sell' },
    };
  });
}

function makeBatches(trades: readonly TradeEvent[]): RunnerInput[][] {
  const batches: RunnerInput[][] = [];
  for (let from = 0; from < trades.length; from += BATCH) {
    batches.push(trades.slice(from, from + BATCH).map((event) => ({ kind: 'market', event })));
  }
  return batches;
}

function throughRunner(batches: readonly (readonly RunnerInput[])[]): Outcome {
  const spec: InstanceSpec = {
    strategy: maCross,
    params: { fast: FAST, slow: SLOW },
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    timeframe: '1s',
    codeHash: 'bench',
  };
  const runner = new StrategyRunner({ instances: [spec], nextBatch: 1 });
  let bars = 0;
  let signals = 0;
  for (const batch of batches) {
    const step = runner.step(batch);
    bars += step.bars.length;
    signals += step.signals.length;
  }
  return { bars, signals };
}

function bareLoop(trades: readonly TradeEvent[]): Outcome {
  const short = new SMA(FAST);
  const long = new SMA(SLOW);
  const bars: object[] = [];
  const signals: object[] = [];
  let isLong = false;
  let bar: { openTs: number; open: number; high: number; low: number; close: number; volume: number } | null = null;
  for (const { ts, data } of trades) {
    const openTs = ts - (ts % 1000);
    if (bar !== null && bar.openTs === openTs) {
      if (data.price > bar.high) bar.high = data.price;
      if (data.price < bar.low) bar.low = data.price;
      bar.close = data.price;
      bar.volume += data.size;
      continue;
    }
    if (bar !== null) {
      bars.push(bar);
      const a = short.add(bar.close);
      const b = long.add(bar.close);
      if (a !== null && b !== null && (isLong ? a < b : a > b)) {
        isLong = !isLong;
        signals.push({ ts: bar.openTs + 1000, action: isLong ? 'enter_long' : 'exit', price: bar.close });
      }
    }
    bar = { openTs, open: data.price, high: data.price, low: data.price, close: data.price, volume: data.size };
  }
  return { bars: bars.length, signals: signals.length };
}

function timed<T>(work: () => T): [result: T, seconds: number] {
  const started = performance.now();
  const result = work();
  return [result, (performance.now() - started) / 1000];
}

import { performance } from 'node:perf_hooks';
import type { Bar } from '@alpha-engine/core';
import { bareLoop, makeBars, throughEngine } from './backtest/bars.js';
import { fetchGrademark, GRADEMARK_VERSION, patientCross, type RunGrademark } from './backtest/grademark.js';
import { makeColumns, makeEvents, ticksThroughEngine, typedArrayLoop } from './backtest/ticks.js';
import type { BenchRow } from './bench-row.js';
import { median } from './median.js';

const BARS = 1_000_000;
const ROUNDS = 3;
/** Rounds that only compile: a million bars bring 6,400 signals, and their way through the engine is long. */
const WARM_UP = 3;
const BAR = 0.4;
const GRADEMARK_BARS = 500_000;
const GRADEMARK_BAR = 4;
const TICKS = 5_000_000;
const TICKS_BAR = 0.15;

/** A back-test of bars in memory, with gate, executor, books and fees, against a bare synchronous loop over the same objects and grademark. */
export async function run(): Promise<BenchRow[]> {
  const bars = makeBars(BARS);
  const rows = [await besideBareLoop(bars)];
  rows.push(await besideGrademark(bars.slice(0, GRADEMARK_BARS)));
  rows.push(await besideTypedArrays());
  return rows;
}

async function besideBareLoop(bars: readonly Bar[]): Promise<BenchRow> {
  const ratios: number[] = [];
  const rates: number[] = [];
  let trades = 0;
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const bareBegan = performance.now();
    const bare = bareLoop(bars);
    const bareMs = performance.now() - bareBegan;
    const ownBegan = performance.now();
    const { metrics } = await throughEngine(bars);
    const ownMs = performance.now() - ownBegan;
    if (bare.trades !== metrics.trades || Math.abs(bare.finalEquity - metrics.finalEquity) > 1e-4) {
      throw new Error(`They differ: ${JSON.stringify(bare)} against ${metrics.trades} and ${metrics.finalEquity}.`);
    }
    if (round < 0) continue;
    trades = bare.trades;
    ratios.push(bareMs / ownMs);
    rates.push(BARS / (ownMs / 1_000));
  }
  const ratio = median(ratios);
  return {
    name: 'back-test, bars in memory → ma-cross, full engine',
    reference: 'bare synchronous object loop: same bars, averages, orders, fees, trades and equity',
    value: median(rates),
    ratio,
    bar: `≥ ${BAR}x`,
    met: ratio >= BAR,
    unit: 'bars/s',
    note: `median of ${ROUNDS} rounds of ${BARS} bars; ${trades} trades and the final equity compared`,
  };
}

async function besideGrademark(bars: readonly Bar[]): Promise<BenchRow> {
  const title = {
    name: 'back-test, bars in memory, beside grademark',
    reference: `grademark ${GRADEMARK_VERSION}: same bars and averages, the same trades; no account, fees or curve`,
    bar: `≥ ${GRADEMARK_BAR}x`,
    unit: 'bars/s',
  };
  const grademark = await fetchGrademark();
  if (grademark === null) {
    const note = `grademark ${GRADEMARK_VERSION} could not be fetched from the package registry`;
    return { ...title, value: null, ratio: null, met: null, note };
  }
  const ratios: number[] = [];
  const rates: number[] = [];
  let trades = 0;
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const [theirs, ours] = await compared(bars, grademark);
    trades = theirs.trades;
    if (round < 0) continue;
    ratios.push(theirs.ms / ours.ms);
    rates.push(bars.length / (ours.ms / 1_000));
  }
  const ratio = median(ratios);
  const note = `median of ${ROUNDS} rounds of ${bars.length} bars; ${trades} trades and their profit compared; grademark decides nothing on the bar that fills an order, and so here does the strategy`;
  return { ...title, value: median(rates), ratio, met: ratio >= GRADEMARK_BAR, note };
}

async function compared(bars: readonly Bar[], grademark: RunGrademark) {
  const began = performance.now();
  const theirs = grademark(bars);
  const theirMs = performance.now() - began;
  const ownBegan = performance.now();
  const { trades } = await throughEngine(bars, patientCross);
  const ownMs = performance.now() - ownBegan;
  const gained = trades.map(({ entryPrice, exitPrice }) => exitPrice.minus(entryPrice).toNumber());
  const [one, other] = [sum(theirs.map(({ profit }) => profit)), sum(gained)];
  if (theirs.length !== trades.length || Math.abs(one - other) > 1e-4) {
    throw new Error(`They differ: ${theirs.length} trades, ${one}, against ${trades.length}, ${other}.`);
  }
  return [{ ms: theirMs, trades: theirs.length }, { ms: ownMs }] as const;
}

async function besideTypedArrays(): Promise<BenchRow> {
  const columns = makeColumns(TICKS);
  const events = makeEvents(columns);
  const ratios: number[] = [];
  const rates: number[] = [];
  let trades = 0;
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const began = performance.now();
    const bare = typedArrayLoop(columns);
    const bareMs = performance.now() - began;
    const ownBegan = performance.now();
    const own = await ticksThroughEngine(events);
    const ownMs = performance.now() - ownBegan;
    if (bare.trades !== own.trades || Math.abs(bare.finalEquity - own.finalEquity) > 1e-4) {
      throw new Error(`They differ: ${JSON.stringify(bare)} against ${JSON.stringify(own)}.`);
    }
    trades = bare.trades;
    if (round < 0) continue;
    ratios.push(bareMs / ownMs);
    rates.push(TICKS / (ownMs / 1_000));
  }
  const ratio = median(ratios);
  return {
    name: 'back-test, ticks in memory → bars → ma-cross, full engine',
    reference: 'loop over typed arrays: same bars, averages, orders, fees, trades and equity',
    value: median(rates),
    ratio,
    bar: `≥ ${TICKS_BAR}x`,
    met: ratio >= TICKS_BAR,
    unit: 'ticks/s',
    note: `median of ${ROUNDS} rounds of ${TICKS} ticks; ${trades} trades and the final equity compared`,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

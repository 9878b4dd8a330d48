import { performance } from 'node:perf_hooks';
import { mapMarketFrame } from '@alpha-engine/gmo-adapter';
import type { BenchRow } from './bench-row.js';

const ROUNDS = 61;
const ROUND_MS = 15;
/** Different frames, so that neither side can learn one by heart. */
const FRAMES = 256;
const RECV_TS = 1_790_000_000_000;

/**
 * One frame of GMO Coin's socket, buffer → validated event with its exchange time read, against `toString` + `JSON.parse` of the same
 * buffers. Rounds alternate, and the ratio is the median of the rounds' ratios, so that a busy machine disturbs both alike.
 */
export async function run(): Promise<BenchRow[]> {
  return [
    measure('normalise a trade', 0.55, makeFrames(trade)),
    measure('normalise a ticker', 0.55, makeFrames(ticker)),
    measure('normalise a 50+50 book', 0.65, makeFrames(book)),
  ];
}

function measure(name: string, bar: number, frames: readonly Buffer[]): BenchRow {
  for (const frame of frames) {
    const event = mapMarketFrame(frame.toString(), RECV_TS);
    if (event.type === 'rejected' || event.type === 'error') throw new Error(`The frame is not valid: ${frame}`);
  }
  const parse = (frame: Buffer): unknown => JSON.parse(frame.toString());
  const normalise = (frame: Buffer): unknown => mapMarketFrame(frame.toString(), RECV_TS);
  // Both paths are compiled before they are timed.
  rate(parse, frames, 10 * ROUND_MS);
  rate(normalise, frames, 10 * ROUND_MS);
  const ratios: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const reference = rate(parse, frames, ROUND_MS);
    const own = rate(normalise, frames, ROUND_MS);
    ratios.push(own / reference);
    rates.push(own);
  }
  const ratio = median(ratios);
  return {
    name,
    reference: 'toString + JSON.parse',
    value: Math.round(median(rates)),
    ratio,
    bar: `≥ ${bar}x`,
    met: ratio >= bar,
    unit: 'events/s',
    note: `median of ${ROUNDS} alternating rounds over ${FRAMES} frames of ${frames[0]?.length} bytes`,
  };
}

/** Frames a second. The sink keeps the work from being optimised away. */
let sink: unknown;
function rate(work: (frame: Buffer) => unknown, frames: readonly Buffer[], ms: number): number {
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < ms) {
    for (const frame of frames) sink = work(frame);
    done += frames.length;
  }
  if (sink === undefined) throw new Error('Nothing was done.');
  return (done / (performance.now() - start)) * 1_000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function makeFrames(make: (i: number, timestamp: string) => object): Buffer[] {
  return Array.from({ length: FRAMES }, (_, i) =>
    Buffer.from(JSON.stringify(make(i, new Date(Date.UTC(2026, 8, 23, 3) + i * 505).toISOString()))),
  );
}

const price = (i: number): number => 13_660_000 + ((i * 7_919) % 4_001);
const size = (i: number): string => (((i * 31) % 997) / 1_000 + 0.001).toFixed(3);

function trade(i: number, timestamp: string): object {
  const side = i % 2 === 0 ? 'BUY' : 'SELL';
  return { channel: 'trades', price: String(price(i)), side, size: size(i), symbol: 'BTC_JPY', timestamp };
}

function ticker(i: number, timestamp: string): object {
  const at = (shift: number) => String(price(i) + shift);
  const prices = { ask: at(900), bid: at(-900), high: at(25_000), last: at(0), low: at(-120_000) };
  return { channel: 'ticker', ...prices, symbol: 'BTC_JPY', timestamp, volume: `96${i % 10}.33` };
}

function book(i: number, timestamp: string): object {
  const side = (direction: 1 | -1) =>
    Array.from({ length: 50 }, (_, level) => ({
      price: String(price(i) + direction * (500 + level * (37 + (i % 5)))),
      size: size(i + level),
    }));
  return { channel: 'orderbooks', asks: side(1), bids: side(-1), symbol: 'BTC_JPY', timestamp, grouping: '1' };
}

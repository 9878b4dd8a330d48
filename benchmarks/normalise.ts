import { mapMarketFrame } from '@alpha-engine/gmo-adapter';
import { alternate, ROUNDS } from './alternate.js';
import type { BenchRow } from './bench-row.js';
import { gmoBook, gmoTicker, gmoTrade, makeFrames } from './normalise/frames.js';

const RECV_TS = 1_790_000_000_000;

/**
 * One frame of GMO Coin's socket, buffer → validated event with its exchange time read, against `toString` + `JSON.parse` of the same
 * buffers.
 */
export async function run(): Promise<BenchRow[]> {
  return [
    measure('normalise a trade', 0.55, makeFrames(gmoTrade)),
    measure('normalise a ticker', 0.55, makeFrames(gmoTicker)),
    measure('normalise a 50+50 book', 0.65, makeFrames(gmoBook)),
  ];
}

function measure(name: string, bar: number, frames: readonly Buffer[]): BenchRow {
  for (const frame of frames) {
    const event = mapMarketFrame(frame.toString(), RECV_TS);
    if (event.type === 'rejected' || event.type === 'error') throw new Error(`The frame is not valid: ${frame}`);
  }
  const { ratio, rate } = alternate(
    { items: frames, work: (frame) => mapMarketFrame(frame.toString(), RECV_TS) },
    { items: frames, work: (frame) => JSON.parse(frame.toString()) },
  );
  return {
    name,
    reference: 'toString + JSON.parse',
    value: rate,
    ratio,
    bar: `≥ ${bar}x`,
    met: ratio >= bar,
    unit: 'events/s',
    note: `median of ${ROUNDS} alternating rounds over ${frames.length} frames of ${frames[0]?.length} bytes`,
  };
}

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { encodeEvent, seriesOf } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { open } from 'lmdb';
import type { BenchRow } from '../bench-row.js';
import { median } from '../median.js';
import type { Delays } from './delays.js';
import { trade, trades } from './trades.js';

const RATE = 10_000;
const SECONDS = 2;
const ROUNDS = 5;

/** Sends `count` events beginning with number `from`, published at `sentUs`. */
export type Send = (from: number, count: number, sentUs: number) => Promise<unknown>;

/**
 * From here to another process, in turn with the reference: a busy machine makes both late, and the ratio of rounds side
 * by side tells more than the figures.
 */
export async function latency(folder: string): Promise<BenchRow[]> {
  const ours: Delays[] = [];
  const bare: Delays[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await throughBareLmdb(join(folder, `bare-latency-${round}`)));
    ours.push(await throughBus(join(folder, `latency-${round}`)));
  }
  return [latencyRow('p50', 1, ours, bare), latencyRow('p99', 8, ours, bare)];
}

function latencyRow(name: 'p50' | 'p99', bar: number, ours: readonly Delays[], bare: readonly Delays[]): BenchRow {
  const value = median(ours.map((delays) => delays[name]));
  const reference = median(bare.map((delays) => delays[name]));
  return {
    name: `embedded bus: latency between two processes, ${name}`,
    reference: `bare lmdb written in batches, looked at every millisecond: ${reference.toPrecision(3)} ms`,
    value,
    ratio: median(ours.map((delays, round) => delays[name] / bare[round]![name])),
    bar: `≤ ${bar} ms`,
    met: value <= bar,
    unit: 'ms',
    note: `publish called → delivered by read; medians of ${ROUNDS} rounds of ${SECONDS} s with ${RATE} events/s, none lost; on a busy machine look at the ratio`,
  };
}

async function throughBus(folder: string): Promise<Delays> {
  const bus = await openEmbeddedBus({ folder });
  const { writer } = await bus.claim([seriesOf(trade(1, 1))]);
  const delays = await toReader('reader.js', folder, (from, count, sentUs) =>
    bus.publish(writer, trades(from, count, sentUs)),
  );
  await bus.close();
  return delays;
}

async function throughBareLmdb(file: string): Promise<Delays> {
  const db = open<string, number>(file, { noSubdir: true, encoding: 'string' });
  const delays = await toReader('bare-reader.js', file, (from, count, sentUs) =>
    db.batch(() => {
      for (const event of trades(from, count, sentUs)) void db.put(event.seq!, encodeEvent(event));
    }),
  );
  await db.close();
  return delays;
}

/** Starts the reader, sends at a steady rate what is due each millisecond, and asks the reader what it saw. */
export async function toReader(program: string, place: string, send: Send, rate = RATE): Promise<Delays> {
  const count = rate * SECONDS;
  const script = fileURLToPath(new URL(`./${program}`, import.meta.url));
  const child = spawn(process.execPath, [script, place, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const sending: Promise<unknown>[] = [];
  const start = performance.now();
  let sent = 0;
  while (sent < count) {
    const due = Math.min(count, Math.floor(((performance.now() - start) / 1000) * rate));
    if (due > sent) {
      const sentUs = Math.round((performance.timeOrigin + performance.now()) * 1000);
      sending.push(send(sent + 1, due - sent, sentUs));
      sent = due;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(sending);
  const { value } = await lines.next();
  const delays: Delays = JSON.parse(String(value));
  if (delays.read !== count || delays.lost !== 0) {
    throw new Error(`${count} events sent, ${delays.read} read, ${delays.lost} missing.`);
  }
  return delays;
}

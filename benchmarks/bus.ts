import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventBus, encodeEvent, seriesOf, type TradeEvent } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { open } from 'lmdb';
import type { BenchRow } from './bench-row.js';
import { latency } from './bus/latency.js';
import { trade, trades } from './bus/trades.js';
import { median } from './median.js';

const BATCH = 64;
const BATCHES = 2000;
const IN_FLIGHT = 32;
const ROUNDS = 5;

/** The embedded bus beside the library it stands on, in this process and between two. */
export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'alpha-bench-'));
  try {
    return [...(await throughput(folder)), ...(await latency(folder))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function throughput(folder: string): Promise<BenchRow[]> {
  const count = BATCH * BATCHES;
  const puts: number[] = [];
  const published: number[] = [];
  const ranged: number[] = [];
  const consumed: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const bare = await bareLmdb(join(folder, `bare-${round}`));
    const ours = await throughBus(join(folder, `bus-${round}`));
    // The first round compiles; it is not counted.
    if (round === 0) continue;
    puts.push(count / bare.putSeconds);
    ranged.push(count / bare.rangeSeconds);
    published.push(count / ours.publishSeconds);
    consumed.push(count / ours.consumeSeconds);
  }
  return [
    rateRow('embedded bus: publish in batches', 'bare lmdb, batches of 64 puts of ready text', published, puts, 0.6, {
      note: `${IN_FLIGHT} calls of ${BATCH} events in flight; ours encodes, counts the series and waits for the disk`,
    }),
    rateRow('embedded bus: consume, decode and acknowledge', 'bare lmdb range + JSON.parse', consumed, ranged, 0.5, {
      note: 'batches of 500, each acknowledged while the next is read; the bar is ours: the page of performance has none for the embedded bus',
    }),
  ];
}

function rateRow(
  name: string,
  reference: string,
  own: number[],
  other: number[],
  bar: number,
  rest: { note: string },
): BenchRow {
  const ratio = median(own.map((rate, index) => rate / other[index]!));
  return { name, reference, value: median(own), ratio, bar: `≥ ${bar}x`, met: ratio >= bar, unit: 'events/s', ...rest };
}

async function bareLmdb(path: string): Promise<{ putSeconds: number; rangeSeconds: number }> {
  const db = open<string, number>(path, { noSubdir: true, encoding: 'string' });
  const texts = trades(1, BATCH).map(encodeEvent);
  const [putSeconds] = await timed(async () => {
    let last: Promise<boolean> | undefined;
    for (let batch = 0; batch < BATCHES; batch++) {
      last = db.batch(() => {
        texts.forEach((text, index) => {
          void db.put(batch * BATCH + index, text);
        });
      });
      if (batch % IN_FLIGHT === IN_FLIGHT - 1) await last;
    }
    await last;
    await db.flushed;
  });
  const [rangeSeconds] = await timed(async () => {
    let read = 0;
    for (const { value } of db.getRange({})) if (JSON.parse(value).type === 'trade') read += 1;
    if (read !== BATCH * BATCHES) throw new Error(`${read} entries read.`);
  });
  await db.close();
  return { putSeconds, rangeSeconds };
}

async function throughBus(folder: string): Promise<{ publishSeconds: number; consumeSeconds: number }> {
  const bus = await openEmbeddedBus({ folder });
  const { writer } = await bus.claim([seriesOf(trade(1, 1))]);
  const batches = Array.from({ length: BATCHES }, (_, index) => trades(index * BATCH + 1, BATCH));
  const [publishSeconds] = await timed(() => publishAll(bus, writer, batches));
  const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade'] });
  const [consumeSeconds] = await timed(async () => {
    let read = 0;
    let acknowledged = Promise.resolve();
    for (;;) {
      const { deliveries, drained } = await reader.read({ limit: 500, waitMs: 0 });
      read += deliveries.length;
      const end = deliveries.at(-1);
      if (end) acknowledged = reader.ack('md:trade', [end.id]);
      if (drained) break;
    }
    await acknowledged;
    if (read !== BATCH * BATCHES) throw new Error(`${read} events consumed.`);
  });
  await bus.close();
  return { publishSeconds, consumeSeconds };
}

async function publishAll(bus: EventBus, writer: number, batches: readonly TradeEvent[][]): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < batches.length) await bus.publish(writer, batches[next++]!);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

async function timed<T>(work: () => Promise<T>): Promise<[seconds: number, result: T]> {
  const start = performance.now();
  const result = await work();
  return [(performance.now() - start) / 1000, result];
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { TradeEvent } from '@alpha-engine/core';
import { createPostgresStore, openEmbeddedDatabase } from '@alpha-engine/core/postgres';
import type { BenchRow } from './bench-row.js';
import { median } from './median.js';

const PEAK_BAR_MB = 400;
const BATCH = 1000;
const BATCHES = 10;
const ROUNDS = 5;
/** The page of performance says 0.8x of unnest × 1000 for a journal. */
const APPEND_BAR = 0.8;

/** The first start of the embedded database in a new folder, and its journal against the bare statement. */
export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'alpha-bench-store-'));
  const database = await openEmbeddedDatabase({ folder });
  const store = createPostgresStore(database.pool);
  try {
    await store.migrate();
    const peakMb = process.resourceUsage().maxRSS / 1024;
    await database.pool.query(
      'CREATE TABLE bare (type text, exchange text, symbol text, ts bigint, seq bigint UNIQUE, event json)',
    );
    const ratios: number[] = [];
    const rates: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const batches = Array.from({ length: BATCHES }, (_, n) => makeTrades((round * BATCHES + n) * BATCH));
      const bareSeconds = await timed(batches, (trades) => database.pool.query(BARE, bareColumns(trades)));
      const ownSeconds = await timed(batches, (trades) => store.appendRawEvents(trades));
      // The first round compiles; it is not counted.
      if (round === 0) continue;
      ratios.push(bareSeconds / ownSeconds);
      rates.push((BATCH * BATCHES) / ownSeconds);
    }
    const ratio = median(ratios);
    return [
      {
        name: 'first start of the embedded database, peak memory',
        reference: 'absolute: resident memory of the whole process',
        value: Math.round(peakMb),
        ratio: null,
        bar: `< ${PEAK_BAR_MB} MB`,
        met: peakMb < PEAK_BAR_MB,
        unit: 'MB',
      },
      {
        name: 'journal: append raw events in batches of 1000, embedded',
        reference: 'bare INSERT … SELECT unnest of the same rows on the same connection',
        value: Math.round(median(rates)),
        ratio,
        bar: `≥ ${APPEND_BAR}x`,
        met: ratio >= APPEND_BAR,
        unit: 'events/s',
        note: 'ours has the transaction around it and an index on series and time more',
      },
    ];
  } finally {
    await store.close();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const BARE =
  'INSERT INTO bare SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::json[])';

function bareColumns(trades: readonly TradeEvent[]): unknown[][] {
  return [
    trades.map((trade) => trade.type),
    trades.map((trade) => trade.exchange),
    trades.map((trade) => trade.symbol),
    trades.map((trade) => trade.ts),
    trades.map((trade) => trade.seq),
    trades.map((trade) => JSON.stringify(trade)),
  ];
}

function makeTrades(after: number): TradeEvent[] {
  return Array.from({ length: BATCH }, (_, n) => ({
    type: 'trade',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    ts: 1_732_312_345_000 + after + n,
    seq: after + n + 1,
    data: { price: 6_123_456 + (n % 97), size: 0.01, side: n % 2 === 0 ? 'buy' : 'sell' },
  }));
}

async function timed<T>(batches: readonly T[], write: (batch: T) => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  for (const batch of batches) await write(batch);
  return (performance.now() - begun) / 1000;
}

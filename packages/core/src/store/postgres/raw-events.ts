import type { QueryConfig } from 'pg';
import { AlphaError } from '../../errors/alpha-error.js';
import type { AlphaEvent, EventType } from '../../events/event.js';
import { DAY_MS, dayOf, type RawEventQuery, type RawSegment, type SeqRange } from '../raw-events.js';
import type { Database, Session } from './database.js';
import type { RawPartitions } from './raw-partitions.js';
import { columns, text, verbatimJson } from './values.js';

const PAGE = 5000;
const REPEATED = '23505';
/** `no partition of relation … found for row` has the state of a failed check; the table has no other checks. */
const WITHOUT_PARTITION = '23514';
const COUNT_TIMEOUT_MS = 3_600_000;

/**
 * An event that is there already (same series, `seq` and `ts`) is skipped. By COPY where asked, and by a statement that
 * tells repetitions where COPY met one. Returns how many were new.
 */
export async function appendRawEvents(
  database: Database,
  partitions: RawPartitions,
  events: readonly AlphaEvent[],
  copy: boolean,
): Promise<number> {
  const numbers = new Set<number>();
  for (const { ts } of events) numbers.add(Math.floor(ts / DAY_MS));
  const days = new Set([...numbers].map((day) => dayOf(day * DAY_MS)));
  await partitions.ensure(days);
  try {
    return await writeRows(database, events, copy);
  } catch (error) {
    if (!isState(error, WITHOUT_PARTITION)) throw error;
    // Another process dropped the day in between.
    partitions.forget();
    await partitions.ensure(days);
    return writeRows(database, events, copy);
  }
}

async function writeRows(database: Database, events: readonly AlphaEvent[], copy: boolean): Promise<number> {
  if (copy) {
    const { copyRawEvents } = await import('./copy-raw-events.js');
    try {
      return await database.write((session) => copyRawEvents(session, events));
    } catch (error) {
      if (!isState(error, REPEATED)) throw error;
    }
  }
  return database.write((session) => insertRawEvents(session, events));
}

async function insertRawEvents(session: Session, events: readonly AlphaEvent[]): Promise<number> {
  const { rowCount } = await session.query(
    `INSERT INTO raw_events (type, exchange, symbol, ts, seq, event)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::json[])
     ON CONFLICT DO NOTHING`,
    columns<AlphaEvent>(
      events,
      (event) => event.type,
      (event) => event.exchange,
      (event) => text(event.symbol),
      (event) => event.ts,
      (event) => event.seq ?? null,
      verbatimJson,
    ),
  );
  return rowCount ?? 0;
}

function isState(error: unknown, sqlState: string): boolean {
  return AlphaError.is(error, 'STORE_FAILED') && error.context.sqlState === sqlState;
}

const WANTED = `($1::text IS NULL OR exchange = $1) AND ($2::text[] IS NULL OR symbol = ANY ($2))
  AND ($3::text[] IS NULL OR type = ANY ($3))
  AND ts >= coalesce($4::bigint, 0) AND ts < coalesce($5::bigint, 9223372036854775807)`;

function wanted({ exchange, symbols, types, from, to }: RawEventQuery): unknown[] {
  return [exchange ?? null, symbols ?? null, types ?? null, from ?? null, to ?? null];
}

interface IslandRow {
  readonly exchange: string;
  readonly symbol: string;
  readonly type: EventType;
  readonly day: string;
  readonly rows: string;
  readonly first_ts: string;
  readonly last_ts: string;
  readonly first_seq: string | null;
  readonly last_seq: string | null;
}

/** By exchange, symbol, type and day. Reads every row that is meant. */
export async function readRawSegments(session: Session, query: RawEventQuery): Promise<readonly RawSegment[]> {
  await session.query('SET LOCAL statement_timeout = 0');
  // Numbers that follow each other keep the same distance from their rank.
  const { rows } = await session.query<IslandRow>({
    text: `SELECT exchange, symbol, type, day, count(*) AS rows, min(ts) AS first_ts, max(ts) AS last_ts,
            min(seq) AS first_seq, max(seq) AS last_seq
     FROM (SELECT exchange, symbol, type, seq, ts, ts / ${DAY_MS} AS day,
                  seq - dense_rank() OVER (PARTITION BY exchange, symbol, type, ts / ${DAY_MS} ORDER BY seq) AS island
           FROM raw_events WHERE ${WANTED}) AS numbered
     GROUP BY exchange, symbol, type, day, island ORDER BY exchange, symbol, type, day, first_seq`,
    values: wanted(query),
    query_timeout: COUNT_TIMEOUT_MS,
  } as QueryConfig);
  const segments: (Omit<RawSegment, 'seqs'> & { seqs: SeqRange[] })[] = [];
  for (const row of rows) {
    const day = dayOf(Number(row.day) * DAY_MS);
    const seqs = row.first_seq === null ? [] : [{ from: Number(row.first_seq), to: Number(row.last_seq) }];
    const { exchange, symbol, type } = row;
    const island = { rows: Number(row.rows), firstTs: Number(row.first_ts), lastTs: Number(row.last_ts) };
    const last = segments.at(-1);
    if (last?.exchange === exchange && last.symbol === symbol && last.type === type && last.day === day) {
      segments[segments.length - 1] = {
        ...last,
        rows: last.rows + island.rows,
        firstTs: Math.min(last.firstTs, island.firstTs),
        lastTs: Math.max(last.lastTs, island.lastTs),
        seqs: [...last.seqs, ...seqs],
      };
    } else segments.push({ exchange, symbol, type, day, ...island, seqs });
  }
  return segments;
}

/** In pages, each its own transaction, so that a slow reader holds nothing up. */
export async function* readRawEvents(
  database: Database,
  series: { readonly exchange: string; readonly symbol: string; readonly type: EventType },
  range: { readonly from: number; readonly to: number },
): AsyncGenerator<readonly AlphaEvent[]> {
  const { exchange, symbol, type } = series;
  const place = [exchange, symbol, type, range.from, range.to];
  let last = { seq: '0', ts: '0' };
  for (;;) {
    const page = await database.read(async (session) => {
      const { rows } = await session.query<{ seq: string; ts: string; event: AlphaEvent }>(
        `SELECT seq, ts, event FROM raw_events
         WHERE exchange = $1 AND symbol = $2 AND type = $3 AND ts >= $4 AND ts < $5 AND (seq, ts) > ($6::bigint, $7::bigint)
         ORDER BY seq, ts LIMIT ${PAGE}`,
        [...place, last.seq, last.ts],
      );
      return rows;
    });
    if (page.length > 0) yield page.map(({ event }) => event);
    if (page.length < PAGE) break;
    last = page.at(-1)!;
  }
  for (let offset = 0; ; offset += PAGE) {
    const page = await database.read(async (session) => {
      const { rows } = await session.query<{ event: AlphaEvent }>(
        `SELECT event FROM raw_events
         WHERE exchange = $1 AND symbol = $2 AND type = $3 AND ts >= $4 AND ts < $5 AND seq IS NULL
         ORDER BY ts LIMIT ${PAGE} OFFSET $6`,
        [...place, offset],
      );
      return rows;
    });
    if (page.length > 0) yield page.map(({ event }) => event);
    if (page.length < PAGE) return;
  }
}

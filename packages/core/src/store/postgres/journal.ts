import type { AlphaEvent } from '../../events/event.js';
import type { LogRecord } from '../../telemetry/log-sink.js';
import type { Session } from './database.js';
import { columns, searchableJson, text, verbatimJson } from './values.js';

/** An event with a `seq` that is there already is skipped. */
export async function writeRawEvents(session: Session, events: readonly AlphaEvent[]): Promise<void> {
  await session.query(
    `INSERT INTO raw_events (type, exchange, symbol, ts, seq, event)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::json[])
     ON CONFLICT (exchange, symbol, type, seq) WHERE seq IS NOT NULL DO NOTHING`,
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
}

export async function writeLogs(session: Session, records: readonly LogRecord[]): Promise<void> {
  await session.query(
    `INSERT INTO logs (ts, level, message, fields)
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::jsonb[])`,
    columns<LogRecord>(
      records,
      (record) => record.ts,
      (record) => record.level,
      (record) => text(record.message),
      (record) => searchableJson(record.fields),
    ),
  );
}

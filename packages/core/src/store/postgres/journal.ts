import type { LogRecord } from '../../telemetry/log-sink.js';
import type { Session } from './database.js';
import { columns, searchableJson, text } from './values.js';

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

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { createPostgresStore, openEmbeddedDatabase } from '@alpha-engine/core/postgres';
import { timedEngine } from './execution/timed-engine.js';

const RATE = 1_000;
const SIGNALS = 100;

/** Counts and bytes, as PostgreSQL tells them: text. */
interface Measured {
  readonly rows: string;
  readonly quotes: string;
  readonly quoteBytes: string;
  readonly clocks: string;
  readonly clockBytes: string;
  readonly others: string;
  readonly otherBytes: string;
  readonly stored: string;
}

/** How fast the input log of the execution brain grows: tickers at a steady rate, among them signals that are traded on paper. */
export async function report(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'alpha-bench-'));
  try {
    const database = await openEmbeddedDatabase({ folder: join(folder, 'database') });
    const store = createPostgresStore(database.pool);
    await store.migrate();
    const place = join(folder, 'bus');
    const bus = await openEmbeddedBus({ folder: place });
    await timedEngine({ bus, store, place }, RATE, SIGNALS);
    await bus.close();
    const { rows } = await database.pool.query<Measured>(SIZES);
    await database.close();
    return text(rows[0] as Measured);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function text({ clockBytes, clocks, otherBytes, others, quoteBytes, quotes, rows, stored }: Measured): string {
  const events = Number(quotes) + SIGNALS;
  const share = (bytes: string, count: number) => (Number(bytes) / count).toFixed(0);
  return [
    `input log of the execution brain, ${quotes} tickers and ${SIGNALS} signals on paper, ${RATE} events/s, ${rows} rows`,
    `  a ticker  ${share(quoteBytes, Number(quotes))} bytes of text`,
    `  a signal  ${share(otherBytes, SIGNALS)} bytes of text, with what became of its order: ${share(others, SIGNALS)} inputs`,
    `  a clock   ${share(clockBytes, Number(clocks))} bytes of text; ${(Number(clocks) / Number(rows)).toFixed(1)} a row`,
    `  stored    ${share(stored, events)} bytes an event, packed as PostgreSQL does: ${((3_600 * RATE * Number(stored)) / events / 1e6).toFixed(0)} MB an hour`,
  ].join('\n');
}

/** Rows that say what a process began with are not counted. */
const SIZES = `
  WITH log AS (SELECT * FROM input_log WHERE brain LIKE 'execution:%' AND NOT starts_with(inputs::text, '{"began":')),
  input AS (
    SELECT octet_length(one::text) AS bytes,
      CASE WHEN json_typeof(one) = 'array' THEN 'clock' WHEN one->>'kind' = 'quote' THEN 'quote' ELSE 'other' END AS kind
    FROM log, json_array_elements(inputs->'inputs') AS one
  )
  SELECT (SELECT count(*) FROM log) AS rows,
    (SELECT sum(pg_column_size(inputs)) FROM log) AS stored,
    count(*) FILTER (WHERE kind = 'quote') AS quotes, sum(bytes) FILTER (WHERE kind = 'quote') AS "quoteBytes",
    count(*) FILTER (WHERE kind = 'clock') AS clocks, sum(bytes) FILTER (WHERE kind = 'clock') AS "clockBytes",
    count(*) FILTER (WHERE kind = 'other') AS others, sum(bytes) FILTER (WHERE kind = 'other') AS "otherBytes"
  FROM input`;

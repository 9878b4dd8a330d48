import { finished } from 'node:stream/promises';
import { from } from 'pg-copy-streams';
import type { AlphaEvent } from '../../events/event.js';
import type { Session } from './database.js';
import { text, verbatimJson } from './values.js';

/**
 * Rows by COPY, which a server takes in about twice as fast as `unnest` and which knows no conflicts: one row that is there
 * already refuses them all (`23505`). The embedded database has no COPY from a client.
 */
export async function copyRawEvents(session: Session, events: readonly AlphaEvent[]): Promise<number> {
  const rows = distinct(events);
  const stream = session.query(from('COPY raw_events (type, exchange, symbol, ts, seq, event) FROM STDIN'));
  stream.end(rows.map(lineOf).join(''));
  await finished(stream);
  return rows.length;
}

/** Without repetitions of a `seq` in the batch itself. */
function distinct(events: readonly AlphaEvent[]): readonly AlphaEvent[] {
  const lastSeq = new Map<string, number>();
  let inOrder = true;
  for (const { exchange, symbol, type, seq } of events) {
    if (seq === undefined) continue;
    const key = `${exchange}|${symbol}|${type}`;
    if (seq <= (lastSeq.get(key) ?? 0)) inOrder = false;
    lastSeq.set(key, seq);
  }
  if (inOrder) return events;
  const seen = new Set<string>();
  return events.filter(({ exchange, symbol, type, seq, ts }) => {
    if (seq === undefined) return true;
    const key = `${exchange}|${symbol}|${type}|${seq}|${ts}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function lineOf(event: AlphaEvent): string {
  const { type, exchange, symbol, ts, seq } = event;
  return `${type}\t${exchange}\t${escaped(text(symbol))}\t${ts}\t${seq ?? '\\N'}\t${escaped(verbatimJson(event))}\n`;
}

const SPECIAL = /[\\\t\n\r]/;
const NAMES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(value: string): string {
  return SPECIAL.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => NAMES[character]!) : value;
}

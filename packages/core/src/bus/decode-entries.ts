import { AlphaError } from '../errors/alpha-error.js';
import { decodeEvent } from '../events/codec.js';
import type { AlphaEvent } from '../events/event.js';
import { type DeadLetter, deadLetterStream, decodeDeadLetter } from './dead-letter.js';
import { entryId } from './entry-id.js';
import type { Entry, ReadTables, WriteTables } from './storage.js';
import type { StreamName } from './streams.js';

/** `E`: an encoded event and its place, as the bus below keeps it. */
export interface Decoded<E extends { readonly text: string } = Entry> {
  readonly good: readonly { readonly entry: E; readonly event: AlphaEvent }[];
  readonly bad: readonly { readonly entry: E; readonly reason: string }[];
}

export function decodeEntries<E extends { readonly text: string }>(entries: readonly E[]): Decoded<E> {
  const good: { entry: E; event: AlphaEvent }[] = [];
  const bad: { entry: E; reason: string }[] = [];
  for (const entry of entries) {
    try {
      good.push({ entry, event: decodeEvent(entry.text) });
    } catch (error) {
      if (!AlphaError.is(error, 'EVENT_INVALID')) throw error;
      bad.push({ entry, reason: error.message });
    }
  }
  return { good, bad };
}

/** Puts what could not be decoded on the dead-letter stream, and answers what nobody had put there before. */
export function bury(
  tables: WriteTables,
  stream: StreamName,
  bad: Decoded['bad'],
  met: { group: string; nowMs: number },
): readonly DeadLetter[] {
  const buried: DeadLetter[] = [];
  for (const { entry, reason } of bad) {
    if (tables.isDead(stream, entry.position)) continue;
    const letter: DeadLetter = {
      stream,
      entry_id: entryId(entry.position),
      reason,
      text: entry.text,
      group: met.group,
      recv_ts: met.nowMs,
    };
    tables.append(deadLetterStream(stream), [JSON.stringify(letter)]);
    tables.markDead(stream, entry.position);
    buried.push(letter);
  }
  return buried;
}

const PAGE = 100;

/** The dead letters of a stream that were not put back, with their places on the dead-letter stream. */
export function* deadLettersOf(
  tables: ReadTables,
  stream: StreamName,
  after: number,
): Generator<{ readonly position: number; readonly letter: DeadLetter }> {
  const dead = deadLetterStream(stream);
  for (let last = after; ; ) {
    const page = tables.entries(dead, last, PAGE);
    for (const { position, text } of page) {
      if (!tables.isDead(dead, position)) yield { position, letter: decodeDeadLetter(text) };
      last = position;
    }
    if (page.length < PAGE) return;
  }
}

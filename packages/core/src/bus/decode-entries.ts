import { AlphaError } from '../errors/alpha-error.js';
import { decodeEvent } from '../events/codec.js';
import type { AlphaEvent } from '../events/event.js';
import { type DeadLetter, deadLetterStream } from './dead-letter.js';
import { entryId } from './entry-id.js';
import type { Entry, WriteTables } from './storage.js';
import type { StreamName } from './streams.js';

export interface Decoded {
  readonly good: readonly { readonly position: number; readonly event: AlphaEvent }[];
  readonly bad: readonly { readonly entry: Entry; readonly reason: string }[];
}

export function decodeEntries(entries: readonly Entry[]): Decoded {
  const good: { position: number; event: AlphaEvent }[] = [];
  const bad: { entry: Entry; reason: string }[] = [];
  for (const entry of entries) {
    try {
      good.push({ position: entry.position, event: decodeEvent(entry.text) });
    } catch (error) {
      if (!AlphaError.is(error, 'EVENT_INVALID')) throw error;
      bad.push({ entry, reason: error.message });
    }
  }
  return { good, bad };
}

/** Puts what could not be decoded on the dead-letter stream. */
export function bury(
  tables: WriteTables,
  stream: StreamName,
  bad: Decoded['bad'],
  met: { group: string; nowMs: number },
): void {
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
  }
}

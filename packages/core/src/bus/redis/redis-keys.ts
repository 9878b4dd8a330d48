import type { StreamName } from '../streams.js';

/**
 * Every key beside a stream carries the stream's name as its hash tag, so that a Cluster keeps them in one slot: the slot
 * of `{md:trade}:book` is that of `md:trade`. Keys that begin with `{` are therefore ours and no streams of events.
 */

/** Hash: series key → `<writer> <seq>`; `full` → why nothing may be appended. */
export function bookKey(stream: StreamName): string {
  return `{${stream}}:book`;
}

/** Who reads a group: `owned <token> <consumer>`, `shared`, or `dropped`. Absent although somebody reads: the server lost it. */
export function ownerKey(stream: StreamName, group: string): string {
  return `{${stream}}:owner:${group}`;
}

export const SHARED = 'shared';
export const DROPPED = 'dropped';

/** Set of the ids of `stream` that stand on its dead-letter stream; in that one's slot. */
export function deadKey(deadLetterStream: StreamName): string {
  return `{${deadLetterStream}}:dead`;
}

/** Set of the ids of entries that were put back on `stream`. */
export function returnedKey(stream: StreamName): string {
  return `{${stream}}:returned`;
}

/** The highest writer number given. */
export const WRITER_KEY = '{alpha}:writer';

/** The field of an entry that holds the event, as JSON. */
export const EVENT_FIELD = 'e';

export function isStreamOfEvents(key: string): boolean {
  return !key.startsWith('{');
}

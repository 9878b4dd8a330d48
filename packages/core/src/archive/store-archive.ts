import type { AlphaEvent } from '../events/event.js';
import { DAY_MS, startOfDay } from '../store/raw-events.js';
import type { Store } from '../store/store.js';
import type { ArchiveReader, ArchiveWriter } from './archive.js';

/** Rows of one transaction. */
const ROWS_AT_ONCE = 10_000;

/** The archive in `raw_events` of a database. The store stays open. */
export function storeArchiveWriter(store: Store): ArchiveWriter {
  let waiting: AlphaEvent[] = [];
  let added = 0;
  return {
    async add(events) {
      for (const event of events) waiting.push(event);
    },
    async flush() {
      while (waiting.length > 0) {
        added += await store.appendRawEvents(waiting.slice(0, ROWS_AT_ONCE));
        waiting = waiting.slice(ROWS_AT_ONCE);
      }
      const result = added;
      added = 0;
      return result;
    },
    dropBefore: (ts) => store.dropRawEvents(ts),
    async close() {},
  };
}

/** The database keeps its own checksums, so `check` finds nothing. */
export function openStoreArchive(store: Store): ArchiveReader {
  return {
    segments: async (query = {}) => {
      const { from, to } = query;
      const whole = {
        ...query,
        ...(from !== undefined && { from: Math.floor(from / DAY_MS) * DAY_MS }),
        ...(to !== undefined && { to: Math.ceil(to / DAY_MS) * DAY_MS }),
      };
      return (await store.rawSegments(whole)).map((segment) => ({ ...segment, part: 1, file: null }));
    },
    read: (segment) => {
      const start = startOfDay(segment.day);
      return store.rawEvents(segment, { from: start, to: start + DAY_MS });
    },
    check: async () => [],
  };
}

import type { SeriesRow } from './storage.js';
import type { SeriesKey } from './streams.js';

/** What an append needs to know of consecutive events of one series. */
export interface AppendRun {
  readonly key: SeriesKey;
  /** Number of the first; undefined when they have none. */
  readonly first: number | undefined;
  readonly count: number;
}

export type AppendDecision =
  /** `skips[i]`: how many of run `i`, from its first, are there already. `rows`: the series as they stand afterwards. */
  | {
      readonly kind: 'append';
      readonly skips: readonly number[];
      readonly appended: number;
      readonly rows: ReadonlyMap<SeriesKey, SeriesRow>;
    }
  | { readonly kind: 'hole'; readonly series: SeriesKey; readonly expected: number; readonly got: number }
  /** `holder` is the writer of the series, null when nobody ever claimed it. */
  | { readonly kind: 'fenced'; readonly series: SeriesKey; readonly holder: number | null };

/**
 * Decides what of a call is appended: an event present already is skipped; one beyond the next, or of a series somebody
 * else writes, refuses the whole call. Events without a number always pass.
 */
export function decideAppend(
  runs: readonly AppendRun[],
  writer: number | null,
  lookup: (series: SeriesKey) => SeriesRow | undefined,
): AppendDecision {
  const rows = new Map<SeriesKey, SeriesRow>();
  const skips: number[] = [];
  let appended = 0;
  for (const { key, first, count } of runs) {
    let skip = 0;
    if (first !== undefined) {
      const row = rows.get(key) ?? lookup(key);
      if (row === undefined || row.writer !== writer) {
        return { kind: 'fenced', series: key, holder: row?.writer ?? null };
      }
      if (first > row.seq + 1) return { kind: 'hole', series: key, expected: row.seq + 1, got: first };
      skip = Math.min(count, row.seq + 1 - first);
      rows.set(key, { writer: row.writer, seq: Math.max(row.seq, first + count - 1) });
    }
    skips.push(skip);
    appended += count - skip;
  }
  return { kind: 'append', skips, appended, rows };
}

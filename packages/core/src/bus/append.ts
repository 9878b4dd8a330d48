import type { SeriesRow } from './storage.js';
import type { SeriesKey } from './streams.js';

/** What an append needs to know of an event. */
export interface AppendItem {
  readonly series: SeriesKey;
  readonly seq: number | undefined;
}

export type AppendDecision =
  /** `accepted[i]`: whether item `i` is new. `rows`: the series as they stand afterwards. */
  | {
      readonly kind: 'append';
      readonly accepted: readonly boolean[];
      readonly appended: number;
      readonly rows: ReadonlyMap<SeriesKey, SeriesRow>;
    }
  | { readonly kind: 'hole'; readonly series: SeriesKey; readonly expected: number; readonly got: number }
  /** `holder` is the writer of the series, null when nobody ever claimed it. */
  | { readonly kind: 'fenced'; readonly series: SeriesKey; readonly holder: number | null };

/**
 * Decides what of a call is appended: an event present already is skipped; one beyond the next, or of a series somebody
 * else writes, refuses the whole call. Events without `seq` always pass.
 */
export function decideAppend(
  items: readonly AppendItem[],
  writer: number | null,
  lookup: (series: SeriesKey) => SeriesRow | undefined,
): AppendDecision {
  const rows = new Map<SeriesKey, SeriesRow>();
  const seqs = new Map<SeriesKey, number>();
  const accepted: boolean[] = [];
  let appended = 0;
  for (const { series, seq } of items) {
    if (seq === undefined) {
      accepted.push(true);
      appended += 1;
      continue;
    }
    let last = seqs.get(series);
    if (last === undefined) {
      const row = lookup(series);
      if (row === undefined || row.writer !== writer) return { kind: 'fenced', series, holder: row?.writer ?? null };
      last = row.seq;
      seqs.set(series, last);
    }
    if (seq > last + 1) return { kind: 'hole', series, expected: last + 1, got: seq };
    const isNew = seq === last + 1;
    accepted.push(isNew);
    if (isNew) {
      appended += 1;
      seqs.set(series, seq);
    }
  }
  for (const [series, seq] of seqs) rows.set(series, { writer: writer as number, seq });
  return { kind: 'append', accepted, appended, rows };
}

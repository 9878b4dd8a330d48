import type { SeqRange } from '../store/raw-events.js';

/** Adds one number. Null when it is there already. Cheap where numbers come in order. */
export function withSeq(ranges: readonly SeqRange[], seq: number): readonly SeqRange[] | null {
  const last = ranges.at(-1);
  if (last === undefined || seq > last.to + 1) return [...ranges, { from: seq, to: seq }];
  if (seq === last.to + 1) return [...ranges.slice(0, -1), { from: last.from, to: seq }];
  if (covers(ranges, seq)) return null;
  return union([...ranges, { from: seq, to: seq }]);
}

function covers(ranges: readonly SeqRange[], seq: number): boolean {
  return ranges.some(({ from, to }) => from <= seq && seq <= to);
}

/** Ascending, apart from each other, and nothing twice. */
export function union(ranges: readonly SeqRange[]): readonly SeqRange[] {
  const joined: SeqRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && range.from <= last.to + 1) {
      joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    } else joined.push(range);
  }
  return joined;
}

export function overlap(a: readonly SeqRange[], b: readonly SeqRange[]): boolean {
  return a.some((one) => b.some((other) => one.from <= other.to && other.from <= one.to));
}

/** What lies between the ranges. */
export function holes(ranges: readonly SeqRange[]): readonly SeqRange[] {
  return ranges.slice(1).map(({ from }, n) => ({ from: ranges[n]!.to + 1, to: from - 1 }));
}

/** `ranges` without what `others` cover. */
export function without(ranges: readonly SeqRange[], others: readonly SeqRange[]): readonly SeqRange[] {
  let left: SeqRange[] = [...ranges];
  for (const { from, to } of others) {
    left = left.flatMap((range) => {
      if (to < range.from || from > range.to) return [range];
      const before = { from: range.from, to: from - 1 };
      const after = { from: to + 1, to: range.to };
      return [before, after].filter((piece) => piece.from <= piece.to);
    });
  }
  return left;
}

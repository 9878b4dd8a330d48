/** Prices between which nothing of ours happens, bounds excluded. */
export interface QuietRange {
  readonly below: number;
  readonly above: number;
}

/** Around a price. A level at the price itself leaves no room. */
export function quietRange(price: number, levels: readonly number[]): QuietRange {
  let below = Number.NEGATIVE_INFINITY;
  let above = Number.POSITIVE_INFINITY;
  for (const level of levels) {
    if (level <= price && level > below) below = level;
    if (level >= price && level < above) above = level;
  }
  return { below, above };
}

/** The first level on the way, or where the way ends. */
export function nextLevel(from: number, to: number, levels: readonly number[]): number {
  let next = to;
  for (const level of levels) {
    if (to > from ? level > from && level < next : level < from && level > next) next = level;
  }
  return next;
}

import type { Bar, EpochMs } from '@alpha-engine/core';

export interface PathPoint {
  readonly price: number;
  readonly ts: EpochMs;
}

/**
 * Where the price goes from the open: to the extreme that is worse for what is held (signed size), to the other one, to the close. Without
 * a position against the direction of the bar first.
 */
export function pathOf({ closeTs, openTs, open, high, low, close }: Bar, size: number): readonly PathPoint[] {
  const lowFirst = size === 0 ? close >= open : size > 0;
  const length = closeTs - openTs;
  return [
    { price: lowFirst ? low : high, ts: openTs + Math.floor(length / 3) },
    { price: lowFirst ? high : low, ts: openTs + Math.floor((length * 2) / 3) },
    { price: close, ts: closeTs - 1 },
  ];
}

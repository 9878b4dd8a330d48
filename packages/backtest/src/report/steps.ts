const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

/** Lengths that a chart's points may have; each is a multiple of the one before. */
const STEPS_MS = [
  ...[1, 5, 15].map((n) => n * SECOND),
  ...[1, 5, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 4, 12].map((n) => n * HOUR),
  ...[1, 7, 28].map((n) => n * DAY),
];

/** Points of one line, or candles, that a chart is given at most: more than a screen has columns. */
export const MAX_POINTS = 5_000;

/** The next longer length; beyond the table the double. */
export function stepAfter(stepMs: number): number {
  return STEPS_MS.find((step) => step > stepMs) ?? stepMs * 2;
}

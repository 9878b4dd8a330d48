/** Null wherever a sample is too small or too uniform for the figure to mean anything. */

export type Numbers = ArrayLike<number>;

export function sum(values: Numbers): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}

export function mean(values: Numbers): number | null {
  return values.length === 0 ? null : sum(values) / values.length;
}

/** Beside the values it comes from, less than this is the rounding of binary fractions. */
const ROUNDING = 1e-12;

/** Of the sample: divided by n − 1. Zero where nothing but rounding tells the values apart. */
export function standardDeviation(values: Numbers): number | null {
  const average = mean(values);
  if (average === null || values.length < 2) return null;
  let squares = 0;
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    squares += (value - average) ** 2;
    largest = Math.max(largest, Math.abs(value));
  }
  const deviation = Math.sqrt(squares / (values.length - 1));
  return deviation < largest * ROUNDING ? 0 : deviation;
}

/** Root of the mean square of what is below zero, over all values. */
export function downsideDeviation(values: Numbers): number | null {
  if (values.length < 2) return null;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += Math.min(values[i] as number, 0) ** 2;
  return Math.sqrt(squares / values.length);
}

/** By linear interpolation between order statistics; `share` 0.05 is the 5th percentile. */
export function percentile(values: Numbers, share: number): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below] as number, sorted[Math.ceil(place)] as number];
  return low + (high - low) * (place - below);
}

/** The ratio, or null when it would be a division by zero or no number. */
export function ratio(numerator: number | null, denominator: number | null): number | null {
  if (numerator === null || denominator === null || Math.abs(denominator) < 1e-15) return null;
  return finite(numerator / denominator);
}

/** Null where a result is beyond all numbers. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

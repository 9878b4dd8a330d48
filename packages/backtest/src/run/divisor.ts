/** The greatest whole number that divides both. */
export function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

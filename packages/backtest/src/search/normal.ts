/** Share of the standard normal distribution below a place; Abramowitz and Stegun 7.1.26, within 2e-7. */
export function normalCumulative(z: number): number {
  const t = 1 / (1 + 0.3275911 * (Math.abs(z) / Math.SQRT2));
  const series = (((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592;
  const tail = series * t * Math.exp((-z * z) / 2);
  return z >= 0 ? 1 - tail / 2 : tail / 2;
}

/** The place below which a share of the standard normal distribution lies; by halving, within 1e-6. */
export function normalQuantile(share: number): number {
  let [low, high] = [-10, 10];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (normalCumulative(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

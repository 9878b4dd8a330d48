import type { Bar } from '@alpha-engine/core';
import type { Random } from '../search/random.js';

/** How far the price may go from bar to bar, as a fraction. */
const STEP = 0.02;

/** The same times with another market: prices go their own way from the last one that stays. */
export function perturbed(bars: readonly Bar[], last: number, random: Random): Bar[] {
  let price = last;
  return bars.map((bar) => {
    const open = price;
    const [far, near, close] = [go(open, random), go(open, random), go(open, random)];
    price = close;
    const volume = bar.volume * (0.5 + random.next());
    return {
      ...bar,
      open,
      high: Math.max(open, far, near, close),
      low: Math.min(open, far, near, close),
      close,
      volume,
    };
  });
}

function go(price: number, random: Random): number {
  return price * (1 + STEP * (2 * random.next() - 1));
}

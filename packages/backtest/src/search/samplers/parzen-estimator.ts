import type { Dimension } from '../dimension.js';
import { normalCumulative } from '../normal.js';
import type { Random } from '../random.js';

/** Width of a kernel around the only point there is, as a share of a dimension; more points have narrower ones. */
const WIDTH = 0.2;
/** Chance that a kernel of a list gives any of its values instead of its own. */
const ANY_VALUE = 0.3;

/**
 * A density over shares of dimensions: one kernel around each point and a flat one, all of the same weight. A kernel is a
 * product over the dimensions: a normal distribution cut off at 0 and 1, or, where neighbours are not alike, the point's own value more
 * often than the others.
 */
export class ParzenEstimator {
  readonly #dimensions: readonly Dimension[];
  readonly #points: readonly (readonly number[])[];
  readonly #widths: readonly number[];

  constructor(dimensions: readonly Dimension[], points: readonly (readonly number[])[]) {
    this.#dimensions = dimensions;
    this.#points = points;
    const width = WIDTH * Math.max(points.length, 1) ** (-1 / (dimensions.length + 4));
    // Not so narrow that a kernel of a counted dimension holds nothing but its own value.
    this.#widths = dimensions.map(({ count }) => Math.max(width, 0.01, Number.isFinite(count) ? 0.5 / count : 0));
  }

  draw(random: Random): readonly number[] {
    const centre = this.#points[random.below(this.#points.length + 1)];
    return this.#dimensions.map(({ count, ordered }, index) => {
      const at = centre?.[index];
      if (at === undefined) return random.next();
      if (!ordered) return random.next() < ANY_VALUE ? random.next() : at;
      if (count === 1) return at;
      return normalWithin(random, at, this.#widths[index] as number);
    });
  }

  density(shares: readonly number[]): number {
    let sum = 1;
    for (const point of this.#points) {
      let product = 1;
      for (let index = 0; index < shares.length; index++) {
        product *= this.#kernel(index, shares[index] as number, point[index] as number);
      }
      sum += product;
    }
    return sum / (this.#points.length + 1);
  }

  #kernel(index: number, share: number, centre: number): number {
    const { count, ordered } = this.#dimensions[index] as Dimension;
    if (count === 1) return 1;
    if (!ordered) {
      const same = Math.floor(share * count) === Math.floor(centre * count);
      return ANY_VALUE + (same ? (1 - ANY_VALUE) * count : 0);
    }
    const width = this.#widths[index] as number;
    const inside = normalCumulative((1 - centre) / width) - normalCumulative(-centre / width);
    const distance = (share - centre) / width;
    return Math.exp(-0.5 * distance * distance) / (width * Math.sqrt(2 * Math.PI) * inside);
  }
}

/** Around a centre in [0, 1], so that at least a third of the draws is inside. */
function normalWithin(random: Random, centre: number, width: number): number {
  for (;;) {
    const share = centre + width * normal(random);
    if (share >= 0 && share < 1) return share;
  }
}

/** By Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

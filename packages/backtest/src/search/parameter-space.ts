import { AlphaError } from '@alpha-engine/core';
import { type Dimension, type ParamValue, parseDimension } from './dimension.js';
import { type Comparison, parseComparison } from './expression.js';
import { Random } from './random.js';

/** Values of the parameters that are searched over. */
export type Point = Readonly<Record<string, ParamValue>>;

/** How often a random point may break a constraint before we say that there is none. */
const TRIES = 100_000;

/** What may be tried: dimensions, and what must hold between them. */
export class ParameterSpace {
  readonly dimensions: readonly Dimension[];
  readonly constraints: readonly Comparison[];

  constructor(dimensions: readonly Dimension[], constraints: readonly Comparison[] = []) {
    this.dimensions = dimensions;
    this.constraints = constraints;
  }

  /** From what a person writes: `['fast=5..50:5', 'slow=20..200:10']` and `['fast < slow']`. Throws `USAGE`. */
  static parse(dimensions: readonly string[], constraints: readonly string[] = []): ParameterSpace {
    const parsed = dimensions.map(parseDimension);
    const names = parsed.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      throw new AlphaError('USAGE', `--space gives "${twice}" twice; write all of its values in one.`);
    }
    if (parsed.length === 0) {
      throw new AlphaError(
        'USAGE',
        'There is nothing to search over: say at least one parameter, --space fast=5..50:5.',
      );
    }
    return new ParameterSpace(
      parsed,
      constraints.map((text) => parseComparison('--where', text, names)),
    );
  }

  /** Points of the whole grid, whether they meet the constraints or not; infinite where a dimension has no steps. */
  get size(): number {
    return this.dimensions.reduce((product, { count }) => product * count, 1);
  }

  admits(point: Point): boolean {
    return this.constraints.every((constraint) => constraint.holds((name) => point[name] ?? null));
  }

  /** Every point that meets the constraints; the last dimension changes fastest. Throws `USAGE` where a range has no steps. */
  *grid(): Generator<Point> {
    const places = this.dimensions.map(() => 0);
    for (;;) {
      const point = this.#pointOf((dimension, index) => dimension.at(places[index] as number));
      if (this.admits(point)) yield point;
      let turning = places.length - 1;
      while (turning >= 0 && places[turning] === (this.dimensions[turning] as Dimension).count - 1) {
        places[turning] = 0;
        turning -= 1;
      }
      if (turning < 0) return;
      places[turning] = (places[turning] as number) + 1;
    }
  }

  /** A hundred points by chance, for those who need any; fewer where hardly one meets the constraints. */
  *some(): Generator<Point> {
    const random = new Random(1);
    for (let count = 0; count < 100; count++) {
      const shares = this.draw(random);
      if (shares === null) return;
      yield this.fromShares(shares);
    }
  }

  fromShares(shares: readonly number[]): Point {
    return this.#pointOf((dimension, index) => dimension.fromShare(shares[index] as number));
  }

  /** Shares of a random point that meets the constraints; null when none was found. */
  draw(random: Random): readonly number[] | null {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const shares = this.dimensions.map(() => random.next());
      if (this.admits(this.fromShares(shares))) return shares;
    }
    return null;
  }

  #pointOf(valueAt: (dimension: Dimension, index: number) => ParamValue): Point {
    return Object.fromEntries(this.dimensions.map((dimension, index) => [dimension.name, valueAt(dimension, index)]));
  }
}

/** Names a point: equal points have equal keys. */
export function keyOf(point: Point): string {
  return JSON.stringify(point);
}

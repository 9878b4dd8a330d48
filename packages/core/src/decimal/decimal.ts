import Big from 'big.js';

/**
 * Exact decimal numbers for money: order prices and sizes, fees, balances, PnL.
 * The only file that touches the decimal library (big.js: exact, small, dependency-free; bigint fixed point is faster
 * but would need a scale per symbol in every signature). Prints plain notation, so it survives JSON and `numeric`.
 */

/** 18 places: more than any coin has. Only division rounds (half up). */
const Exact = Big();
Exact.DP = 18;
Exact.RM = Big.roundHalfUp;
Exact.NE = -1e6;
Exact.PE = 1e6;

export type DecimalInput = Decimal | string | number;

/** Digits, perhaps a point, perhaps an exponent of at most three digits: `1e999999999` would print a gigabyte. */
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d{1,3})?$/;

export class Decimal {
  readonly #value: Big;

  private constructor(value: Big) {
    this.#value = value;
  }

  /**
   * Takes a number exactly as JavaScript prints it: 0.1 is 0.1. Throws a RangeError for anything that is not a finite
   * number in decimal notation: NaN, Infinity, "", " 1", "0x1f", "1_000", ".5", null.
   */
  static of(input: DecimalInput): Decimal {
    if (input instanceof Decimal) return input;
    const text = typeof input === 'number' ? String(input) : input;
    if (typeof text !== 'string' || !NUMBER.test(text)) {
      throw new RangeError(`"${String(input)}" is not a decimal number.`);
    }
    return new Decimal(new Exact(text));
  }

  static readonly zero = Decimal.of('0');

  static sum(values: Iterable<DecimalInput>): Decimal {
    let total = Decimal.zero;
    for (const value of values) total = total.plus(value);
    return total;
  }

  static min(a: DecimalInput, b: DecimalInput): Decimal {
    return Decimal.of(a).lte(b) ? Decimal.of(a) : Decimal.of(b);
  }

  static max(a: DecimalInput, b: DecimalInput): Decimal {
    return Decimal.of(a).gte(b) ? Decimal.of(a) : Decimal.of(b);
  }

  plus(other: DecimalInput): Decimal {
    return new Decimal(this.#value.plus(Decimal.of(other).#value));
  }

  minus(other: DecimalInput): Decimal {
    return new Decimal(this.#value.minus(Decimal.of(other).#value));
  }

  times(other: DecimalInput): Decimal {
    return new Decimal(this.#value.times(Decimal.of(other).#value));
  }

  /** Rounded half up to 18 places. Throws a RangeError on division by zero. */
  dividedBy(other: DecimalInput): Decimal {
    const divisor = Decimal.of(other);
    if (divisor.isZero()) throw new RangeError('Division by zero.');
    return new Decimal(this.#value.div(divisor.#value));
  }

  /** Largest multiple of `step` that is not above this value (towards minus infinity). RangeError unless step > 0. */
  floorTo(step: DecimalInput): Decimal {
    const unit = Decimal.of(step);
    if (!unit.isPositive()) throw new RangeError(`A step must be positive, and ${unit} is not.`);
    const quotient = this.#value.div(unit.#value);
    let whole = quotient.round(0, Big.roundDown);
    if (whole.times(unit.#value).gt(this.#value)) whole = whole.minus(1);
    return new Decimal(whole.times(unit.#value));
  }

  /** Smallest multiple of `step` that is not below this value. */
  ceilTo(step: DecimalInput): Decimal {
    const floor = this.floorTo(step);
    return floor.eq(this) ? floor : floor.plus(step);
  }

  isMultipleOf(step: DecimalInput): boolean {
    return this.floorTo(step).eq(this);
  }

  /** Half away from zero, to `places` decimals (0 or more). */
  round(places: number): Decimal {
    return new Decimal(this.#value.round(places, Big.roundHalfUp));
  }

  negated(): Decimal {
    return new Decimal(this.#value.times(-1));
  }

  abs(): Decimal {
    return new Decimal(this.#value.abs());
  }

  compare(other: DecimalInput): -1 | 0 | 1 {
    return this.#value.cmp(Decimal.of(other).#value);
  }

  eq(other: DecimalInput): boolean {
    return this.compare(other) === 0;
  }

  lt(other: DecimalInput): boolean {
    return this.compare(other) < 0;
  }

  lte(other: DecimalInput): boolean {
    return this.compare(other) <= 0;
  }

  gt(other: DecimalInput): boolean {
    return this.compare(other) > 0;
  }

  gte(other: DecimalInput): boolean {
    return this.compare(other) >= 0;
  }

  isZero(): boolean {
    return this.#value.eq(0);
  }

  isPositive(): boolean {
    return this.#value.gt(0);
  }

  isNegative(): boolean {
    return this.#value.lt(0);
  }

  /** For indicators and display. Loses precision beyond 15 digits: never for money. */
  toNumber(): number {
    return Number(this.toString());
  }

  /** Plain notation without trailing zeros: "0.001", never "1e-3". Zero has no sign. */
  toString(): string {
    return this.isZero() ? '0' : this.#value.toFixed();
  }

  toJSON(): string {
    return this.toString();
  }
}

import Big from 'big.js';

/**
 * Exact decimal numbers for money: order prices and sizes, fees, balances, PnL. Prints plain notation, so it survives JSON and `numeric`.
 *
 * A value of up to 15 digits or so is kept as a whole number of units and its places (1.25 is 125 units of 2 places): nearly every price and
 * size is one, and reckoning with safe integers is exact and ten times faster. Whatever does not fit there is a number of big.js.
 * The only file that touches the decimal library.
 */

/** Places a division keeps: more than any coin has. Only division rounds (half up). */
const PLACES = 18;
const Exact = Big();
Exact.DP = PLACES;
Exact.RM = Big.roundHalfUp;
Exact.NE = -1e6;
Exact.PE = 1e6;

export type DecimalInput = Decimal | string | number;

/** Digits, perhaps a point, perhaps an exponent of at most three digits: `1e999999999` would print a gigabyte. */
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d{1,3})?$/;

/** Powers of ten that a number holds exactly, as far as units have places. */
const TEN_TO = Array.from({ length: PLACES + 1 }, (_, power) => 10 ** power);
const WHOLE_TEN_TO = Array.from({ length: 2 * PLACES + 1 }, (_, power) => 10n ** BigInt(power));
/** So many digits are a safe integer, whichever they are. */
const SAFE_DIGITS = 15;
const [ZERO, NINE, POINT, MINUS] = [48, 57, 46, 45];
/** Smaller numbers print with an exponent; a little more than that, because it is compared after a rounding. */
const LEAST_PLAIN = 1e-5;

export class Decimal {
  /** Value × 10^places, a safe integer; NaN where only `#big` can hold it. */
  readonly #units: number;
  /** 0 to 18. The last digit may be a zero. */
  readonly #places: number;
  /** Made when it is needed; its text until then, once that was asked for or where units cannot hold the value. */
  #big: Big | string | undefined;
  /** The number nearest to what units cannot hold; made when it is compared. */
  #near: number | undefined;

  private constructor(units: number, places: number, big?: Big | string) {
    this.#units = units;
    this.#places = places;
    this.#big = big;
  }

  /**
   * Takes a number exactly as JavaScript prints it: 0.1 is 0.1. Throws a RangeError for anything that is not a finite
   * number in decimal notation: NaN, Infinity, "", " 1", "0x1f", "1_000", ".5", null.
   */
  static of(input: DecimalInput): Decimal {
    if (input instanceof Decimal) return input;
    if (Number.isSafeInteger(input)) return new Decimal(input as number, 0);
    const text = typeof input === 'number' ? String(input) : input;
    if (typeof text === 'string') {
      const short = Decimal.#read(text);
      if (short !== undefined) return short;
      if (NUMBER.test(text)) return Decimal.#from(new Exact(text));
    }
    throw new RangeError(`"${String(input)}" is not a decimal number.`);
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
    const term = Decimal.of(other);
    const places = Math.max(this.#places, term.#places);
    const units = this.#unitsAt(places) + term.#unitsAt(places);
    if (Number.isSafeInteger(units)) return new Decimal(units, places);
    return Decimal.#from(this.#exact().plus(term.#exact()));
  }

  minus(other: DecimalInput): Decimal {
    const term = Decimal.of(other);
    const places = Math.max(this.#places, term.#places);
    const units = this.#unitsAt(places) - term.#unitsAt(places);
    if (Number.isSafeInteger(units)) return new Decimal(units, places);
    return Decimal.#from(this.#exact().minus(term.#exact()));
  }

  times(other: DecimalInput): Decimal {
    const factor = Decimal.of(other);
    const places = this.#places + factor.#places;
    const units = this.#units * factor.#units;
    if (Number.isSafeInteger(units) && places <= PLACES) return new Decimal(units, places);
    return Decimal.#from(this.#exact().times(factor.#exact()));
  }

  /** Rounded half up to 18 places. Throws a RangeError on division by zero. */
  dividedBy(other: DecimalInput): Decimal {
    const divisor = Decimal.of(other);
    if (divisor.isZero()) throw new RangeError('Division by zero.');
    if (this.isZero()) return Decimal.zero;
    if (Number.isNaN(this.#units) || Number.isNaN(divisor.#units)) {
      return Decimal.#from(this.#exact().div(divisor.#exact()));
    }
    // What a size of one price cost is divided without a rest.
    if (this.#units % divisor.#units === 0 && this.#places >= divisor.#places) {
      return new Decimal(this.#units / divisor.#units, this.#places - divisor.#places);
    }
    const size = BigInt(Math.abs(this.#units)) * WHOLE_TEN_TO[PLACES + divisor.#places - this.#places]!;
    const by = BigInt(Math.abs(divisor.#units));
    const isNegative = this.#units < 0 !== divisor.#units < 0;
    const text = print(String((2n * size + by) / (2n * by)), PLACES, isNegative);
    return Decimal.#read(text) ?? new Decimal(Number.NaN, 0, text);
  }

  /** Largest multiple of `step` that is not above this value (towards minus infinity). RangeError unless step > 0. */
  floorTo(step: DecimalInput): Decimal {
    const unit = positive(step);
    const places = Math.max(this.#places, unit.#places);
    const units = this.#unitsAt(places);
    const rest = units % unit.#unitsAt(places);
    const floor = units - (rest < 0 ? rest + unit.#unitsAt(places) : rest);
    if (Number.isSafeInteger(floor)) return new Decimal(floor, places);
    const [value, size] = [this.#exact(), unit.#exact()];
    let whole = value.div(size).round(0, Big.roundDown);
    if (whole.times(size).gt(value)) whole = whole.minus(1);
    return Decimal.#from(whole.times(size));
  }

  /** Smallest multiple of `step` that is not below this value. */
  ceilTo(step: DecimalInput): Decimal {
    const floor = this.floorTo(step);
    return floor.eq(this) ? floor : floor.plus(step);
  }

  isMultipleOf(step: DecimalInput): boolean {
    const unit = positive(step);
    const places = Math.max(this.#places, unit.#places);
    const rest = this.#unitsAt(places) % unit.#unitsAt(places);
    return Number.isNaN(rest) ? this.floorTo(unit).eq(this) : rest === 0;
  }

  /** Half away from zero, to `places` decimals (0 or more). */
  round(places: number): Decimal {
    if (places >= this.#places && !Number.isNaN(this.#units)) return this;
    return Decimal.#from(this.#exact().round(places, Big.roundHalfUp));
  }

  negated(): Decimal {
    return this.times(-1);
  }

  abs(): Decimal {
    return this.isNegative() ? this.negated() : this;
  }

  compare(other: DecimalInput): -1 | 0 | 1 {
    const one = Decimal.of(other);
    const places = Math.max(this.#places, one.#places);
    const units = this.#unitsAt(places) - one.#unitsAt(places);
    // Two values are never in the other order than the numbers nearest to them.
    const difference = Number.isNaN(units) ? this.#nearest() - one.#nearest() : units;
    if (difference < 0) return -1;
    if (difference > 0) return 1;
    return units === 0 ? 0 : this.#exact().cmp(one.#exact());
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

  // What units cannot hold is not zero.
  isZero(): boolean {
    return this.#units === 0;
  }

  isPositive(): boolean {
    return Number.isNaN(this.#units) ? this.#exact().gt(0) : this.#units > 0;
  }

  isNegative(): boolean {
    return Number.isNaN(this.#units) ? this.#exact().lt(0) : this.#units < 0;
  }

  /** For indicators and display. Loses precision beyond 15 digits: never for money. */
  toNumber(): number {
    if (this.#units === 0) return 0;
    return this.#nearest();
  }

  /** Plain notation without trailing zeros: "0.001", never "1e-3". Zero has no sign. */
  toString(): string {
    if (typeof this.#big === 'string') return this.#big;
    if (Number.isNaN(this.#units)) return this.#exact().toFixed();
    const text = this.#text();
    // An order's size is told with every step of the order.
    this.#big ??= text;
    return text;
  }

  /** Of what units hold. */
  #text(): string {
    if (this.#places === 0) return this.#units === 0 ? '0' : String(this.#units);
    // So many digits are those of the nearest number, which V8 prints faster and remembers.
    const size = Math.abs(this.#units);
    if (size < TEN_TO[SAFE_DIGITS]! && size >= TEN_TO[this.#places]! * LEAST_PLAIN) return String(this.#nearest());
    return print(String(size), this.#places, this.#units < 0);
  }

  toJSON(): string {
    return this.toString();
  }

  /** NaN where that is no safe integer. `places` is not below its own. */
  #unitsAt(places: number): number {
    if (places === this.#places) return this.#units;
    const units = this.#units * TEN_TO[places - this.#places]!;
    return Number.isSafeInteger(units) ? units : Number.NaN;
  }

  /** As reading its text would give: both are exact, and so one division rounds once. */
  #nearest(): number {
    if (!Number.isNaN(this.#units)) return this.#units / TEN_TO[this.#places]!;
    this.#near ??= Number(this.toString());
    return this.#near;
  }

  #exact(): Big {
    if (typeof this.#big !== 'object') this.#big = new Exact(this.toString());
    return this.#big;
  }

  static #from(big: Big): Decimal {
    const places = big.c.length - 1 - big.e;
    if (big.e >= SAFE_DIGITS || big.c.length > SAFE_DIGITS || places > PLACES) return new Decimal(Number.NaN, 0, big);
    let units = 0;
    for (const digit of big.c) units = units * 10 + digit;
    return places < 0 ? new Decimal(big.s * units * TEN_TO[-places]!, 0) : new Decimal(big.s * units, places);
  }

  /** Digits, perhaps a point and a minus; undefined for everything else, and for what is longer than units are certain to hold. */
  static #read(text: string): Decimal | undefined {
    const first = text.charCodeAt(0) === MINUS ? 1 : 0;
    const { length } = text;
    if (length === first || length > first + SAFE_DIGITS) return undefined;
    let units = 0;
    let point = -1;
    for (let at = first; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code >= ZERO && code <= NINE) units = units * 10 + (code - ZERO);
      else if (code === POINT && point < 0 && at > first && at < length - 1) point = at;
      else return undefined;
    }
    return new Decimal(first === 1 ? -units : units, point < 0 ? 0 : length - 1 - point);
  }
}

function positive(step: DecimalInput): Decimal {
  const unit = Decimal.of(step);
  if (!unit.isPositive()) throw new RangeError(`A step must be positive, and ${unit} is not.`);
  return unit;
}

/** The last `places` digits, above 0, stand behind the point. */
function print(units: string, places: number, isNegative: boolean): string {
  const digits = units.padStart(places + 1, '0');
  const point = digits.length - places;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO) end--;
  const whole = digits.slice(0, point);
  const text = end === point ? whole : `${whole}.${digits.slice(point, end)}`;
  return isNegative ? `-${text}` : text;
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../src/decimal/decimal.js';

/** The reference: a decimal number as a whole count of 10^-SCALE, in BigInt. */
const SCALE = 9;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
/** Few digits with any number of places: what is kept as a safe integer. */
const short = fc
  .tuple(fc.constantFrom(7, 14), fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, value, zeros]) => (value % 10n ** BigInt(digits)) * 10n ** BigInt(zeros));
/** Where safe integers end, also once the places of another operand are added. */
const border = fc
  .tuple(fc.bigInt({ min: -3n, max: 3n }), fc.integer({ min: -12, max: 9 }), fc.constantFrom(1n, -1n))
  .map(
    ([off, zeros, sign]) =>
      sign * (zeros < 0 ? SAFE / 10n ** BigInt(-zeros) + off : (SAFE + off) * 10n ** BigInt(zeros)),
  );
const units = fc.oneof(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), short, border);
const steps = fc.oneof(
  fc.bigInt({ min: 1n, max: 10n ** 12n }),
  fc
    .tuple(fc.bigInt({ min: 1n, max: 99n }), fc.integer({ min: 0, max: 12 }))
    .map(([digits, zeros]) => digits * 10n ** BigInt(zeros)),
);

function print(value: bigint, scale = SCALE): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  const whole = digits.slice(0, -scale);
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return value < 0n && text !== '0' ? `-${text}` : text;
}

const of = (value: bigint) => Decimal.of(print(value));

/** Division of BigInts towards minus infinity. */
function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

describe('Decimal against BigInt arithmetic', () => {
  it('adds, subtracts, negates and compares exactly', () => {
    fc.assert(
      fc.property(units, units, (a, b) => {
        expect(of(a).plus(of(b)).toString()).toBe(print(a + b));
        expect(of(a).minus(of(b)).toString()).toBe(print(a - b));
        expect(of(a).negated().toString()).toBe(print(-a));
        expect(of(a).abs().toString()).toBe(print(a < 0n ? -a : a));
        expect(of(a).compare(of(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(Decimal.min(of(a), of(b)).toString()).toBe(print(low));
        expect(Decimal.max(of(a), of(b)).toString()).toBe(print(high));
        expect(Decimal.sum([of(a), of(b), of(-a)]).toString()).toBe(print(b));
      }),
    );
  });

  it('multiplies exactly, with all the places of every factor', () => {
    fc.assert(
      fc.property(units, units, units, (a, b, c) => {
        expect(of(a).times(of(b)).toString()).toBe(print(a * b, 2 * SCALE));
        expect(of(a).times(of(b)).times(of(c)).toString()).toBe(print(a * b * c, 3 * SCALE));
      }),
    );
  });

  it('divides half away from zero at 18 places', () => {
    fc.assert(
      fc.property(units, units, (a, b) => {
        fc.pre(b !== 0n);
        const scaled = (a < 0n ? -a : a) * 10n ** 18n;
        const divisor = b < 0n ? -b : b;
        const rounded = (2n * scaled + divisor) / (2n * divisor);
        const sign = a < 0n !== b < 0n ? -1n : 1n;
        expect(of(a).dividedBy(of(b)).toString()).toBe(print(sign * rounded, 18));
      }),
    );
  });

  it('floors and ceils to a step, of negative values too', () => {
    fc.assert(
      fc.property(units, steps, (a, step) => {
        const floor = floorDivide(a, step) * step;
        const ceil = -(floorDivide(-a, step) * step);
        expect(of(a).floorTo(of(step)).toString()).toBe(print(floor));
        expect(of(a).ceilTo(of(step)).toString()).toBe(print(ceil));
        expect(of(a).isMultipleOf(of(step))).toBe(a % step === 0n);
        expect(of(floor).floorTo(of(step)).toString()).toBe(print(floor));
      }),
    );
  });

  it('floors correctly where the quotient lies a hair from a whole number', () => {
    // 1e-19 below 2: a quotient rounded to 18 places says 2.
    expect(Decimal.of('1.9999999999999999999').floorTo(1).toString()).toBe('1');
    expect(Decimal.of('-2.0000000000000000001').floorTo(1).toString()).toBe('-3');
    expect(Decimal.of('2.0000000000000000001').ceilTo(1).toString()).toBe('3');
    expect(Decimal.of('0.3').floorTo('0.1').toString()).toBe('0.3');
    expect(Decimal.of('-0.05').floorTo('0.1').toString()).toBe('-0.1');
    expect(Decimal.of('-0.05').ceilTo('0.1').toString()).toBe('0');
  });

  it('is exact where a safe integer would not be', () => {
    expect(Decimal.of('99999999999999').isMultipleOf('0.0000003')).toBe(true);
    expect(Decimal.of('99999999999998').isMultipleOf('0.0000003')).toBe(false);
    expect(Decimal.of(-Number.MAX_SAFE_INTEGER).floorTo(3).toString()).toBe('-9007199254740993');
    expect(Decimal.of(Number.MAX_SAFE_INTEGER).plus(2).toString()).toBe('9007199254740993');
    expect(Decimal.of(Number.MAX_SAFE_INTEGER).times(3).toString()).toBe('27021597764222973');
    const tiny = Decimal.of('1e-10').times('1e-10');
    expect([tiny.toNumber(), tiny.times(1e20).toString()]).toEqual([1e-20, '1']);
  });

  it('rounds half away from zero', () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: SCALE }), (a, places) => {
        const step = 10n ** BigInt(SCALE - places);
        const size = a < 0n ? -a : a;
        const rounded = ((2n * size + step) / (2n * step)) * step;
        expect(of(a).round(places).toString()).toBe(print(a < 0n ? -rounded : rounded));
      }),
    );
  });

  it('reads back what it prints, as text, as JSON and as a plain number', () => {
    fc.assert(
      fc.property(units, (a) => {
        const value = of(a);
        expect(Decimal.of(value.toString()).eq(value)).toBe(true);
        expect(JSON.stringify({ value })).toBe(`{"value":"${print(a)}"}`);
        expect(value.toNumber()).toBe(Number(a) === 0 ? 0 : Number(print(a)));
        expect([value.isZero(), value.isPositive(), value.isNegative()]).toEqual([a === 0n, a > 0n, a < 0n]);
      }),
    );
  });
});

describe('Decimal.of', () => {
  it('takes a number exactly as it prints', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Decimal.of(value).toNumber()).toBe(value === 0 ? 0 : value);
      }),
    );
    expect(Decimal.of(0.1).plus(0.2).toString()).toBe('0.3');
    expect(Decimal.of(6_123_456.7).toString()).toBe('6123456.7');
  });

  it.each([
    [1e21, '1000000000000000000000'],
    [1e-7, '0.0000001'],
    ['1.50', '1.5'],
    ['1E3', '1000'],
    ['-0', '0'],
    [-0, '0'],
    ['007', '7'],
  ])('prints %s in plain notation', (input, text) => {
    expect(Decimal.of(input).toString()).toBe(text);
  });

  it.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    '',
    ' ',
    ' 1',
    '1 ',
    '1\n',
    '0x1f',
    '1,000',
    '1_000',
    '+1',
    '--1',
    '.5',
    '5.',
    '1e',
    '1e9999',
    'NaN',
    'Infinity',
    '٣',
    null,
    undefined,
    true,
    {},
    [],
    [1],
    10n,
    Symbol('one'),
  ])('refuses %o with a RangeError', (input) => {
    expect(() => Decimal.of(input as never)).toThrow(RangeError);
  });

  it('never divides by zero and never rounds to a step that is not positive', () => {
    expect(() => Decimal.of(1).dividedBy(0)).toThrow(RangeError);
    expect(() => Decimal.of(1).floorTo(0)).toThrow(RangeError);
    expect(() => Decimal.of(1).ceilTo('-0.1')).toThrow(RangeError);
    expect(() => Decimal.of(1).isMultipleOf(0)).toThrow(RangeError);
  });

  it('does not change its operands', () => {
    const a = Decimal.of('1.5');
    a.plus(1);
    a.times(2);
    a.floorTo(1);
    expect(a.toString()).toBe('1.5');
  });
});

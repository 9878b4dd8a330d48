import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../src/decimal/decimal.js';
import { type Instrument, roundPrice, roundSize, sizeProblem } from '../../src/instrument/instrument.js';

const bitcoin: Instrument = {
  exchange: 'gmo',
  symbol: 'BTC_JPY',
  kind: 'leverage',
  base: 'BTC',
  quote: 'JPY',
  tickSize: Decimal.of(1),
  sizeStep: Decimal.of('0.01'),
  minSize: Decimal.of('0.01'),
  maxSize: Decimal.of(5),
  takerFeeRate: Decimal.zero,
  makerFeeRate: Decimal.zero,
};

describe('sizeProblem', () => {
  it.each([
    ['0.01', null],
    ['5', null],
    ['0.30', null],
    ['0', 'below_minimum'],
    ['0.009', 'below_minimum'],
    ['-0.01', 'below_minimum'],
    ['5.01', 'above_maximum'],
    ['0.015', 'off_step'],
    ['0.010000001', 'off_step'],
  ])('says of %s: %s', (size, problem) => {
    expect(sizeProblem(bitcoin, Decimal.of(size))).toBe(problem);
  });

  it('is not fooled by binary fractions', () => {
    // 0.1 + 0.2 and 0.07 * 100 are not what they seem in floats.
    expect(sizeProblem(bitcoin, Decimal.of(0.1).plus(0.2))).toBe(null);
    expect(sizeProblem(bitcoin, Decimal.of(0.07).times(10))).toBe(null);
  });
});

describe('rounding', () => {
  it.each([
    ['buy', '6123456.7', '6123456'],
    ['sell', '6123456.7', '6123457'],
    ['buy', '6123456', '6123456'],
    ['sell', '6123456', '6123456'],
  ] as const)('a %s at %s goes to %s, the passive side', (side, price, rounded) => {
    expect(roundPrice(bitcoin, side, Decimal.of(price)).toString()).toBe(rounded);
  });

  it('of a size never exceeds what was wanted and always fits the step', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 5, noNaN: true }), (wanted) => {
        const size = roundSize(bitcoin, Decimal.of(wanted));
        expect(size.lte(wanted)).toBe(true);
        expect(size.plus(bitcoin.sizeStep).gt(wanted)).toBe(true);
        expect(sizeProblem(bitcoin, size)).toBe(null);
      }),
    );
  });

  it('of a price moves by less than one tick', () => {
    const fine = { ...bitcoin, tickSize: Decimal.of('0.005') };
    fc.assert(
      fc.property(
        fc.double({ min: 0.005, max: 1e7, noNaN: true }),
        fc.constantFrom('buy' as const, 'sell' as const),
        (wanted, side) => {
          const price = roundPrice(fine, side, Decimal.of(wanted));
          expect(price.isMultipleOf(fine.tickSize)).toBe(true);
          expect(price.minus(wanted).abs().lt(fine.tickSize)).toBe(true);
          expect(side === 'buy' ? price.lte(wanted) : price.gte(wanted)).toBe(true);
        },
      ),
    );
  });
});

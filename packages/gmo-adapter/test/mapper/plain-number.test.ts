import { parsePlainNumber } from '@alpha-engine/gmo-adapter';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('parsePlainNumber', () => {
  it.each([
    '0',
    '13659677',
    '0.003',
    '0.00001',
    '963.33',
    '15499938.000',
    '0.1234567890123456789',
    '9007199254740993',
    '123456789012345678901',
  ])('reads %s as Number does', (text) => {
    expect(parsePlainNumber(text)).toBe(Number(text));
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '-1',
    '+1',
    '1e3',
    '0x10',
    '1.',
    '.5',
    '1.2.3',
    'NaN',
    'Infinity',
    '1,000',
    '\u0661',
    5,
    null,
    undefined,
    ['1'],
  ])('refuses %j', (text) => {
    expect(parsePlainNumber(text)).toBeNaN();
  });

  it('agrees with Number to the last bit', () => {
    const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`));
    fc.assert(
      fc.property(digits(1, 12), digits(0, 10), (whole, fraction) => {
        const text = fraction === '' ? whole : `${whole}.${fraction}`;
        expect(parsePlainNumber(text)).toBe(Number(text));
      }),
      { numRuns: 20_000 },
    );
  });
});

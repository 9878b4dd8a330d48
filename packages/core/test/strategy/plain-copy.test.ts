import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainCopy } from '../../src/strategy/plain-copy.js';

const viaText = (value: object): unknown => JSON.parse(JSON.stringify(value));

test('A copy is what the way by JSON text gives, keys in the same order.', () => {
  const leaf = fc.oneof(
    fc.double(),
    fc.string(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0, Number.NaN, Number.POSITIVE_INFINITY, () => 1, Symbol('none')),
    fc.date({ noInvalidDate: true }),
  );
  const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'toJSON', '1', 'constructor'));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(key, fc.oneof(leaf, tie('tree'), fc.array(leaf, { maxLength: 3 })), { maxKeys: 5 }),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const copy = plainCopy(value as object);
      // `toStrictEqual` takes a key `constructor` for the type.
      expect(isDeepStrictEqual(copy, viaText(value as object))).toBe(true);
      expect(JSON.stringify(copy)).toBe(JSON.stringify(viaText(value as object)));
    }),
  );
});

test.each([
  ['one zero', { zero: -0 }],
  ['no number', { none: Number.NaN, far: Number.POSITIVE_INFINITY }],
  ['nothing', { gone: undefined, null: null }],
  ['a key that is no prototype', JSON.parse('{"__proto__": {"a": 1}}') as object],
  ['what says itself what it is', { toJSON: () => ({ said: true }) }],
  ['inner ones', { inner: { b: 1, a: 'x', deeper: { zero: -0 } } }],
])('A copy knows %s as JSON does.', (_what, value) => {
  expect(isDeepStrictEqual(plainCopy(value), viaText(value))).toBe(true);
});

test('What is not plain says itself what it is.', () => {
  class Money {
    toJSON(): string {
      return '1.5';
    }
  }
  const value = {
    fee: new Money(),
    at: new Date(0),
    list: [1, undefined],
    inherited: Object.create({ a: 1 }) as object,
  };
  expect(plainCopy(value)).toStrictEqual({
    fee: '1.5',
    at: '1970-01-01T00:00:00.000Z',
    list: [1, null],
    inherited: {},
  });
});

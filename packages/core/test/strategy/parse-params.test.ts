import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AlphaError, defineStrategy, parseParams, type Strategy } from '../../src/index.js';

function strategy<Schema extends z.ZodType>(params: Schema): Strategy<z.output<Schema>> {
  return defineStrategy({ name: 'tested', params, create: () => ({}) });
}

const wide = strategy(
  z.object({
    fast: z.number().int().positive().default(10),
    ratio: z.number().optional(),
    eager: z.boolean().default(false),
    word: z.string().default('none'),
    mode: z.enum(['a', 'b']).default('a'),
    limit: z.number().nullable().default(null),
  }),
);

function problemsOf(raw: unknown): unknown {
  try {
    parseParams(wide, raw);
  } catch (error) {
    if (AlphaError.is(error, 'STRATEGY_PARAM_INVALID')) return error.context.problems;
    throw error;
  }
  throw new Error('It was accepted.');
}

test('fills in defaults', () => {
  const defaults = { fast: 10, eager: false, word: 'none', mode: 'a', limit: null };
  expect(parseParams(wide)).toEqual(defaults);
  expect(parseParams(wide, { fast: 3 })).toEqual({ ...defaults, fast: 3 });
});

describe('text from a command line', () => {
  test.each([
    ['fast', '5', 5],
    ['fast', ' 5 ', 5],
    ['ratio', '-0.25', -0.25],
    ['ratio', '1e-3', 0.001],
    ['eager', 'true', true],
    ['eager', 'false', false],
    ['limit', '7', 7],
    ['word', '5', '5'],
    ['word', 'true', 'true'],
    ['mode', 'b', 'b'],
  ])('%s=%s', (key, text, value) => {
    expect(parseParams(wide, { [key]: text })).toHaveProperty(key, value);
  });

  test.each([
    ['fast', '5.5'],
    ['fast', '-1'],
    ['fast', ''],
    ['fast', 'five'],
    ['fast', '0x10'],
    ['fast', 'Infinity'],
    ['eager', 'yes'],
    ['eager', '1'],
    ['mode', 'c'],
  ])('%s=%s is refused, as the schema says', (key, text) => {
    expect(problemsOf({ [key]: text })).toEqual([expect.stringMatching(new RegExp(`^${key}: `))]);
  });
});

test('lists every problem at once, with its path, and what there is instead of what is unknown', () => {
  expect(problemsOf({ fast: 0, slow: 3, eager: 1 })).toEqual([
    'slow: unknown; there is fast, ratio, eager, word, mode, limit',
    expect.stringMatching(/^fast: /),
    expect.stringMatching(/^eager: /),
  ]);
});

test('the message is a sentence that names the strategy and where to look', () => {
  expect(() => parseParams(wide, { slow: 3 })).toThrow(
    'Parameters of strategy "tested" are wrong. slow: unknown; there is fast, ratio, eager, word, mode, limit. See `alpha strategy show tested`.',
  );
});

test.each([[null], [5], ['fast=5'], [[1, 2]]])('%j is no set of parameters', (raw) => {
  expect(() => parseParams(wide, raw)).toThrow(AlphaError);
});

test('names the path inside a parameter', () => {
  const nested = strategy(z.object({ bands: z.object({ width: z.number() }) }));
  expect(() => parseParams(nested, { bands: { width: 'x' } })).toThrow(/bands\.width: /);
});

test('an object that takes anything keeps what it is given; a strict one names what is unknown once', () => {
  expect(parseParams(strategy(z.looseObject({ a: z.number() })), { a: '1', b: 2 })).toEqual({ a: 1, b: 2 });
  expect(() => parseParams(strategy(z.strictObject({ a: z.number().default(1) })), { b: 2 })).toThrow(
    'wrong. b: unknown; there is a. See',
  );
});

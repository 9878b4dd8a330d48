import { parseParams } from '@alpha-engine/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { builtinStrategies } from '../src/index.js';

test('names are what --strategy takes, labels what signals are signed with', () => {
  expect(builtinStrategies.map(({ name, label }) => `${name} ${label}`)).toEqual([
    'ma-cross ma-cross',
    'rsi rsi',
    'bollinger bollinger',
    'breakout breakout_v1',
  ]);
});

test('every parameter has a default and a description', () => {
  for (const strategy of builtinStrategies) {
    expect(strategy.description).toMatch(/\.$/);
    const { properties = {} } = z.toJSONSchema(strategy.params, { io: 'input' });
    for (const [name, property] of Object.entries(properties)) {
      expect(property, `${strategy.name} ${name}`).toMatchObject({
        default: expect.anything(),
        description: expect.any(String),
      });
    }
    expect(Object.keys(parseParams(strategy) as object)).toEqual(Object.keys(properties));
  }
});

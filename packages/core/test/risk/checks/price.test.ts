import { Decimal } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { price } from '../../../src/risk/checks/price.js';
import { denies, entryOf, intentOf, viewOf } from '../bench.js';

const at = (text: string) => entryOf({ type: 'limit', price: Decimal.of(text) });

it('denies what is off the tick or not above zero', () => {
  expect(denies(price, intentOf(), viewOf())).toBeUndefined();
  expect(denies(price, at('6000000'), viewOf())).toBeUndefined();
  expect(denies(price, at('6000000.5'), viewOf())).toContain('multiples of 1');
  expect(denies(price, at('0'), viewOf())).toContain('above 0');
  expect(denies(price, entryOf({ type: 'stop', triggerPrice: Decimal.of('0.5') }), viewOf())).toContain('0.5');
});

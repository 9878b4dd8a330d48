import { it } from 'vitest';
import { expectEveryPrice } from '../support/expect-every-price.js';

it('comes to the same whether it passes over the prices at which nothing happens or not, a hundred times', () => {
  expectEveryPrice(100);
});

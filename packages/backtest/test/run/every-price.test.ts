import { expect, it } from 'vitest';
import { expectEveryPrice } from '../support/expect-every-price.js';
import { barsOf, instrumentOf, play, scripted, told } from '../support/play.js';

it('comes to the same whether it passes over the prices at which nothing happens or not', () => {
  expectEveryPrice(6);
});

it('closes at a stop that cannot rest at the exchange', () => {
  // A stop of 1 % under 0.29 lies above the market once it is rounded to the tick, and is refused.
  const bars = barsOf([
    [0.29, 0.29, 0.29, 0.29],
    [0.29, 0.29, 0.25, 0.28],
    [0.28, 0.33, 0.28, 0.33],
  ]);
  const { result } = play(scripted({ 0: 'long' }, { stop_loss: { percent: 1 } }), bars, {
    instruments: [instrumentOf('spot')],
  });
  expect(result.alarms.join(' ')).toContain('stop loss');
  expect(told(result)).toEqual(['long 0.29 → 0.25']);
});

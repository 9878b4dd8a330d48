import { Decimal, type ProtectiveLevels } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { protection } from '../../../src/risk/checks/protection.js';
import { denies, intentOf, viewOf } from '../bench.js';

const d = Decimal.of;
const view = viewOf({ prices: { bid: d(99), ask: d(101), mid: d(100) } });

function problem(side: 'buy' | 'sell', levels: { stop?: number; target?: number }): string | undefined {
  const { stop, target } = levels;
  const entry = d(side === 'buy' ? 101 : 99);
  const asked: ProtectiveLevels = {
    ...{ side, entry },
    stop: stop === undefined ? null : d(stop),
    target: target === undefined ? null : d(target),
  };
  return denies(protection, intentOf({ protection: asked }), view);
}

it('lets a stop and a target pass that stand on their own sides, and entries without any', () => {
  expect(problem('buy', { stop: 98, target: 102 })).toBeUndefined();
  expect(problem('sell', { stop: 102, target: 98 })).toBeUndefined();
  expect(denies(protection, intentOf(), view)).toBeUndefined();
});

it('denies a stop that the position would have reached when it is opened', () => {
  expect(problem('buy', { stop: 150 })).toContain('long position at 150 is not below 99');
  expect(problem('buy', { stop: 99 })).toContain('not below 99');
  // Between the quotes: what is bought at 101 can be sold at 99 only.
  expect(problem('buy', { stop: 100 })).toContain('closed at once');
  expect(problem('sell', { stop: 50 })).toContain('short position at 50 is not above 101');
  expect(problem('sell', { stop: 101 })).toContain('not above 101');
  expect(problem('buy', { stop: -1 })).toContain('not above zero');
});

it('denies a target that would close at a loss', () => {
  expect(problem('buy', { target: 101 })).toContain('long position at 101 is not above the price 101');
  expect(problem('sell', { target: 120 })).toContain('short position at 120 is not below the price 99');
  expect(problem('sell', { target: 0 })).toContain('not above zero');
});

import { expect, it } from 'vitest';
import { shortOnSpot } from '../../../src/risk/checks/short-on-spot.js';
import { BTC } from '../../execution/bench.js';
import { denies, intentOf, viewOf } from '../bench.js';

const spot = viewOf({ instrument: BTC });

it('denies a short on spot and nothing else', () => {
  expect(denies(shortOnSpot, intentOf({ action: 'enter_short', orders: [] }), spot)).toContain('cannot be sold short');
  expect(denies(shortOnSpot, intentOf({ action: 'enter_long' }), spot)).toBeUndefined();
  expect(denies(shortOnSpot, intentOf({ action: 'enter_short' }), viewOf())).toBeUndefined();
});

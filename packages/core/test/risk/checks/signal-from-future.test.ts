import { expect, it } from 'vitest';
import { signalFromFuture } from '../../../src/risk/checks/signal-from-future.js';
import { T0 } from '../../execution/bench.js';
import { denies, intentOf, viewOf } from '../bench.js';

it('allows for a market clock that is a little behind', () => {
  expect(denies(signalFromFuture, intentOf({ signalTs: T0 + 10_000 }), viewOf())).toBeUndefined();
  expect(denies(signalFromFuture, intentOf({ signalTs: T0 + 10_001 }), viewOf())).toContain('10001 ms ahead');
});

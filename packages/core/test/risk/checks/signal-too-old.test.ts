import { expect, it } from 'vitest';
import { signalTooOld } from '../../../src/risk/checks/signal-too-old.js';
import { T0 } from '../../execution/bench.js';
import { denies, intentOf, viewOf } from '../bench.js';

it('denies an entry one millisecond beyond its age', () => {
  expect(denies(signalTooOld, intentOf(), viewOf({ now: T0 + 5_000 }))).toBeUndefined();
  expect(denies(signalTooOld, intentOf(), viewOf({ now: T0 + 5_001 }))).toBe(
    'The signal is 5001 ms old; entries may be 5000 ms old.',
  );
});

it('is not asked about exits', () => {
  expect(signalTooOld.applies).toBe('openings');
});

import { expect, it } from 'vitest';
import { duplicateSignal } from '../../../src/risk/checks/duplicate-signal.js';
import { denies, exitIntent, intentOf, viewOf } from '../bench.js';

it('denies a signal that was decided before', () => {
  expect(denies(duplicateSignal, intentOf(), viewOf())).toBeUndefined();
  expect(denies(duplicateSignal, exitIntent, viewOf({ duplicate: true }))).toBe('Signal s1 was decided before.');
});

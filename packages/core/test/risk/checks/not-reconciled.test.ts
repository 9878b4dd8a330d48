import { expect, it } from 'vitest';
import { notReconciled } from '../../../src/risk/checks/not-reconciled.js';
import { denies, intentOf, viewOf } from '../bench.js';

it('denies while the books do not agree', () => {
  expect(denies(notReconciled, intentOf(), viewOf())).toBeUndefined();
  expect(denies(notReconciled, intentOf(), viewOf({ reconciled: false }))).toContain('do not agree');
});

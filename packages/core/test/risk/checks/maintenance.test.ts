import { expect, it } from 'vitest';
import { maintenance } from '../../../src/risk/checks/maintenance.js';
import { denies, intentOf, viewOf } from '../bench.js';

it('denies while the exchange is closed', () => {
  expect(denies(maintenance, intentOf(), viewOf())).toBeUndefined();
  expect(denies(maintenance, intentOf(), viewOf({ closed: 'preopen' }))).toContain('preopen');
});

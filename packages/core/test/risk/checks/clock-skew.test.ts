import { expect, it } from 'vitest';
import { clockSkew } from '../../../src/risk/checks/clock-skew.js';
import { denies, intentOf, viewOf } from '../bench.js';

it('denies beyond the limit on either side, and nothing where nobody compares', () => {
  for (const clockSkewMs of [-1_000, 1_000, null]) {
    expect(denies(clockSkew, intentOf(), viewOf({ clockSkewMs }))).toBeUndefined();
  }
  for (const clockSkewMs of [-1_001, 1_001]) {
    expect(denies(clockSkew, intentOf(), viewOf({ clockSkewMs }))).toContain(`${clockSkewMs} ms`);
  }
});

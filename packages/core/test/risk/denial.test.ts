import { readFileSync } from 'node:fs';
import { CHECKS, DENIAL_REASONS } from '@alpha-engine/core';
import { expect, it } from 'vitest';

it('is documented, code by code', () => {
  const page = readFileSync(new URL('../../../../docs/risk.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
  expect(rows).toEqual(Object.entries(DENIAL_REASONS));
});

it('lists the checks in the order in which the gate looks', () => {
  const codes = CHECKS.map(({ code }) => code);
  expect(Object.keys(DENIAL_REASONS).slice(0, codes.length)).toEqual(codes);
});

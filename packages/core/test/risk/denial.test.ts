import { readFileSync } from 'node:fs';
import { CHECKS, DENIAL_REASONS, HALT_CAUSES } from '@alpha-engine/core';
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

it('has its causes of halts documented, with what they do', () => {
  const page = readFileSync(new URL('../../../../docs/risk.md', import.meta.url), 'utf8');
  const ends = { itself: 'by itself', next_day: 'the next business day, or `resume`', resume: '`resume`' };
  const rows = [...page.matchAll(/^\| (\w+) \| (\w+) \| (.+) \| (yes|no) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
  expect(rows).toEqual(
    Object.entries(HALT_CAUSES).map(([cause, rule]) => [
      cause,
      rule.state,
      ends[rule.ends],
      rule.cancelsOpenings ? 'yes' : 'no',
      rule.meaning,
    ]),
  );
});

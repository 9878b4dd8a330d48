import { expect, test } from 'vitest';
import { recordedFill } from '../../src/replay/recorded-fill.js';

const config = { paperFill: 'trades', paperQueue: 'proportional', paperSlippagePct: 0.5, paperLatency: 'none' };

test('fills as the session filled on paper', () => {
  const { fill, notes } = recordedFill({ live: false, config });
  expect(fill).toMatchObject({ model: 'trades', queue: 'proportional', slippage: 0.005, slippageOn: 'all' });
  expect(notes).toEqual([]);
});

test('says where it cannot', () => {
  const cases = [
    [{}, 'is not recorded'],
    [{ live: true, config }, 'The exchange filled the orders of the session'],
    [{ config: { ...config, paperLatency: 'assumed' } }, '(paperLatency: assumed): here they take none'],
  ] as const;
  for (const [facts, said] of cases) expect(recordedFill(facts).notes.join(' ')).toContain(said);
  expect(recordedFill({ live: true, config }).fill).toMatchObject({ model: 'book-walk', slippage: 0 });
});

import { queueOf } from '@alpha-engine/core/simulation';
import { expect, test } from 'vitest';
import { recordedFill } from '../../src/replay/recorded-fill.js';

const config = { paperFill: 'top-of-book', paperQueue: 'proportional', paperSlippagePct: 0.5, paperLatency: 'none' };

test('fills as the session filled on paper', () => {
  const { fill, notes } = recordedFill({ live: false, config });
  expect(fill).toMatchObject({ model: 'top-of-book', queue: 'proportional', slippage: 0.005, slippageOn: 'all' });
  expect(notes).toEqual([]);
});

test('has no queue of trades alone, whatever was set, as on paper', () => {
  for (const paperQueue of ['conservative', 'proportional', 'through']) {
    const { fill } = recordedFill({ live: false, config: { ...config, paperFill: 'trades', paperQueue } });
    expect(fill).toMatchObject({ model: 'trades', queue: 'through' });
    expect(queueOf('trades', fill.queue)).toBe('through');
  }
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

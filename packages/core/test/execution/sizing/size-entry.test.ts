import type { SignalEvent } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { type Sizing, type SizingView, sizeEntry } from '../../../src/execution/sizing/size-entry.js';
import { Bench, BTC_JPY, configOf, d } from '../bench.js';

const VIEW: SizingView = { equity: () => d('1000000'), price: d('6000000'), confidence: 1, protect: {} };
const size = (sizing: Sizing, view: Partial<SizingView> = {}, side: 'buy' | 'sell' = 'buy') => {
  const sized = sizeEntry(sizing, BTC_JPY, side, { ...VIEW, ...view });
  return 'size' in sized ? sized.size.toString() : sized.problem;
};

describe('the size of an entry', () => {
  it('is fixed', () => {
    expect(size({ kind: 'fixed', size: d('0.01') })).toBe('0.01');
    expect(size({ kind: 'fixed', size: d('0.01') }, { price: null })).toBe('0.01');
  });

  it('is a fraction of the equity, rounded down to the step', () => {
    // 300 000 / 6 000 000 = 0.05; 299 999 buys a step less.
    expect(size({ kind: 'equity', fraction: d('0.3') })).toBe('0.05');
    expect(size({ kind: 'equity', fraction: d('0.3') }, { equity: () => d('999996') })).toBe('0.049');
  });

  it('loses a fraction of the equity at the stop', () => {
    const risk = { kind: 'risk', fraction: d('0.01') } as const;
    // 10 000 at stake, 60 000 to the stop.
    expect(size(risk, { protect: { stop_loss: { percent: 1 } } })).toBe('0.166');
    expect(size(risk, { protect: { stop_loss: { price: 5_900_000 } } })).toBe('0.1');
    expect(size(risk, { protect: { stop_loss: { price: 6_100_000 } } }, 'sell')).toBe('0.1');
    // The nearer of the two is where it is given up.
    expect(size(risk, { protect: { stop_loss: { distance: 100_000 }, trail: { distance: 50_000 } } })).toBe('0.2');
    expect(size(risk)).toMatch(/needs a stop-loss/);
    expect(size(risk, { protect: { stop_loss: { price: 6_000_000 } } })).toMatch(/losing side/);
  });

  it('is scaled by confidence', () => {
    expect(size({ kind: 'fixed', size: d('0.01'), byConfidence: true }, { confidence: 0.55 })).toBe('0.005');
  });

  it('is not guessed', () => {
    expect(size({ kind: 'equity', fraction: d('0.3') }, { price: null })).toMatch(/quote/);
    expect(size({ kind: 'equity', fraction: d('0.3') }, { equity: () => d('-1') })).toMatch(/equity is -1/);
  });
});

describe('a signal', () => {
  const decide = (sizing: Sizing, changes: Partial<SignalEvent> = {}) => {
    const bench = new Bench(configOf({ sizing, instruments: [BTC_JPY] })).ready();
    return bench.signal('enter_long', changes);
  };

  it('is sized by what it asks to be protected by', () => {
    const sizing = { kind: 'risk', fraction: d('0.001') } as const;
    const step = decide(sizing, { protect: { stop_loss: { distance: 100_000 } } });
    expect(step.orders.map(({ terms }) => terms.size.toString())).toEqual(['0.01']);
  });

  it('is denied with a code when it has no size, or one below the minimum', () => {
    expect(decide({ kind: 'risk', fraction: d('0.001') }).verdicts).toMatchObject([
      { approved: false, code: 'sizing' },
    ]);
    const small = decide({ kind: 'equity', fraction: d('0.001') });
    expect(small.verdicts).toMatchObject([{ approved: false, code: 'size' }]);
    expect([...small.orders, ...small.actions]).toEqual([]);
  });
});

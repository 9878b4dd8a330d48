import type { ExecutorConfig } from '@alpha-engine/core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { SlowRig, type Turn } from './slow-rig.js';

const symbol = fc.constantFrom('BTC_JPY' as const, 'BTC' as const);
const which = fc.nat({ max: 7 });

const turn: fc.Arbitrary<Turn> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('signal' as const),
      symbol,
      action: fc.constantFrom('enter_long' as const, 'enter_short' as const, 'exit' as const),
      strategy: fc.constantFrom('a' as const, 'b' as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('market' as const),
      symbol,
      ticks: fc.integer({ min: -5, max: 5 }),
      traded: fc.nat({ max: 9 }),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      which,
      how: fc.constantFrom('answered' as const, 'answered' as const, 'unanswered' as const, 'never arrived' as const),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('hear' as const),
      which,
      how: fc.constantFrom('once' as const, 'once' as const, 'twice' as const, 'never' as const),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), arrives: fc.boolean() }) },
);

const limit = { kind: 'limit', timeoutMs: 1_500, reprices: 2, lastly: 'market' } as const;
const policy = fc.constantFrom({ kind: 'market' } as const, limit, { ...limit, lastly: 'give_up' } as const);
const setting: fc.Arbitrary<Partial<ExecutorConfig>> = fc.record({
  orderPolicy: fc.record({ entry: policy, exit: policy }),
  protect: fc.constantFrom({}, { stop_loss: { distance: 30 } }, { trail: { distance: 30 } }),
});

/** Random orders, partial fills, cancels, amends, duplicates, losses and kills: the model holds in every step, and the exchange's books at the end. */
export async function playInterleavings(seed: number, numRuns: number): Promise<void> {
  const play = async (turns: readonly Turn[], changes: Partial<ExecutorConfig>) => {
    const rig = new SlowRig(changes);
    try {
      await rig.begin();
      for (const one of turns) await rig.take(one);
      await rig.end(40);
      // A halt over errors of the exchange lasts a minute.
      await rig.take({ kind: 'pass', ms: 60_000 });
      rig.resync();
      await rig.end(5);
      expect(await rig.differences()).toEqual([]);
      const { halts, reconciled } = rig.executor.books();
      expect(reconciled).toEqual(['BTC_JPY', 'BTC']);
      // A stop that the market has gone through is refused: its alarm halts openings.
      const others = Object.values(halts)
        .flat()
        .filter(({ reason }) => !/ is not in place: .*would_trigger/.test(reason));
      expect(others).toEqual([]);
    } finally {
      await rig.close();
    }
  };
  await fc.assert(fc.asyncProperty(fc.array(turn, { minLength: 10, maxLength: 80 }), setting, play), { seed, numRuns });
}

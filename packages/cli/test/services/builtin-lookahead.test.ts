import { findLookahead } from '@alpha-engine/backtest/lookahead';
import type { Bar } from '@alpha-engine/core';
import { builtinStrategies } from '@alpha-engine/strategies';
import { expect, test } from 'vitest';

/** Waves of several lengths, so that every strategy has something to decide. */
const BARS: readonly Bar[] = Array.from({ length: 1_500 }, (_, n) => {
  const at = (minute: number) =>
    1_000 + 120 * Math.sin(minute / 31) + 60 * Math.sin(minute / 7.3) + 25 * Math.sin(minute ** 1.3);
  const [open, close] = [at(n), at(n + 1)];
  const openTs = n * 60_000;
  return {
    ...{ exchange: 'gmo', symbol: 'ABC', timeframe: '1m' as const, openTs, closeTs: openTs + 60_000, open, close },
    ...{ high: Math.max(open, close) + 1, low: Math.min(open, close) - 1, volume: 1, trades: 1 },
  };
});

test.each(builtinStrategies.map((strategy) => [strategy.name, strategy] as const))(
  'the built-in %s looks nowhere ahead, uses nothing of the world, and declares the warm-up it needs',
  (_, strategy) => {
    const spec = { strategy, params: {}, exchange: 'gmo', symbol: 'ABC', timeframe: '1m' as const, codeHash: 'test' };
    const result = findLookahead({ spec, bars: BARS.slice(), cuts: 4, points: 8, seed: 3 });
    expect(result.decisions).toBeGreaterThan(10);
    expect(result).toMatchObject({ clean: true, findings: [], touches: [], failure: null });
    expect(result.warmup.needed).toBeLessThanOrEqual(result.warmup.declared);
  },
);

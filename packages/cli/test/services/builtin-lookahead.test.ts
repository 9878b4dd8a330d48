import { findLookahead } from '@alpha-engine/backtest/lookahead';
import type { Bar } from '@alpha-engine/core';
import { builtinStrategies } from '@alpha-engine/strategies';
import { expect, test } from 'vitest';

/** A walk with waves in it, the same every time. */
function walk(count: number): Bar[] {
  let price = 1_000;
  let chance = 12_345;
  return Array.from({ length: count }, (_, n) => {
    chance = (chance * 1_103_515_245 + 12_345) % 2_147_483_648;
    const open = price;
    const close = open * (1 + 0.02 * (chance / 2_147_483_648 - 0.5) + 0.004 * Math.sin(n / 15));
    price = close;
    const openTs = n * 60_000;
    const series = { exchange: 'gmo', symbol: 'ABC', timeframe: '1m' } as const;
    const prices = { open, high: Math.max(open, close) * 1.002, low: Math.min(open, close) * 0.998, close };
    return { ...series, openTs, closeTs: openTs + 60_000, ...prices, volume: 1, trades: 1 };
  });
}

test.each(builtinStrategies.map((strategy) => [strategy.name, strategy] as const))(
  'the built-in %s looks nowhere ahead, uses nothing of the world, and declares the warm-up it needs',
  (_, strategy) => {
    const spec = { strategy, params: {}, exchange: 'gmo', symbol: 'ABC', timeframe: '1m' as const, codeHash: 'test' };
    const result = findLookahead({ specs: [spec], data: walk(1_000), cuts: 3, points: 6, seed: 3 });
    expect(result.decisions).toBeGreaterThan(10);
    expect(result).toMatchObject({ clean: true, findings: [], touches: [], failure: null });
    const [warmup] = result.warmup;
    expect(warmup?.needed).toBeLessThanOrEqual(warmup?.declared ?? 0);
  },
);

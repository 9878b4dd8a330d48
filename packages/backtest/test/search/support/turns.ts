import { type Bar, Decimal, defineStrategy, type MarketEvent, type Strategy } from '@alpha-engine/core';
import { z } from 'zod';
import { SharedBars, type TrialOptions } from '../../../src/search/index.js';
import { barsOf, instrumentOf, type Prices } from '../../support/play.js';

/** Long for `hold` bars in every `every`; what else it does, `accident` says. */
const turns = defineStrategy({
  name: 'turns',
  params: z
    .object({
      every: z.number().int().min(2),
      hold: z.number().int().min(1).default(1),
      accident: z.enum(['none', 'throw', 'exit', 'memory', 'loop', 'reject', 'late']).default('none'),
    })
    .refine(({ every, hold }) => hold < every, 'hold should be less than every'),
  create: ({ accident, every, hold }) => {
    let bars = 0;
    return {
      warmup: every,
      onBar(_bar, ctx) {
        bars += 1;
        if (accident !== 'none' && bars === 20) cause(accident);
        if (bars % every === 0) ctx.enterLong();
        else if (bars % every === hold) ctx.exit();
      },
    };
  },
}) as unknown as Strategy;

function cause(accident: 'throw' | 'exit' | 'memory' | 'loop' | 'reject' | 'late'): void {
  if (accident === 'throw') throw new Error('The twentieth bar is too much.');
  if (accident === 'exit') process.exit(7);
  if (accident === 'loop') for (;;);
  if (accident === 'reject') return void Promise.reject(new Error('Nobody waits for this.'));
  if (accident === 'late') return void setTimeout(() => cause('throw'), 1);
  const kept: number[][] = [];
  for (;;) kept.push(new Array<number>(1_000_000).fill(1));
}

/** Waves, and a slow rise. */
function waves(count: number): readonly Bar[] {
  const price = (index: number) => 100 + index / 10 + 10 * Math.sin(index / 7);
  const rows: Prices[] = Array.from({ length: count }, (_, index) => {
    const [open, close] = [price(index), price(index + 1)];
    return [open, Math.max(open, close) + 1, Math.min(open, close) - 1, close];
  });
  return barsOf(rows);
}

export function sharedWaves(count: number): Promise<SharedBars> {
  return SharedBars.read({ bars: () => [waves(count)], provenance: () => [] });
}

/** Five trades a day along the same waves. */
export function waveTrades(days: number): readonly MarketEvent[] {
  return waves(days).flatMap(({ close, high, low, open, openTs }) =>
    [open, high, low, (open + close) / 2, close].map((price, index) => ({
      ...{ type: 'trade' as const, exchange: 'gmo', symbol: 'ABC', ts: openTs + index * 3_600_000 },
      data: { price, size: 1, side: index % 2 === 0 ? ('buy' as const) : ('sell' as const) },
    })),
  );
}

/** Of trades. */
export function tradedTurns(): TrialOptions {
  return { ...turnsOptions(), fill: { model: 'trades', slippage: 0, slippageOn: 'all' } };
}

export function turnsOptions(): TrialOptions {
  return {
    instances: [{ strategy: turns, params: {}, exchange: 'gmo', symbol: 'ABC', timeframe: '1d', codeHash: 'test' }],
    instruments: [instrumentOf()],
    cash: '10000',
    sizing: { kind: 'fixed', size: Decimal.of(1) },
    fill: { model: 'bar-path', slippage: 0, slippageOn: 'all' },
    leverageRules: 'none',
  };
}

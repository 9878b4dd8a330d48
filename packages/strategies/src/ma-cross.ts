import { defineStrategy } from '@alpha-engine/core';
import { SMA } from 'trading-signals';
import { z } from 'zod';

/**
 * Long while the short simple moving average of the closes is above the long one, flat while it is below. Both averages include
 * the bar just closed.
 */
export const maCross = defineStrategy({
  name: 'ma-cross',
  description:
    'Long while the short moving average of the closes is above the long one, flat while it is below. Never short.',
  params: z.object({
    fast: z.number().int().positive().default(10).describe('Bars in the short moving average'),
    slow: z.number().int().positive().default(30).describe('Bars in the long moving average'),
  }),
  create: ({ fast, slow }) => {
    const short = new SMA(fast);
    const long = new SMA(slow);
    return {
      warmup: Math.max(fast, slow),
      indicators: () => ({ fast: short.getResult(), slow: long.getResult() }),
      onBar(bar, ctx) {
        const a = short.add(bar.close);
        const b = long.add(bar.close);
        if (a === null || b === null) return;
        if (a > b && !ctx.position.isLong) return ctx.enterLong({ reason: 'golden_cross' });
        if (a < b && ctx.position.isLong) return ctx.exit({ reason: 'dead_cross' });
      },
    };
  },
});

import { defineStrategy } from '@alpha-engine/core';
import { SMA } from 'trading-signals';
import { z } from 'zod';

/**
 * Always in the market after the first crossing: long when the short average crosses above the long one, short when it crosses below.
 * A crossing is strict on both sides: below at the close before, above at this one.
 */
export default defineStrategy({
  name: 'sma-crossover',
  description: 'Long when the short moving average crosses above the long one, short when it crosses below.',
  params: z.object({
    fast: z.number().int().positive().default(10).describe('Bars in the short moving average'),
    slow: z.number().int().positive().default(20).describe('Bars in the long moving average'),
  }),
  create: ({ fast, slow }) => {
    const short = new SMA(fast);
    const long = new SMA(slow);
    let before = 0;
    return {
      onBar(bar, ctx) {
        const a = short.add(bar.close);
        const b = long.add(bar.close);
        if (a === null || b === null) return;
        const now = Math.sign(a - b);
        if (before < 0 && now > 0) ctx.enterLong({ reason: 'crossed_above' });
        if (before > 0 && now < 0) ctx.enterShort({ reason: 'crossed_below' });
        before = now;
      },
    };
  },
});

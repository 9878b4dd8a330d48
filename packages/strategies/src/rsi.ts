import { defineStrategy } from '@alpha-engine/core';
import { RSI } from 'trading-signals';
import { z } from 'zod';

/**
 * Buys the end of a fall and sells the end of a rise, by the relative strength index (Wilder's smoothing) of the closes: enters
 * when the index comes back up to `oversold` from below, exits when it comes back down to `overbought` from above. Crossing,
 * not being there, decides: an index that stays low while the price falls on is no reason to buy.
 */
export const rsi = defineStrategy({
  name: 'rsi',
  description:
    'Enters long when the RSI rises back through `oversold`, exits when it falls back through `overbought`. Never short.',
  params: z
    .object({
      period: z.number().int().min(2).default(14).describe('Bars in the index'),
      oversold: z.number().min(0).max(100).default(30).describe('Rising back through this enters'),
      overbought: z.number().min(0).max(100).default(70).describe('Falling back through this exits'),
    })
    .refine(({ oversold, overbought }) => oversold < overbought, {
      path: ['oversold'],
      error: 'Must be below overbought',
    }),
  create: ({ period, oversold, overbought }) => {
    const index = new RSI(period);
    let before: number | null = null;
    let previous: number | null = null;
    return {
      indicators: () => ({ rsi: before, previous }),
      // Wilder's smoothing never forgets where it began: after ten periods 1/20 000 of it is left, and a crossing takes two values.
      warmup: 10 * period + 2,
      onBar(bar, ctx) {
        previous = before;
        const now = index.add(bar.close);
        before = now;
        if (previous === null || now === null) return;
        const meta = { rsi: now };
        if (previous < oversold && now >= oversold && !ctx.position.isLong) {
          return ctx.enterLong({ reason: 'rsi_left_oversold', meta });
        }
        if (previous > overbought && now <= overbought && ctx.position.isLong) {
          return ctx.exit({ reason: 'rsi_left_overbought', meta });
        }
      },
    };
  },
});

import { defineStrategy } from '@alpha-engine/core';
import { DonchianChannels } from 'trading-signals';
import { z } from 'zod';

/**
 * Follows a break of the Donchian channel: enters when a bar closes above the highest high of the `lookback` bars before it, exits
 * when one closes below their lowest low. The bar that breaks is not part of the channel it breaks.
 */
export const breakout = defineStrategy({
  name: 'breakout',
  label: 'breakout_v1',
  description:
    'Enters long on a close above the highest high of the last bars, exits on a close below their lowest low. Never short.',
  params: z.object({
    lookback: z.number().int().positive().default(20).describe('Bars in the channel'),
  }),
  create: ({ lookback }) => {
    const channel = new DonchianChannels(lookback);
    let before: ReturnType<typeof channel.getResult> = null;
    return {
      indicators: () => ({ ...before }),
      warmup: lookback + 1,
      onBar(bar, ctx) {
        before = channel.getResult();
        channel.add(bar);
        if (before === null) return;
        const options = { reason: 'donchian_break', meta: { lookback } };
        if (bar.close > before.upper && !ctx.position.isLong) return ctx.enterLong(options);
        if (bar.close < before.lower && ctx.position.isLong) return ctx.exit(options);
      },
    };
  },
});

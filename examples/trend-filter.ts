import { defineStrategy } from '@alpha-engine/core';
import { DonchianChannels, SMA } from 'trading-signals';
import { z } from 'zod';

/**
 * Two timeframes: breakouts of the bars it is started with, taken only while the trend of longer bars goes up. Start it with bars that make
 * up those of the trend, for example `--timeframe 5m`.
 */
export default defineStrategy({
  name: 'trend-filter',
  description: 'Enters a breakout while the longer bars close above their average; exits when they no longer do.',
  params: z.object({
    lookback: z.number().int().positive().default(20).describe('Bars in the channel that is broken'),
    trend: z.string().default('1h').describe('Timeframe of the trend'),
    average: z.number().int().positive().default(24).describe('Bars in the average of the trend'),
  }),
  create: ({ lookback, trend, average }) => {
    const channel = new DonchianChannels(lookback);
    const mean = new SMA(average);
    let rising = false;
    return {
      warmup: lookback + 1,
      timeframes: {
        [trend]: {
          warmup: average,
          onBar(bar, ctx) {
            const level = mean.add(bar.close);
            rising = level !== null && bar.close > level;
            if (!rising && ctx.position.isLong) ctx.exit({ reason: 'trend_over' });
          },
        },
      },
      onBar(bar, ctx) {
        const before = channel.getResult();
        channel.add(bar);
        if (before === null || !rising || ctx.position.isLong) return;
        if (bar.close > before.upper) ctx.enterLong({ reason: 'breakout_with_trend' });
      },
    };
  },
});

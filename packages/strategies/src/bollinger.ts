import { defineStrategy } from '@alpha-engine/core';
import { BollingerBands } from 'trading-signals';
import { z } from 'zod';

/**
 * Trades the touch of the bands (simple moving average of the closes ± `deviations` population standard deviations, the bar just
 * closed included): enters when the bar's low reaches the lower band, exits when its high reaches the upper one. One decision a
 * bar: a bar that touches both does what the position allows. Bands of no width touch everything and decide nothing.
 */
export const bollinger = defineStrategy({
  name: 'bollinger',
  description:
    'Enters long when a bar touches the lower Bollinger band, exits when one touches the upper band. Never short.',
  params: z.object({
    period: z.number().int().min(2).default(20).describe('Bars in the middle band'),
    deviations: z.number().positive().default(2).describe('Standard deviations from the middle to each band'),
  }),
  create: ({ period, deviations }) => {
    const bands = new BollingerBands(period, deviations);
    return {
      warmup: period,
      indicators: () => ({ ...bands.getResult() }),
      onBar(bar, ctx) {
        const band = bands.add(bar.close);
        if (band === null || band.upper <= band.lower) return;
        const { lower, upper } = band;
        if (ctx.position.isLong) {
          if (bar.high >= upper) ctx.exit({ reason: 'upper_band_touch', meta: { lower, upper } });
        } else if (bar.low <= lower) {
          ctx.enterLong({ reason: 'lower_band_touch', meta: { lower, upper } });
        }
      },
    };
  },
});

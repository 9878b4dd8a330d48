import { defineStrategy } from '@alpha-engine/core';
import { SMA } from 'trading-signals';
import { z } from 'zod';

/** Long while the close is above its average, flat below. */
export default defineStrategy({
  name: 'my-strategy',
  params: z.object({ length: z.number().int().positive().default(20) }),
  create: ({ length }) => {
    const average = new SMA(length);
    return {
      warmup: length,
      onBar(bar, ctx) {
        const line = average.add(bar.close);
        if (line === null) return;
        if (bar.close > line && ctx.position.isFlat) return ctx.enterLong({ reason: 'above_average' });
        if (bar.close < line && ctx.position.isLong) return ctx.exit({ reason: 'below_average' });
      },
    };
  },
});

import { z } from 'zod';

/** `GET /sim/clock` of a simulator. Epoch milliseconds; `speed` is market milliseconds per wall millisecond, 0 while it is held and in lockstep. */
export const simulatorClock = z.object({
  wallTs: z.number().nonnegative(),
  marketTs: z.number().nonnegative(),
  speed: z.number().nonnegative(),
  lockstep: z.boolean().default(false),
});

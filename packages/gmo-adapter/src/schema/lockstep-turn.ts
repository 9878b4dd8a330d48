import { z } from 'zod';

/** What a simulator in lockstep asks a member on `/sim/lockstep`; the answer has the same number. */
export const lockstepTurn = z.object({
  turn: z.number().int().nonnegative(),
  marketTs: z.number().nonnegative(),
  sent: z.record(z.string(), z.number().int().nonnegative()),
});

export const lockstepAnswer = z.object({ turn: z.number().int().nonnegative(), worked: z.boolean() });

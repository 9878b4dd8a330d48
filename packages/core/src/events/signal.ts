import { z } from 'zod';
import { envelope, positive } from './common.js';

export const SIGNAL_ACTIONS = ['enter_long', 'enter_short', 'exit', 'hold'] as const;
export type SignalAction = (typeof SIGNAL_ACTIONS)[number];

const distance = z.object({ distance: positive });
const percent = z.object({ percent: positive });

/** A price, a distance from the average entry price in the quote currency, or the same in per cent of it. */
const protectLevel = z.union([z.object({ price: positive }), distance, percent]);
export type ProtectLevel = z.infer<typeof protectLevel>;

/** How an entry is protected once it is filled. `trail` follows the best price since then at this distance. */
export const protectSchema = z.object({
  stop_loss: protectLevel.optional(),
  take_profit: protectLevel.optional(),
  trail: z.union([distance, percent]).optional(),
});
export type Protect = z.infer<typeof protectSchema>;

/**
 * A strategy's decision. `ts` of a bar's signal is the bar's close. `id` is a hash of strategy instance, cause and
 * ordinal: the same decision always has the same id. `strategy` is the label positions are owned by.
 */
export const signalEvent = z.object({
  type: z.literal('signal'),
  ...envelope,
  id: z.string().optional(),
  strategy: z.string().min(1),
  action: z.enum(SIGNAL_ACTIONS),
  confidence: z.number().min(0).max(1),
  price_ref: positive,
  /** Entries only. Absent: as the engine's settings say. */
  protect: protectSchema.optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
});
export type SignalEvent = z.infer<typeof signalEvent>;

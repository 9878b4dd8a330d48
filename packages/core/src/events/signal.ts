import { z } from 'zod';
import { envelope, positive } from './common.js';

export const SIGNAL_ACTIONS = ['enter_long', 'enter_short', 'exit', 'hold'] as const;
export type SignalAction = (typeof SIGNAL_ACTIONS)[number];

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
  meta: z.record(z.string(), z.unknown()).optional(),
});
export type SignalEvent = z.infer<typeof signalEvent>;

import { z } from 'zod';
import { envelope } from './common.js';

export const CONTROL_ACTIONS = ['halt', 'reduce', 'resume', 'flatten', 'reconcile'] as const;
export type ControlAction = (typeof CONTROL_ACTIONS)[number];

/**
 * An operator's word, on `ctl:<exchange>`. Symbol `*` means the whole account. `flatten` halts, cancels every order and
 * closes every position; `reconcile` asks for a comparison with the exchange at once, and accepts the differences it names. The
 * engine answers all but the last with `trading_state` events that carry the id.
 */
export const controlEvent = z.object({
  type: z.literal('control'),
  ...envelope,
  id: z.string(),
  action: z.enum(CONTROL_ACTIONS),
  reason: z.string(),
  /** `reconcile` only: differences, by key, in which the exchange's view is taken over. One that has changed since is not. */
  accept: z.array(z.string()).optional(),
});
export type ControlEvent = z.infer<typeof controlEvent>;

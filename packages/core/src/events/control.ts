import { z } from 'zod';
import { envelope } from './common.js';

/**
 * An operator's word, on `ctl:<exchange>`. Symbol `*` means the whole account. `reconcile` asks for a comparison with the exchange
 * at once, and accepts the differences it names.
 */
export const controlEvent = z.object({
  type: z.literal('control'),
  ...envelope,
  id: z.string(),
  action: z.enum(['halt', 'reduce', 'resume', 'reconcile']),
  reason: z.string(),
  /** `reconcile` only: differences, by key, in which the exchange's view is taken over. One that has changed since is not. */
  accept: z.array(z.string()).optional(),
});
export type ControlEvent = z.infer<typeof controlEvent>;

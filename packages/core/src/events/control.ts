import { z } from 'zod';
import { envelope } from './common.js';

/** An operator's word, on `ctl:<exchange>`. Symbol `*` means the whole account. */
export const controlEvent = z.object({
  type: z.literal('control'),
  ...envelope,
  id: z.string(),
  action: z.enum(['halt', 'reduce', 'resume']),
  reason: z.string(),
});
export type ControlEvent = z.infer<typeof controlEvent>;

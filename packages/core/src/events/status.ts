import { z } from 'zod';
import { envelope, epochMs } from './common.js';

export const STATUS_STATES = [
  'connected',
  'subscribed',
  'stale',
  'disconnected',
  'gap',
  'resynced',
  'maintenance',
  'preopen',
  'open',
  'degraded',
  'dropped',
] as const;

/** Every symbol of the exchange: an event that speaks of the whole connection carries this as its symbol. */
export const ALL_SYMBOLS = '*';

/**
 * What became of a feed, on `md:status`. `subscribed` means data was seen, not that a subscribe was sent.
 * `gap` and `dropped` say from where to where: by time (`from_ts`, `to_ts`) or by sequence (`from_seq`, `to_seq`).
 */
export const statusEvent = z.object({
  type: z.literal('status'),
  ...envelope,
  data: z.object({
    state: z.enum(STATUS_STATES),
    /** `trade`, `orderbook` or `ticker`; absent when the state holds for all of them. */
    channel: z.enum(['trade', 'orderbook', 'ticker']).optional(),
    reason: z.string().optional(),
    from_ts: epochMs.optional(),
    to_ts: epochMs.optional(),
    from_seq: z.number().int().positive().optional(),
    to_seq: z.number().int().positive().optional(),
  }),
});
export type StatusEvent = z.infer<typeof statusEvent>;

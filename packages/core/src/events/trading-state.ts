import { z } from 'zod';
import { envelope, epochMs } from './common.js';

/**
 * What a symbol, or the whole account (`*`), may do from now on, and why: on `order:<exchange>`. A symbol may do no more than
 * its account.
 */
export const tradingStateEvent = z.object({
  type: z.literal('trading_state'),
  ...envelope,
  id: z.string(),
  data: z.object({
    state: z.enum(['ACTIVE', 'REDUCING', 'HALTED']),
    halts: z.array(
      z.object({
        /** Stable code; see docs/risk.md. */
        cause: z.string(),
        reason: z.string(),
        since_ts: epochMs,
      }),
    ),
    /** The control event this answers. */
    control_id: z.string().optional(),
    /** Of an operator's `flatten`: `done` says that nothing is open any more. */
    flatten: z.enum(['closing', 'done', 'gave_up']).optional(),
  }),
});
export type TradingStateEvent = z.infer<typeof tradingStateEvent>;

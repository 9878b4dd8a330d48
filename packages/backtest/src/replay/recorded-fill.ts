import { NO_LATENCY, type QueueModel } from '@alpha-engine/core/simulation';
import { z } from 'zod';
import type { FillOptions } from '../fills/fill-model.js';

interface RecordedFill {
  readonly fill: FillOptions;
  /** Where the back-test is another than the session was. */
  readonly notes: readonly string[];
}

const FILLS = ['book-walk', 'top-of-book', 'trades'] as const;
const QUEUES = ['conservative', 'proportional', 'through'] as const satisfies readonly QueueModel[];
const session = z.object({
  live: z.boolean().default(false),
  config: z.object({
    paperFill: z.enum(FILLS),
    paperQueue: z.enum(QUEUES).optional(),
    paperSlippagePct: z.coerce.number().default(0),
    paperLatency: z.string().default('none'),
  }),
});

const DEFAULT: FillOptions = { model: 'book-walk', slippage: 0, slippageOn: 'all', latency: NO_LATENCY };

/** How the orders of a session were filled, by what it recorded of itself. */
export function recordedFill(facts: unknown): RecordedFill {
  const { data } = session.safeParse(facts);
  if (data === undefined) {
    return { fill: DEFAULT, notes: ['How the session filled its orders is not recorded: here they walk the book.'] };
  }
  if (data.live)
    return { fill: DEFAULT, notes: ['The exchange filled the orders of the session: here they walk the book.'] };
  const { paperFill: model, paperLatency, paperQueue: queue, paperSlippagePct } = data.config;
  return {
    fill: { ...DEFAULT, model, slippage: paperSlippagePct / 100, ...(queue && { queue }) },
    notes:
      paperLatency === 'none'
        ? []
        : [`Orders and answers of the session took their time (paperLatency: ${paperLatency}): here they take none.`],
  };
}

import { NO_LATENCY, type QueueModel } from '@alpha-engine/core/simulation';
import type { FillOptions } from '../fills/fill-model.js';

interface RecordedFill {
  readonly fill: FillOptions;
  /** Where the back-test is another than the session was. */
  readonly notes: readonly string[];
}

const FILLS = ['book-walk', 'top-of-book', 'trades'] as const;
const QUEUES = ['conservative', 'proportional', 'through'] as const satisfies readonly QueueModel[];

/** What an engine keeps of its settings, as far as it goes here; written by whatever version it was. */
interface Facts {
  readonly live?: boolean;
  readonly config?: {
    readonly paperFill?: string;
    readonly paperQueue?: string;
    readonly paperSlippagePct?: string | number;
    readonly paperLatency?: string;
  };
}

const DEFAULT: FillOptions = { model: 'book-walk', slippage: 0, slippageOn: 'all', latency: NO_LATENCY };

/** How the orders of a session were filled, by what it recorded of itself. */
export function recordedFill(facts: unknown): RecordedFill {
  const { config = {}, live = false } = (facts ?? {}) as Facts;
  const model = FILLS.find((one) => one === config.paperFill);
  const slippage = Number(config.paperSlippagePct ?? 0) / 100;
  if (live)
    return { fill: DEFAULT, notes: ['The exchange filled the orders of the session: here they walk the book.'] };
  if (model === undefined || !(slippage >= 0)) {
    return { fill: DEFAULT, notes: ['How the session filled its orders is not recorded: here they walk the book.'] };
  }
  // Trades show no queue: whatever was set, an account on paper has `through` there.
  const queue = model === 'trades' ? 'through' : QUEUES.find((one) => one === config.paperQueue);
  const { paperLatency = 'none' } = config;
  return {
    fill: { ...DEFAULT, model, slippage, ...(queue && { queue }) },
    notes:
      paperLatency === 'none'
        ? []
        : [`Orders and answers of the session took their time (paperLatency: ${paperLatency}): here they take none.`],
  };
}

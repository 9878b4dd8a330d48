import {
  type Checkpoint,
  HALT_CAUSES,
  type HaltCause,
  stateOf,
  type TradingState,
  TradingStates,
} from '@alpha-engine/core';
import { z } from 'zod';

const CAUSES = Object.keys(HALT_CAUSES) as [HaltCause, ...HaltCause[]];

/** Of one symbol: when the books last agreed with the exchange, and why openings are halted, if they are. */
export interface Agreement {
  readonly symbol: string;
  /** ISO 8601 UTC of the market's clock; null while they never agreed. */
  readonly agreedAt: string | null;
  /** What may be traded: all, only what reduces, nothing; the account's own state included. */
  readonly trading: TradingState;
  readonly halted: string | null;
}

const halt = z.object({ cause: z.enum(CAUSES), reason: z.string(), sinceTs: z.number() });

/** The little of the executor's checkpoint that is read here. */
const checkpointState = z.object({
  executor: z.object({
    risk: z.object({ halts: z.record(z.string(), z.array(halt)) }).optional(),
    symbols: z.record(z.string(), z.object({ agreedTs: z.number().nullish() })),
  }),
});

/** Empty for a checkpoint of another brain or version. */
export function agreementsOf(checkpoint: Checkpoint | null): readonly Agreement[] {
  const state = checkpointState.safeParse(checkpoint?.state);
  if (!state.success) return [];
  const { risk, symbols } = state.data.executor;
  const states = new TradingStates(risk?.halts);
  return Object.entries(symbols).map(([symbol, { agreedTs }]) => {
    const halts = states.over(symbol);
    return {
      symbol,
      agreedAt: typeof agreedTs === 'number' ? new Date(agreedTs).toISOString() : null,
      trading: stateOf(halts),
      halted: halts.length === 0 ? null : halts.map(({ cause, reason }) => `${cause}: ${reason}`).join(' '),
    };
  });
}

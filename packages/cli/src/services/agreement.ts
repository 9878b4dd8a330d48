import type { Checkpoint } from '@alpha-engine/core';
import { z } from 'zod';

/** Of one symbol: when the books last agreed with the exchange, and why openings are halted, if they are. */
export interface Agreement {
  readonly symbol: string;
  /** ISO 8601 UTC of the market's clock; null while they never agreed. */
  readonly agreedAt: string | null;
  readonly halted: string | null;
}

/** The little of the executor's checkpoint that is read here. */
const checkpointState = z.object({
  executor: z.object({
    accountHalt: z.string().nullish(),
    symbols: z.record(z.string(), z.object({ agreedTs: z.number().nullish(), halt: z.string().nullish() })),
  }),
});

/** Empty for a checkpoint of another brain or version. */
export function agreementsOf(checkpoint: Checkpoint | null): readonly Agreement[] {
  const state = checkpointState.safeParse(checkpoint?.state);
  if (!state.success) return [];
  const { accountHalt, symbols } = state.data.executor;
  return Object.entries(symbols).map(([symbol, { agreedTs, halt }]) => ({
    symbol,
    agreedAt: typeof agreedTs === 'number' ? new Date(agreedTs).toISOString() : null,
    halted: accountHalt ?? halt ?? null,
  }));
}

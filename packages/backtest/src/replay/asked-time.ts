import { AlphaError, type BrainName, type EpochMs } from '@alpha-engine/core';
import { firstBatch, logRows } from './log-rows.js';
import type { ReplayOptions } from './replay-options.js';

/** Throws `REPLAY_INCOMPLETE` where no batch of these brains lies in the time that was asked for. */
export async function assertRan(
  { exchange, from, store, to }: Pick<ReplayOptions, 'exchange' | 'from' | 'store' | 'to'>,
  brains: readonly BrainName[],
): Promise<void> {
  for (const brain of brains) {
    const first = await firstBatch(store, brain, from);
    for await (const { ts } of logRows(store, brain, { first, last: Number.POSITIVE_INFINITY, to })) {
      if (from === undefined || ts >= from) return;
    }
  }
  const when = from === undefined && to === undefined ? '' : ' in the time that was asked for';
  throw new AlphaError(
    'REPLAY_INCOMPLETE',
    `Nothing that an engine on ${exchange} did is recorded${when}, so that nothing was run again. Look at --from, --to and the name of the exchange, and whether this is the right database.`,
    { context: { exchange } },
  );
}

/** What is said of a brain whose record begins later than was asked for. */
export function beginsLater(from: EpochMs | undefined, brain: BrainName, fromTs: EpochMs): readonly string[] {
  if (from === undefined || fromTs <= from) return [];
  const begins = new Date(fromTs).toISOString();
  return [`The oldest that is kept of ${brain} is of ${begins}: it was begun there, later than was asked for.`];
}

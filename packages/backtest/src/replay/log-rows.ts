import type { StrategyBeginning, StrategyLogEntry } from '@alpha-engine/core';
import { AlphaError, type BrainName, type EpochMs, type InputLogRow, type Store } from '@alpha-engine/core';

/** Which batch a replay begins with: that of the process which ran at `from`, or of the oldest that is kept. */
export async function firstBatch(store: Store, brain: BrainName, from: EpochMs | undefined): Promise<number> {
  const starts = await store.inputLogStarts(brain);
  const [oldest] = starts;
  if (oldest === undefined) {
    throw new AlphaError(
      'REPLAY_INCOMPLETE',
      `The input log of ${brain} has no beginning: the inputs of its processes are not kept any more. Start the engine again, or keep more days with --input-retention-days; what it records from then on can be replayed.`,
      { context: { brain } },
    );
  }
  const running = from === undefined ? undefined : starts.findLast(({ ts }) => ts <= from);
  return (running ?? oldest).batch;
}

/** The rows from a batch on, up to a batch and before a time. */
export async function* logRows(
  store: Store,
  brain: BrainName,
  { first, last, to }: { readonly first: number; readonly last: number; readonly to: EpochMs | undefined },
): AsyncGenerator<InputLogRow> {
  for await (const row of store.inputLog(brain, first - 1)) {
    if (row.batch > last || (to !== undefined && row.ts >= to)) return;
    yield row;
  }
}

/** What the oldest processes that are kept began with, one of each strategy brain of an exchange. */
export async function recordedInstances(store: Store, exchange: string): Promise<readonly StrategyBeginning[]> {
  const found: StrategyBeginning[] = [];
  for (const brain of await store.brains()) {
    if (brain !== `strategy:${exchange}` && !brain.startsWith(`strategy:${exchange}:`)) continue;
    const first = await firstBatch(store, brain, undefined);
    for await (const { inputs } of logRows(store, brain, { first, last: first, to: undefined })) {
      const { began } = inputs as StrategyLogEntry;
      if (began !== undefined) found.push(began);
    }
  }
  return found;
}

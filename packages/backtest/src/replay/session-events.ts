import {
  type EpochMs,
  type InputLogRow,
  type MarketEvent,
  runnerInputs,
  type StrategyLogEntry,
} from '@alpha-engine/core';
import type { EntrySource } from './entry-source.js';

interface SessionMarket {
  readonly events: readonly MarketEvent[];
  /** Market time that was told last. */
  readonly clock: EpochMs | undefined;
}

/** What a row of the input log says of the market: events in the order in which they were read. */
export async function marketOf({ inputs, ts }: InputLogRow, entries: EntrySource): Promise<SessionMarket> {
  const entry = inputs as StrategyLogEntry;
  const events: MarketEvent[] = [];
  for (const read of entry.reads) {
    for (const input of runnerInputs(await entries.entries(read, ts), undefined)) {
      if (input.kind === 'market') events.push(input.event);
    }
  }
  return { events, clock: entry.reads.findLast(({ clock }) => clock !== undefined)?.clock };
}

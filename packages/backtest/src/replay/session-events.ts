import {
  type EpochMs,
  type InputLogRow,
  type MarketEvent,
  runnerInputs,
  type StrategyLogEntry,
} from '@alpha-engine/core';
import type { EntrySource } from './entry-source.js';

/** What a row of the input log says of the market: events in the order in which they were read. */
export async function marketOf({ inputs, ts }: InputLogRow, entries: EntrySource): Promise<readonly MarketEvent[]> {
  const entry = inputs as StrategyLogEntry;
  const events: MarketEvent[] = [];
  for (const read of entry.reads) {
    for (const input of runnerInputs(await entries.entries(read, ts), undefined)) {
      if (input.kind === 'market') events.push(input.event);
    }
  }
  return events;
}

/** The market time that was told last in a row. */
export function clockOf({ inputs }: InputLogRow): EpochMs | undefined {
  return (inputs as StrategyLogEntry).reads.findLast(({ clock }) => clock !== undefined)?.clock;
}

import {
  type Bar,
  type BarReader,
  type EpochMs,
  type InputLogRow,
  type MarketEvent,
  runnerInputs,
  type StrategyLogEntry,
} from '@alpha-engine/core';
import type { EntrySource } from './entry-source.js';

interface SessionMarket {
  readonly warmup: readonly Bar[];
  readonly events: readonly MarketEvent[];
  /** Market time that was told last. */
  readonly clock: EpochMs | undefined;
}

/** What a row of the input log says of the market: bars to warm up with, then events in the order in which they were read. */
export async function marketOf({ inputs }: InputLogRow, entries: EntrySource, bars: BarReader): Promise<SessionMarket> {
  const entry = inputs as StrategyLogEntry;
  const warmup: Bar[] = [];
  for (const fed of entry.fed) if (fed.kind === 'warmup') warmup.push(await bars.get(fed));
  const events: MarketEvent[] = [];
  for (const read of entry.reads) {
    for (const input of runnerInputs(await entries.entries(read), undefined)) {
      if (input.kind === 'market') events.push(input.event);
    }
  }
  return { warmup, events, clock: entry.reads.findLast(({ clock }) => clock !== undefined)?.clock };
}

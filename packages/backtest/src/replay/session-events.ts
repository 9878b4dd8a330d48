import type { BarReader, InputLogRow, MarketEvent, StrategyLogEntry } from '@alpha-engine/core';
import { runnerInputs } from '@alpha-engine/core';
import type { EntrySource } from './entry-source.js';

/** What a row of the input log says of the market: bars to warm up with, then events in the order in which they were read. */
export async function marketOf(
  { inputs }: InputLogRow,
  entries: EntrySource,
  bars: BarReader,
): Promise<{ readonly warmup: Awaited<ReturnType<BarReader['get']>>[]; readonly events: MarketEvent[] }> {
  const entry = inputs as StrategyLogEntry;
  const warmup = [];
  for (const fed of entry.fed) if (fed.kind === 'warmup') warmup.push(await bars.get(fed));
  const events: MarketEvent[] = [];
  for (const read of entry.reads) {
    for (const input of runnerInputs(await entries.entries(read), undefined)) {
      if (input.kind === 'market') events.push(input.event);
    }
  }
  return { warmup, events };
}

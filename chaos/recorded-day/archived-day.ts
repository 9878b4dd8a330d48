import type { AlphaEvent, MarketEventType, StatusEvent, TradeEvent } from '@alpha-engine/core';
import { openFileArchive, verifyArchive } from '@alpha-engine/core/archive';

/** What the archive has of the one symbol, by `seq`. */
export interface ArchivedDay {
  readonly trades: readonly TradeEvent[];
  readonly statuses: readonly StatusEvent[];
  /** Every number of each series, in order. */
  readonly seqs: Readonly<Record<MarketEventType | 'status', readonly number[]>>;
  /** Of damaged segments. */
  readonly damage: readonly string[];
}

export async function readArchivedDay(folder: string): Promise<ArchivedDay> {
  const archive = openFileArchive({ folder });
  const { damaged } = await verifyArchive(archive);
  const trades: TradeEvent[] = [];
  const statuses: StatusEvent[] = [];
  const seqs = { trade: [], orderbook: [], ticker: [], status: [] } as Record<keyof ArchivedDay['seqs'], number[]>;
  for (const segment of await archive.segments()) {
    for await (const page of archive.read(segment)) {
      for (const event of page) {
        if (event.type === 'trade') trades.push(event);
        if (event.type === 'status') statuses.push(event);
        if (event.type in seqs) seqs[event.type as keyof typeof seqs].push(event.seq ?? 0);
      }
    }
  }
  // Around midnight two days of a series interleave.
  for (const list of Object.values(seqs)) list.sort((a, b) => a - b);
  trades.sort(bySeq);
  statuses.sort(bySeq);
  return { trades, statuses, seqs, damage: damaged.flatMap(({ problems }) => problems) };
}

function bySeq(a: AlphaEvent, b: AlphaEvent): number {
  return (a.seq ?? 0) - (b.seq ?? 0);
}

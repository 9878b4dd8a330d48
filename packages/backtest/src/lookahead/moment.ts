import type { Bar, EpochMs, MarketEvent } from '@alpha-engine/core';

/** What a strategy is handed, in order: closed bars of one timeframe, or recorded trades, books and tickers. */
export type Moment = Bar | MarketEvent;

export function isBar(moment: Moment): moment is Bar {
  return 'openTs' in moment;
}

/** When everything in it has happened. */
export function endOf(moment: Moment): EpochMs {
  return isBar(moment) ? moment.closeTs : moment.ts;
}

/** What somebody may trade at when it comes; null for one that says no price. */
export function priceOf(moment: Moment): number | null {
  if (isBar(moment)) return moment.open;
  if (moment.type === 'trade') return moment.data.price;
  if (moment.type === 'ticker') return moment.data.last;
  return moment.data.bids[0]?.[0] ?? moment.data.asks[0]?.[0] ?? null;
}

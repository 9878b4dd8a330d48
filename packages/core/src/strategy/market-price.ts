import type { MarketEvent } from '../events/market.js';

/** The price a market event speaks of: of a trade, the last one of a ticker, the middle of a book. Null when it names none. */
export function priceOf(event: MarketEvent): number | null {
  switch (event.type) {
    case 'trade':
      return event.data.price;
    case 'ticker':
      return event.data.last;
    case 'orderbook': {
      const bid = event.data.bids[0]?.[0];
      const ask = event.data.asks[0]?.[0];
      // A delta shows only the levels that changed: no price of its own.
      return event.data.is_snapshot && bid !== undefined && ask !== undefined ? (bid + ask) / 2 : null;
    }
  }
}

import type { ExchangeAdapter } from '@alpha-engine/core';
import { EXCHANGE } from '../mapper/exchange.js';
import { mapInstrument } from '../mapper/rest-public.js';
import { SYMBOL_ROWS } from '../mapper/symbol-rows.js';
import { GmoBroker } from './broker.js';
import type { FeedTimings } from './feed-timings.js';
import { joinLockstep } from './join-lockstep.js';
import { GmoMarketFeed } from './market-feed.js';
import { GmoMarketHistory } from './market-history.js';
import { measureClock } from './measure-clock.js';
import { GmoTradeArchive } from './trade-archive.js';

export interface GmoAdapterOptions {
  /** For one REST request, milliseconds; default 10 000. */
  readonly timeoutMs?: number;
  /** See `Broker.horizonMs`; default 60 000. Lower it with a simulator only. */
  readonly horizonMs?: number;
  readonly timings?: Partial<FeedTimings>;
}

/** GMO Coin with other waits than the real exchange wants: for a simulator and for tests. */
export function createGmoAdapter(options: GmoAdapterOptions = {}): ExchangeAdapter {
  return {
    name: EXCHANGE,
    capabilities: { clientOrderIds: false, leverage: true, spot: true },
    knownInstruments: SYMBOL_ROWS.map(mapInstrument),
    marketFeed: (context) => new GmoMarketFeed(context, options),
    history: (context) => new GmoMarketHistory(context, options),
    tradeArchive: ({ endpoints }) => new GmoTradeArchive(endpoints, options),
    broker: (context, credentials) => new GmoBroker(context, credentials, options),
    measureClock: (context) => measureClock(context, options),
    joinLockstep,
  };
}

/** GMO Coin (crypto). */
export const gmoAdapter: ExchangeAdapter = createGmoAdapter();

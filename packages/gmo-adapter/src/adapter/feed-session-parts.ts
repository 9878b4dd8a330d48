import type { ExchangeContext, MarketEventType, TradeEvent } from '@alpha-engine/core';
import type { Budget } from '../client/budget.js';
import type { FeedTimings } from './feed-timings.js';
import type { GmoMarketHistory } from './market-history.js';

export interface FeedSessionParts {
  readonly context: ExchangeContext;
  readonly wsUrl: string;
  readonly symbols: readonly string[];
  readonly channels: readonly MarketEventType[];
  readonly published: ReadonlyMap<string, readonly TradeEvent[]>;
  readonly history: GmoMarketHistory;
  readonly commands: Budget;
  readonly timings: FeedTimings;
  readonly capacity: number;
}

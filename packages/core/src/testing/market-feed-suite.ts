import type { MarketFeedCase } from './market-feed-case.js';
import { FEED_CONNECTION_CASES } from './market-feed-connection.js';
import { FEED_HEALING_CASES } from './market-feed-healing.js';

/**
 * What every MarketFeed must do, on an exchange that misbehaves. An adapter's test is a testbed and one loop over these. No case
 * leaves a rejection unhandled; a case that does fails.
 */
export const MARKET_FEED_CASES: readonly MarketFeedCase[] = [...FEED_CONNECTION_CASES, ...FEED_HEALING_CASES];

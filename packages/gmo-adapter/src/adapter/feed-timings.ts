import type { ChannelSilence, MarketEventType, SilenceLimits } from '@alpha-engine/core';
import { DEFAULT_TIMINGS, type SocketTimings } from '../client/timings.js';

/** How long a feed waits for what. Wall time, milliseconds. */
export interface FeedTimings extends SocketTimings {
  /** Between two looks at the age of the data. */
  readonly watchMs: number;
  /** How long each channel may be silent. In between, the limit is learnt. */
  readonly silence: Readonly<Record<MarketEventType, SilenceLimits>>;
  /** How long a socket that carries books may say nothing at all. What it says afterwards may lack trades: REST is asked. */
  readonly hush: SilenceLimits;
  /** No frame of any kind for so long, on a socket that carried books: it is dead. */
  readonly deadMs: number;
  /** Without an unusable frame for so long, a channel is well again. */
  readonly spoiltMs: number;
  /** From the moment the exchange has read a subscription to trades until REST is asked whether it serves them. */
  readonly unservedMs: number;
  /** First and longest wait until a silent subscription is sent again. */
  readonly resubscribeMs: number;
  readonly resubscribeMaxMs: number;
  /** From the moment the exchange has read a subscription until it surely serves it, and REST shows what came before. */
  readonly settleMs: number;
  /** Between two reads of REST that is behind the socket; its replies are made anew every half second and kept for one. */
  readonly rereadMs: number;
  /** Live trades that wait for REST to be read are `stale` after it. */
  readonly untoldMs: number;
  /** For the back-fill of one symbol; live trades wait for it no longer. */
  readonly backfillMs: number;
  /** Between two looks whether the exchange is open; after maintenance the first connection looks at once. */
  readonly statusPollMs: number;
}

/**
 * Books: a quiet one is sent again after 5 s at the latest. Tickers: those of busy symbols come every 4 s, others on a change. Trades:
 * may be silent for hours; their silence is only a reason to ask REST, so a short limit costs a request and no alarm.
 */
const DEFAULT_FEED_TIMINGS: FeedTimings = {
  ...DEFAULT_TIMINGS,
  watchMs: 250,
  silence: {
    trade: { floorMs: 60_000, initialMs: 600_000, ceilingMs: 1_800_000 },
    orderbook: { floorMs: 15_000, initialMs: 15_000, ceilingMs: 60_000 },
    ticker: { floorMs: 60_000, initialMs: 300_000, ceilingMs: 1_800_000 },
  },
  // A quiet book comes every 5 s; a reader that is waited for may stop the socket for 2 s.
  hush: { floorMs: 2_500, initialMs: 6_000, ceilingMs: 6_000 },
  deadMs: 20_000,
  spoiltMs: 5_000,
  unservedMs: 10_000,
  resubscribeMs: 30_000,
  resubscribeMaxMs: 600_000,
  settleMs: 2_000,
  rereadMs: 600,
  untoldMs: 5_000,
  backfillMs: 600_000,
  statusPollMs: 30_000,
};

/** The defaults, but for what the owner of the feed sets, and what its reader sets of one subscription. */
export function feedTimings(owner: Partial<FeedTimings> = {}, silence: ChannelSilence = {}): FeedTimings {
  const timings = { ...DEFAULT_FEED_TIMINGS, ...owner };
  return { ...timings, silence: { ...timings.silence, ...silence } };
}

import { DataAgeWatch, type EpochMs, type MarketEventType, type SilenceLimits } from '@alpha-engine/core';
import type { SocketSubscription } from '../client/gmo-socket.js';

const CHANNELS = { trade: 'trades', orderbook: 'orderbooks', ticker: 'ticker' } as const;

/** What is known of one symbol on one channel. The fields of the first group change with every event. */
export interface FeedStream {
  /** Events received. */
  received: number;
  lastTs: EpochMs | null;
  lastRecvTs: EpochMs;

  readonly symbol: string;
  readonly channel: MarketEventType;
  readonly subscription: SocketSubscription;
  readonly watch: DataAgeWatch;
  /** `received` at the last look. */
  looked: number;
  /** The exchange has read the subscription on the present connection. */
  asked: boolean;
  /** Trades only: until data come on the present connection, REST is asked after this wait, each time twice as long as before. Milliseconds. */
  unservedMs: number;
  /** Data came on the present connection. */
  live: boolean;
  /** Told to be silent for too long, and nothing came since. */
  stale: boolean;
  /** When, on the monotonic clock, a silent subscription is sent again, and how long to wait after that. */
  againAt: number;
  againMs: number;
  /** When, on the monotonic clock, the last frame came that could not be used; null: told to be well since. */
  spoiltAt: number | null;
  dropped: { count: number; fromTs: EpochMs; toTs: EpochMs } | null;
}

export function newStream(symbol: string, channel: MarketEventType, limits: SilenceLimits, now: number): FeedStream {
  const command = { command: 'subscribe', channel: CHANNELS[channel], symbol };
  return {
    received: 0,
    lastTs: null,
    lastRecvTs: 0,
    symbol,
    channel,
    subscription: {
      key: `${CHANNELS[channel]} ${symbol}`,
      command: channel === 'trade' ? { ...command, option: 'TAKER_ONLY' } : command,
    },
    watch: new DataAgeWatch(limits, now),
    looked: 0,
    asked: false,
    unservedMs: Number.POSITIVE_INFINITY,
    live: false,
    stale: false,
    againAt: 0,
    againMs: 0,
    spoiltAt: null,
    dropped: null,
  };
}

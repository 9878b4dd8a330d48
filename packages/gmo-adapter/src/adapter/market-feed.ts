import { AlphaError, type ExchangeContext, type FeedSubscription, type MarketFeed } from '@alpha-engine/core';
import type { Budget } from '../client/budget.js';
import { resolveEndpoints } from '../client/endpoints.js';
import { hostLimits } from '../client/limits.js';
import { FeedSession } from './feed-session.js';
import { type FeedTimings, feedTimings } from './feed-timings.js';
import { assertListed } from './instruments.js';
import { GmoMarketHistory } from './market-history.js';
import type { FeedEvent } from './reader-queue.js';

export interface FeedOptions {
  readonly timings?: Partial<FeedTimings>;
  /** Events that wait for a slow reader before new ones are dropped. */
  readonly capacity?: number;
  /** Default: the one that all sockets of this process at this host share. */
  readonly commands?: Budget;
  /** REST requests, likewise. */
  readonly requests?: Budget;
  /** For one REST request. */
  readonly timeoutMs?: number;
}

const DEFAULT_CAPACITY = 100_000;

/**
 * GMO Coin's public side as a stream of events: one WebSocket for all symbols and channels, and REST for what it missed.
 *
 * *Order*: symbols as given, each with its trades, ticker and book. GMO takes one command a second from an address, so the n-th symbol
 * is whole some 3.3 n seconds after a connection: name first what is traded.
 *
 * *Dropping*: while a slow reader has thousands of events to take, the socket is not read, for two seconds at most. When it is so slow
 * that `capacity` events wait nevertheless, what arrives is dropped until it takes them; each symbol and
 * channel then gets a `dropped` status that says from when to when (`from_ts`, `to_ts`) and how many, at the place of the loss.
 *
 * *Stopping*: trades that still wait for a backfill are not handed out: the next start reads them together with what they wait for.
 */
export class GmoMarketFeed implements MarketFeed {
  readonly #context: ExchangeContext;
  readonly #options: FeedOptions;

  constructor(context: ExchangeContext, options: FeedOptions = {}) {
    this.#context = context;
    this.#options = options;
  }

  async *subscribe(subscription: FeedSubscription, signal: AbortSignal): AsyncIterable<readonly FeedEvent[]> {
    const symbols = [...new Set(subscription.symbols)];
    if (symbols.length === 0) {
      throw new AlphaError('CONFIG_INVALID', 'No symbol is given. Name at least one, for example SYMBOLS=BTC_JPY.');
    }
    const { timeoutMs, timings, capacity, commands, requests } = this.#options;
    const stop = new AbortController();
    const stopping = AbortSignal.any([signal, stop.signal]);
    const context = { ...this.#context, signal: stopping };
    const history = new GmoMarketHistory(context, {
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(requests && { budget: requests }),
    });
    const instruments = await history.instruments().catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (instruments === null) return;
    assertListed(symbols, instruments);
    if (signal.aborted) return;

    const wsUrl = resolveEndpoints(context.endpoints).wsPublicUrl;
    const session = new FeedSession({
      context,
      wsUrl,
      symbols,
      channels: subscription.channels ?? ['trade', 'orderbook', 'ticker'],
      published: subscription.published ?? new Map(),
      history,
      commands: commands ?? hostLimits(wsUrl).commands,
      timings: feedTimings(timings, subscription.silence),
      capacity: capacity ?? DEFAULT_CAPACITY,
    });
    const running = session.run(stopping);
    try {
      for (let batch = await session.take(); batch !== null; batch = await session.take()) yield batch;
    } finally {
      stop.abort();
      await running;
    }
  }
}

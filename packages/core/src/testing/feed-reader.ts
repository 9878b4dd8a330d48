import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { EVENT_SCHEMAS } from '../events/event.js';
import type { MarketEvent, TradeEvent } from '../events/market.js';
import type { StatusEvent } from '../events/status.js';
import type { FeedSubscription, MarketFeed } from '../exchange/market-feed.js';

type FeedEvent = MarketEvent | StatusEvent;

/** Wall time that is enough on any machine, and ends a test that hangs. Milliseconds. */
const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 10;

/** Waits for something that nothing announces. `meanwhile` is called before every look. */
export async function eventually(
  what: string,
  holds: () => boolean,
  meanwhile: () => void = () => undefined,
): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    meanwhile();
    await delay(LOOK_EVERY_MS);
    if (holds()) return;
    assert.ok(performance.now() < end, `Waited ${PATIENCE_MS} ms in vain for ${what}.`);
  }
}

/** Reads a feed in the background, checks every event against its schema, and keeps all. */
export class FeedReader {
  readonly events: FeedEvent[] = [];
  readonly #abort = new AbortController();
  readonly #ended: Promise<void>;
  #error: unknown = null;

  constructor(feed: MarketFeed, subscription: FeedSubscription) {
    this.#ended = this.#read(feed.subscribe(subscription, this.#abort.signal)).catch((error: unknown) => {
      this.#error = error;
    });
  }

  get statuses(): readonly StatusEvent[] {
    return this.events.filter((event) => event.type === 'status');
  }

  get trades(): readonly TradeEvent[] {
    return this.events.filter((event) => event.type === 'trade');
  }

  prices(symbol: string): number[] {
    return this.trades.filter((trade) => trade.symbol === symbol).map(({ data }) => data.price);
  }

  /** What was said since event number `from`, as `state` or `state channel`, of one symbol or of all. */
  said(symbol: string, from = 0): string[] {
    return this.events
      .slice(from)
      .filter((event) => event.type === 'status')
      .filter((event) => event.symbol === symbol || event.symbol === '*')
      .map(({ data }) => (data.channel === undefined ? data.state : `${data.state} ${data.channel}`));
  }

  async until(what: string, holds: () => boolean, meanwhile?: () => void): Promise<void> {
    await eventually(what, () => this.#error !== null || holds(), meanwhile);
    if (this.#error !== null) throw this.#error;
  }

  /** Asks it to end; gives how long that took, milliseconds. */
  async stop(): Promise<number> {
    const begun = performance.now();
    this.#abort.abort();
    const late = delay(PATIENCE_MS, 'late', { ref: false });
    assert.notEqual(await Promise.race([this.#ended, late]), 'late', 'the feed does not end when its signal aborts');
    if (this.#error !== null) throw this.#error;
    return performance.now() - begun;
  }

  async #read(feed: AsyncIterable<readonly FeedEvent[]>): Promise<void> {
    for await (const batch of feed) {
      for (const event of batch) {
        const checked = EVENT_SCHEMAS[event.type].safeParse(event);
        assert.ok(checked.success, `the feed gave an event that its own schema refuses: ${JSON.stringify(event)}`);
        this.events.push(event);
      }
    }
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type { AlphaError } from '../errors/alpha-error.js';
import { ALL_SYMBOLS, type StatusEvent } from '../events/status.js';
import type { FeedSubscription, MarketFeed } from '../exchange/market-feed.js';
import type { Clock } from '../telemetry/clock.js';
import { FIRST_PAUSE_MS, nextPauseMs, passes } from './outlast.js';

export interface PatientFeedOptions {
  readonly exchange: string;
  /** Whatever the exchange must answer before there is a feed; `signal` calls it off. */
  readonly connect: (signal: AbortSignal) => Promise<MarketFeed>;
  /** Market time is not known before the exchange has answered. */
  readonly wallClock: Clock;
}

/**
 * A feed that waits for an exchange that is in maintenance or does not answer when it begins: it says so, once for each kind of trouble, and
 * asks again after 1, 2, 4 … 30 s. Once something has come it is the feed itself, which reconnects on its own.
 */
export class PatientFeed implements MarketFeed {
  readonly #options: PatientFeedOptions;
  #feed: MarketFeed | null = null;
  /** What the first attempt came to. */
  #trouble: AlphaError | null = null;

  private constructor(options: PatientFeedOptions) {
    this.#options = options;
  }

  /** Throws what no waiting mends, so that nothing is taken over in vain. */
  static async open(options: PatientFeedOptions, signal: AbortSignal): Promise<PatientFeed> {
    const feed = new PatientFeed(options);
    try {
      feed.#feed = await options.connect(signal);
    } catch (error) {
      if (!passes(error)) throw error;
      feed.#trouble = error;
    }
    return feed;
  }

  async *subscribe(subscription: FeedSubscription, signal: AbortSignal) {
    let trouble = this.#trouble;
    let toldCode: string | null = null;
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = nextPauseMs(pauseMs)) {
      if (trouble === null) {
        let begun = false;
        try {
          this.#feed ??= await this.#options.connect(signal);
          for await (const batch of this.#feed.subscribe(subscription, signal)) {
            begun = true;
            yield batch;
          }
          return;
        } catch (error) {
          if (signal.aborted && !begun) return;
          if (begun || !passes(error)) throw error;
          trouble = error;
        }
      }
      if (trouble.code !== toldCode) yield [this.#statusOf(trouble)];
      toldCode = trouble.code;
      trouble = null;
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  #statusOf({ code, message: reason }: AlphaError): StatusEvent {
    const state = code === 'EXCHANGE_MAINTENANCE' ? 'maintenance' : 'disconnected';
    const { exchange, wallClock } = this.#options;
    return { type: 'status', exchange, symbol: ALL_SYMBOLS, ts: wallClock.now(), data: { state, reason } };
  }
}

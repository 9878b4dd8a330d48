import { type Labels, type Metrics, silentMetrics } from '@alpha-engine/core';
import { EXCHANGE } from '../mapper/exchange.js';
import type { FeedStream } from './feed-stream.js';

const OF_EXCHANGE: Labels = { exchange: EXCHANGE };

interface Measured {
  readonly stream: FeedStream;
  readonly labels: Labels;
  /** Of its events, at the last sample. */
  counted: number;
  /** Likewise at the last look, and when, on the monotonic clock, there were new ones; first the start. The stream's watch is restarted, this is not. */
  looked: number;
  heardAt: number;
}

/** The measurements of one feed. Those of every event are taken from the streams' own counts: nothing is done, and no clock read, for each. */
export class FeedMeter {
  readonly #metrics: Metrics;
  readonly #streams: readonly Measured[];

  /** Times on the monotonic clock of the watches. */
  constructor(metrics: Metrics | undefined, streams: readonly FeedStream[], now: number) {
    this.#metrics = metrics ?? silentMetrics;
    this.#streams = streams.map((stream) => ({
      stream,
      labels: labelsOf(stream),
      counted: 0,
      looked: 0,
      heardAt: now,
    }));
    this.connected(false);
    // From the start at nought: an alarm on growth would not see a series that begins with its first loss.
    const none = ['alpha_feed_gaps_total', 'alpha_feed_stale_total', 'alpha_feed_dropped_events_total'] as const;
    for (const { labels } of this.#streams) for (const name of none) this.#metrics.count(name, 0, labels);
    this.#metrics.count('alpha_feed_disconnects_total', 0, OF_EXCHANGE);
    this.#metrics.count('alpha_feed_refused_commands_total', 0, OF_EXCHANGE);
  }

  /** How often this is called is how well the age of data is known. */
  look(now: number): void {
    for (const one of this.#streams) {
      if (one.looked === one.stream.received) continue;
      one.looked = one.stream.received;
      one.heardAt = now;
    }
  }

  sample(now: number, queued: number, held: number): void {
    const metrics = this.#metrics;
    metrics.set('alpha_feed_queued_events', queued, OF_EXCHANGE);
    metrics.set('alpha_feed_held_trades', held, OF_EXCHANGE);
    for (const one of this.#streams) {
      const { stream, labels, heardAt } = one;
      const news = stream.received - one.counted;
      one.counted = stream.received;
      metrics.set('alpha_feed_data_age_seconds', (now - heardAt) / 1_000, labels);
      metrics.set('alpha_feed_silence_limit_seconds', stream.watch.limitMs / 1_000, labels);
      if (news === 0) continue;
      metrics.count('alpha_feed_messages_total', news, labels);
      const lagMs = stream.lastRecvTs - (stream.lastTs ?? stream.lastRecvTs);
      const lagSeconds = Math.max(0, lagMs) / 1_000;
      metrics.observe('alpha_feed_lag_seconds', lagSeconds, labels);
      metrics.set('alpha_feed_last_lag_seconds', lagSeconds, labels);
    }
  }

  connected(yes: boolean): void {
    this.#metrics.set('alpha_feed_connected', yes ? 1 : 0, OF_EXCHANGE);
  }

  disconnected(): void {
    this.connected(false);
    this.#metrics.count('alpha_feed_disconnects_total', 1, OF_EXCHANGE);
  }

  stale(stream: FeedStream): void {
    this.#metrics.count('alpha_feed_stale_total', 1, labelsOf(stream));
  }

  gap(stream: FeedStream): void {
    this.#metrics.count('alpha_feed_gaps_total', 1, labelsOf(stream));
  }

  backfilled(symbol: string, trades: number): void {
    this.#metrics.count('alpha_feed_backfilled_trades_total', trades, { ...OF_EXCHANGE, symbol });
  }

  rejected(reason: string): void {
    this.#metrics.count('alpha_feed_rejected_frames_total', 1, { ...OF_EXCHANGE, reason });
  }

  refused(): void {
    this.#metrics.count('alpha_feed_refused_commands_total', 1, OF_EXCHANGE);
  }

  dropped(stream: FeedStream, events: number): void {
    this.#metrics.count('alpha_feed_dropped_events_total', events, labelsOf(stream));
  }
}

function labelsOf({ channel, symbol }: FeedStream): Labels {
  return { ...OF_EXCHANGE, channel, symbol };
}

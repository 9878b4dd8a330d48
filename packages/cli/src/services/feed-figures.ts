import type { Labels, MarketEventType, MetricName, MetricSample } from '@alpha-engine/core';
import type { ChannelState, FeedStates } from './feed-states.js';

const CHANNELS: readonly MarketEventType[] = ['trade', 'ticker', 'orderbook'];
/** What is given per second, and the latency, speak of so long: the counts of a feed are taken once a second. */
const WINDOW_MS = 10_000;

export interface ChannelFigures {
  readonly symbol: string;
  readonly channel: MarketEventType;
  readonly state: ChannelState;
  readonly messages: number;
  /** Null where nothing was measured yet, here and below. */
  readonly perSecond: number | null;
  readonly ageSeconds: number | null;
  readonly lagSeconds: number | null;
}

export interface FeedTotals {
  readonly reconnects: number;
  readonly gaps: number;
  readonly backfilledTrades: number;
  readonly rejectedFrames: number;
  readonly refusedCommands: number;
  readonly queuedEvents: number;
  readonly heldTrades: number;
  readonly published: number;
  readonly publishedPerSecond: number | null;
  readonly publishP50Seconds: number | null;
  readonly publishP99Seconds: number | null;
  readonly spoolEvents: number;
  readonly spoolBytes: number;
  readonly dropped: number;
}

export interface FeedFigures {
  readonly channels: readonly ChannelFigures[];
  readonly totals: FeedTotals;
}

interface Reading {
  readonly atMs: number;
  readonly messages: ReadonlyMap<string, number>;
  readonly published: number;
  readonly publish: Histogram;
}

type Histogram = NonNullable<MetricSample['histogram']>;

/** What a collector's metrics say, and how fast they change. Measures nothing itself. */
export class FeedFiguresReader {
  readonly #symbols: readonly string[];
  readonly #states: Pick<FeedStates, 'of'>;
  readonly #readings: Reading[] = [];

  constructor(options: { readonly symbols: readonly string[]; readonly states: Pick<FeedStates, 'of'> }) {
    this.#symbols = options.symbols;
    this.#states = options.states;
  }

  /** `now` on a monotonic clock. */
  read(samples: readonly MetricSample[], now: number): FeedFigures {
    const byName = new Map<MetricName, MetricSample[]>();
    for (const sample of samples) {
      const same = byName.get(sample.name);
      if (same === undefined) byName.set(sample.name, [sample]);
      else same.push(sample);
    }
    const sum = (name: MetricName) => (byName.get(name) ?? []).reduce((total, { value }) => total + value, 0);
    const values = (name: MetricName) =>
      new Map((byName.get(name) ?? []).map(({ labels, value }) => [keyOf(labels), value]));
    const messages = values('alpha_feed_messages_total');
    const ages = values('alpha_feed_data_age_seconds');
    const lags = values('alpha_feed_last_lag_seconds');
    const published = sum('alpha_bus_published_events_total');
    const publish = byName.get('alpha_bus_publish_seconds')?.[0]?.histogram ?? { sum: 0, buckets: [] };
    const before = this.#since({ atMs: now, messages, published, publish });
    const seconds = (now - before.atMs) / 1000;
    const rate = (value: number, earlier: number) => (seconds > 0 ? (value - earlier) / seconds : null);
    const channels = this.#symbols.flatMap((symbol) =>
      CHANNELS.map((channel): ChannelFigures => {
        const key = keyOf({ symbol, channel });
        const count = messages.get(key) ?? 0;
        return {
          ...{ symbol, channel, messages: count, state: this.#states.of(symbol, channel) },
          perSecond: rate(count, before.messages.get(key) ?? 0),
          ageSeconds: ages.get(key) ?? null,
          lagSeconds: lags.get(key) ?? null,
        };
      }),
    );
    const totals: FeedTotals = {
      reconnects: sum('alpha_feed_disconnects_total'),
      gaps: sum('alpha_feed_gaps_total'),
      backfilledTrades: sum('alpha_feed_backfilled_trades_total'),
      rejectedFrames: sum('alpha_feed_rejected_frames_total'),
      refusedCommands: sum('alpha_feed_refused_commands_total'),
      queuedEvents: sum('alpha_feed_queued_events'),
      heldTrades: sum('alpha_feed_held_trades'),
      published,
      publishedPerSecond: rate(published, before.published),
      publishP50Seconds: quantile(publish, before.publish, 0.5),
      publishP99Seconds: quantile(publish, before.publish, 0.99),
      spoolEvents: sum('alpha_bus_spool_events'),
      spoolBytes: sum('alpha_bus_spool_bytes'),
      dropped: sum('alpha_feed_dropped_events_total') + sum('alpha_bus_dropped_events_total'),
    };
    return { channels, totals };
  }

  /** The reading at the beginning of the window that ends with this one; this one itself when it is the first. */
  #since(reading: Reading): Reading {
    this.#readings.push(reading);
    while (this.#readings.length > 2 && reading.atMs - this.#readings[1]!.atMs >= WINDOW_MS) this.#readings.shift();
    return this.#readings[0]!;
  }
}

function keyOf({ symbol, channel }: Labels): string {
  return `${symbol} ${channel}`;
}

/** Of the observations between two readings of one histogram, interpolated within a bucket. Null when there are none. */
export function quantile(after: Histogram, before: Histogram, share: number): number | null {
  const counts = after.buckets.map(({ le, count }, index) => ({
    le,
    count: count - (before.buckets[index]?.count ?? 0),
  }));
  // What took longer than the last bound is told as that bound.
  const rank = (counts.at(-1)?.count ?? 0) * share;
  if (rank === 0) return null;
  const index = counts.findIndex(({ count }) => count >= rank);
  const { le, count } = counts[index]!;
  const below = counts[index - 1] ?? { le: 0, count: 0 };
  return below.le + ((le - below.le) * (rank - below.count)) / (count - below.count);
}

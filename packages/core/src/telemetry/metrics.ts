/** Label names and values, for example `{ stream: 'md:trade' }`. */
export type Labels = Readonly<Record<string, string>>;

interface Description {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every metric there is. Sizes are bytes and times are seconds, as the unit in the name says. */
export const METRICS = {
  alpha_bus_published_events_total: { kind: 'counter', help: 'Events new on the bus.', labels: [] },
  alpha_bus_skipped_events_total: {
    kind: 'counter',
    help: 'Events that were on the bus already: a retry after an unknown answer.',
    labels: [],
  },
  alpha_bus_publish_seconds: { kind: 'histogram', help: 'From the call of publish to its answer.', labels: [] },
  alpha_bus_consumed_events_total: { kind: 'counter', help: 'Events read by a group.', labels: ['group', 'stream'] },
  alpha_bus_redelivered_events_total: {
    kind: 'counter',
    help: 'Events read again by the same reader.',
    labels: ['group', 'stream'],
  },
  alpha_bus_read_seconds: {
    kind: 'histogram',
    help: 'From the call of read to a batch that is not empty.',
    labels: ['group'],
  },
  alpha_bus_ack_seconds: { kind: 'histogram', help: 'From the call of ack to its answer.', labels: ['group'] },
  alpha_bus_trimmed_entries_total: {
    kind: 'counter',
    help: 'Entries removed from the head of a stream.',
    labels: ['stream'],
  },
  alpha_bus_dropped_events_total: {
    kind: 'counter',
    help: 'Events given up because a ceiling was reached.',
    labels: ['stream'],
  },
  alpha_bus_spool_bytes: { kind: 'gauge', help: 'What waits on disk until the bus is back.', labels: [] },
  alpha_bus_spool_events: { kind: 'gauge', help: 'Events that wait on disk until the bus is back.', labels: [] },
  alpha_bus_stream_length: { kind: 'gauge', help: 'Entries on a stream.', labels: ['stream'] },
  alpha_bus_group_lag: { kind: 'gauge', help: 'Entries a group has not acknowledged.', labels: ['group', 'stream'] },
  alpha_bus_group_pending: {
    kind: 'gauge',
    help: 'Of these, entries that were delivered.',
    labels: ['group', 'stream'],
  },
  alpha_bus_group_oldest_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest entry a group has not acknowledged.',
    labels: ['group', 'stream'],
  },
  alpha_archive_rows_total: { kind: 'counter', help: 'Rows new in the archive.', labels: [] },
  alpha_archive_flush_seconds: {
    kind: 'histogram',
    help: 'Until what was read is durable in the archive.',
    labels: [],
  },
  alpha_archive_retries_total: { kind: 'counter', help: 'Flushes that failed and were tried again.', labels: [] },
  alpha_archive_waiting_rows: { kind: 'gauge', help: 'Rows read and not durable in the archive yet.', labels: [] },
  alpha_feed_messages_total: {
    kind: 'counter',
    help: 'Market events received.',
    labels: ['exchange', 'channel', 'symbol'],
  },
  alpha_feed_data_age_seconds: {
    kind: 'gauge',
    help: 'Since the last market event; since the connection when none came on it.',
    labels: ['exchange', 'channel', 'symbol'],
  },
  alpha_feed_silence_limit_seconds: {
    kind: 'gauge',
    help: 'Age of data beyond which the channel counts as silent, learnt from its rhythm.',
    labels: ['exchange', 'channel', 'symbol'],
  },
  alpha_feed_lag_seconds: {
    kind: 'histogram',
    help: 'From the time on an event to its arrival, by the clock that is measured against the exchange; a sample a second.',
    labels: ['exchange', 'channel'],
  },
  alpha_feed_connected: { kind: 'gauge', help: 'Whether the socket is open: 1 or 0.', labels: ['exchange'] },
  alpha_feed_disconnects_total: { kind: 'counter', help: 'Connections lost or refused.', labels: ['exchange'] },
  alpha_feed_stale_total: {
    kind: 'counter',
    help: 'Times a channel was silent for too long.',
    labels: ['exchange', 'channel', 'symbol'],
  },
  alpha_feed_gaps_total: {
    kind: 'counter',
    help: 'Losses that could not be made good.',
    labels: ['exchange', 'channel', 'symbol'],
  },
  alpha_feed_backfilled_trades_total: {
    kind: 'counter',
    help: 'Missed trades that were read afterwards.',
    labels: ['exchange', 'symbol'],
  },
  alpha_feed_rejected_frames_total: {
    kind: 'counter',
    help: 'Frames that are not what the protocol promises.',
    labels: ['exchange', 'reason'],
  },
  alpha_feed_refused_commands_total: {
    kind: 'counter',
    help: 'Commands that the exchange refused, too many included.',
    labels: ['exchange'],
  },
  alpha_feed_queued_events: { kind: 'gauge', help: 'Events that wait for the collector.', labels: ['exchange'] },
  alpha_feed_held_trades: { kind: 'gauge', help: 'Live trades that wait for a backfill.', labels: ['exchange'] },
  alpha_feed_dropped_events_total: {
    kind: 'counter',
    help: 'Events given up because the queue of the feed was full.',
    labels: ['exchange', 'channel', 'symbol'],
  },
} as const satisfies Readonly<Record<string, Description>>;

export type MetricName = keyof typeof METRICS;
type NameOf<Kind extends Description['kind']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

/** Where measurements go. Cheap enough for every batch, not meant for every event. */
export interface Metrics {
  /** Adds to a counter. */
  count(name: NameOf<'counter'>, amount: number, labels?: Labels): void;
  /** Sets a gauge. */
  set(name: NameOf<'gauge'>, value: number, labels?: Labels): void;
  /** Notes one duration, seconds. */
  observe(name: NameOf<'histogram'>, seconds: number, labels?: Labels): void;
}

export interface MetricSample {
  readonly name: MetricName;
  readonly labels: Labels;
  /** Of a counter or gauge; of a histogram the number of observations. */
  readonly value: number;
  /** Histograms only: the sum of all observations and, for each upper bound, how many were not above it. */
  readonly histogram?: {
    readonly sum: number;
    readonly buckets: readonly { readonly le: number; readonly count: number }[];
  };
}

/** Upper bounds in seconds: from a hundredth of a millisecond to ten seconds. */
const BOUNDS = [0.000_01, 0.000_1, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Cell {
  readonly name: MetricName;
  readonly labels: Labels;
  value: number;
  sum: number;
  readonly buckets: number[];
}

/** Metrics of one process as plain data: whoever shows them reads `samples`. */
export class MetricsRegistry implements Metrics {
  readonly #cells = new Map<string, Cell>();

  count(name: MetricName, amount: number, labels: Labels = {}): void {
    this.#cell(name, labels).value += amount;
  }

  set(name: MetricName, value: number, labels: Labels = {}): void {
    this.#cell(name, labels).value = value;
  }

  observe(name: MetricName, seconds: number, labels: Labels = {}): void {
    const cell = this.#cell(name, labels);
    cell.value++;
    cell.sum += seconds;
    const bound = BOUNDS.findIndex((le) => seconds <= le);
    if (bound >= 0) cell.buckets[bound] = (cell.buckets[bound] ?? 0) + 1;
  }

  /** By name and labels. */
  samples(): readonly MetricSample[] {
    const cells = [...this.#cells].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return cells.map(([, { name, labels, value, sum, buckets }]) => {
      if (METRICS[name].kind !== 'histogram') return { name, labels, value };
      let count = 0;
      const cumulative = BOUNDS.map((le, n) => {
        count += buckets[n] ?? 0;
        return { le, count };
      });
      return { name, labels, value, histogram: { sum, buckets: cumulative } };
    });
  }

  #cell(name: MetricName, labels: Labels): Cell {
    const key = `${name}${METRICS[name].labels.map((label) => `|${labels[label] ?? ''}`).join('')}`;
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    const cell = { name, labels, value: 0, sum: 0, buckets: [] };
    this.#cells.set(key, cell);
    return cell;
  }
}

/** Measures nothing. */
export const silentMetrics: Metrics = { count() {}, set() {}, observe() {} };

interface Description {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every metric there is. Sizes are bytes and times are seconds, as the unit in the name says. */
export const METRICS = {
  alpha_feed_messages_total: {
    kind: 'counter',
    help: 'Market events received.',
    labels: ['exchange', 'channel', 'symbol'],
  },
  alpha_feed_data_age_seconds: {
    kind: 'gauge',
    help: 'Since the last market event; since the start of the feed when none ever came.',
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
    labels: ['exchange', 'channel', 'symbol'],
  },
  alpha_feed_last_lag_seconds: {
    kind: 'gauge',
    help: 'The same of the last event.',
    labels: ['exchange', 'channel', 'symbol'],
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
  alpha_bus_dead_letters_total: {
    kind: 'counter',
    help: 'Entries that could not be decoded and were set aside, counted by the process that did it.',
    labels: ['stream'],
  },
  alpha_bus_dropped_events_total: {
    kind: 'counter',
    help: 'Events given up because a ceiling was reached.',
    labels: ['stream'],
  },
  alpha_bus_spool_bytes: { kind: 'gauge', help: 'What waits on disk until the bus is back.', labels: [] },
  alpha_bus_spool_events: { kind: 'gauge', help: 'Events that wait on disk until the bus is back.', labels: [] },
  alpha_bus_spool_oldest_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest event that waits on disk until the bus is back.',
    labels: [],
  },
  alpha_bus_spooled_events_total: { kind: 'counter', help: 'Events put on disk because the bus was away.', labels: [] },
  alpha_bus_drained_events_total: { kind: 'counter', help: 'Of these, events that the bus has by now.', labels: [] },
  alpha_bus_republished_events_total: {
    kind: 'counter',
    help: 'Events sent again to a bus that had lost what it had acknowledged.',
    labels: [],
  },
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
  alpha_store_commits_total: { kind: 'counter', help: 'Batches a brain committed.', labels: ['brain'] },
  alpha_store_commit_seconds: {
    kind: 'histogram',
    help: 'From the call of commit to its answer, failed ones included.',
    labels: ['brain'],
  },
  alpha_store_commit_failures_total: {
    kind: 'counter',
    help: 'Commits that failed; most are tried again.',
    labels: ['brain', 'code'],
  },
  alpha_engine_bars_total: { kind: 'counter', help: 'Bars recorded.', labels: ['symbol', 'timeframe'] },
  alpha_engine_signals_total: { kind: 'counter', help: 'Signals recorded.', labels: ['symbol', 'strategy', 'action'] },
  alpha_engine_denials_total: {
    kind: 'counter',
    help: 'Signals the risk gate refused, by the code of the check.',
    labels: ['symbol', 'code'],
  },
  alpha_engine_order_events_total: {
    kind: 'counter',
    help: 'Changes of orders by the state they led to.',
    labels: ['symbol', 'status'],
  },
  alpha_engine_fills_total: { kind: 'counter', help: 'Executions booked.', labels: ['symbol', 'side'] },
  alpha_engine_position_size: {
    kind: 'gauge',
    help: 'Net position of a strategy, base coin; short is negative.',
    labels: ['symbol', 'strategy'],
  },
  alpha_engine_equity: { kind: 'gauge', help: 'Capital and all profit and loss, quote currency.', labels: [] },
  alpha_engine_realized_pnl: { kind: 'gauge', help: 'Profit of what was closed, quote currency.', labels: [] },
  alpha_engine_unrealized_pnl: { kind: 'gauge', help: 'Profit of what is open, quote currency.', labels: [] },
  alpha_engine_fees: { kind: 'gauge', help: 'Fees paid so far, quote currency.', labels: [] },
  alpha_engine_drawdown_ratio: { kind: 'gauge', help: 'Fall of the equity from its peak; 1 is all of it.', labels: [] },
  alpha_engine_trading_state: {
    kind: 'gauge',
    help: 'What may be traded: 0 everything, 1 only what reduces, 2 nothing but what protects. `*` is the account.',
    labels: ['symbol'],
  },
  alpha_process_ready: { kind: 'gauge', help: 'Whether /readyz says ready: 1 or 0.', labels: [] },
} as const satisfies Readonly<Record<string, Description>>;

export type MetricName = keyof typeof METRICS;

export type NameOf<Kind extends Description['kind']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

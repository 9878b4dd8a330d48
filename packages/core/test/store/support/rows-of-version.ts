import { START } from '../../../src/testing/store-records.js';

/** Market data of the day of `START`, as the bus had it. */
export const OLD_TRADE = {
  type: 'trade',
  exchange: 'gmo',
  symbol: 'BTC_JPY',
  ts: START,
  seq: 1,
  data: { price: 6123456, size: 0.01, side: 'buy' },
} as const;

/** Signals and states with what `jsonb` would not give back: the order of keys. */
export const OLD_SIGNAL = {
  type: 'signal',
  exchange: 'gmo',
  symbol: 'BTC_JPY',
  ts: START + 60_000,
  seq: 1,
  id: 'signal-1',
  strategy: 'breakout_v1',
  action: 'enter_long',
  confidence: 0.72,
  price_ref: 6123500,
  meta: { z: 1, a: '日本' },
} as const;
export const OLD_STATE = { version: 1, highWater: { b: 2, a: 1 }, state: { '10': 1, x: null } };
export const OLD_INPUTS = {
  reads: [],
  fed: [{ kind: 'bar', symbol: 'BTC_JPY', timeframe: '1m', openTs: START }],
  signalIds: ['signal-1'],
};

const json = (value: unknown) => `'${JSON.stringify(value).replaceAll("'", "''")}'`;

/** A row in every table, as version 1 wrote it. Written once: it must never be made to fit a later schema. */
const VERSION_1 = `
INSERT INTO raw_events (type, exchange, symbol, ts, seq, event)
  VALUES ('trade', 'gmo', 'BTC_JPY', ${START}, 1, ${json(OLD_TRADE)});
INSERT INTO ohlcv (exchange, symbol, timeframe, open_ts, close_ts, open, high, low, close, volume, trades)
  VALUES ('gmo', 'BTC_JPY', '1m', ${START}, ${START + 60_000}, 1, 0.30000000000000004, 1e-7, 0.3333333333333333, 5e-324, 3);
INSERT INTO signals (id, exchange, symbol, ts, strategy, instance_id, action, bar_timeframe, bar_open_ts, bar_ref, event)
  SELECT 'signal-1', 'gmo', 'BTC_JPY', ${START + 60_000}, 'breakout_v1', 'instance-1', 'enter_long', '1m', ${START}, bar_id, ${json(OLD_SIGNAL)}
  FROM ohlcv;
INSERT INTO verdicts (signal_id, signal_ref, approved, inputs, ts)
  VALUES ('signal-1', 'signal-1', true, '{"age": {"ms": 12}}', ${START + 60_001});
INSERT INTO orders (client_order_id, exchange, symbol, strategy, signal_id, signal_ref, leg, side, effect, type, size, price,
    created_ts, status, request, filled_size, average_price, exchange_order_id, sent_ts, sent_wall_ts, updated_ts)
  VALUES ('order-1', 'gmo', 'BTC_JPY', 'breakout_v1', 'signal-1', 'signal-1', 0, 'buy', 'open', 'limit', 0.000000000000000001,
    123456789012345678901234567890.123456789, ${START + 60_001}, 'FILLED', 'none', 0.000000000000000001, 6123456.5, 'exchange-1',
    ${START + 60_002}, ${START + 60_003}, ${START + 60_009});
INSERT INTO order_events (id, type, client_order_id, order_ref, signal_id, ts, event)
  VALUES ('event-1', 'order', 'order-1', 'order-1', 'signal-1', ${START + 60_009}, '{"type":"order","id":"event-1","b":1,"a":2}');
INSERT INTO executions (execution_id, client_order_id, exchange_order_id, strategy, symbol, side, effect, price, size, fee, ts)
  VALUES ('execution-1', 'order-1', 'exchange-1', 'breakout_v1', 'BTC_JPY', 'buy', 'open', 6123456.5, 0.01, -0.3, ${START + 60_008});
INSERT INTO positions (exchange, symbol, strategy, size, average_price, realized_pnl, fees, updated_ts)
  VALUES ('gmo', 'BTC_JPY', 'breakout_v1', -0.01, 6123456.000000000000000001, -5, 0.1, ${START + 60_009});
INSERT INTO brains (brain, fence, batch, positions, state, committed_ts)
  VALUES ('strategy:gmo', 3, 7, '{"md:trade":"1732312345123-0"}', ${json(OLD_STATE)}, ${START + 60_009});
INSERT INTO equity (brain, ts, equity, realized_pnl, unrealized_pnl, fees, drawdown)
  VALUES ('strategy:gmo', ${START + 60_009}, 999999.99, -5, 1.5, 0.1, 0.0625);
INSERT INTO input_log (brain, batch, ts, inputs) VALUES ('strategy:gmo', 7, ${START + 60_009}, ${json(OLD_INPUTS)});
INSERT INTO outbox (brain, batch, ordinal, event) VALUES ('strategy:gmo', 7, 0, ${json(OLD_SIGNAL)});
INSERT INTO sessions (session_id, brain, started_ts, facts) VALUES ('session-1', 'engine:gmo', ${START}, '{"node": "v20"}');
INSERT INTO logs (ts, level, message, fields) VALUES (${START}, 'warn', 'odd', '{"a": 1}');
`;

/** As version 1, and every order says what it is for and how long it stands. */
const VERSION_3 = VERSION_1.replace(
  'type, size, price,\n    created_ts',
  'type, size, price,\n    purpose, time_in_force, created_ts',
).replace('123456789012345678901234567890.123456789, ', "123456789012345678901234567890.123456789, 'entry', 'gtc', ");

/** As version 3, with a second bar that opened in the same millisecond as the first. */
const VERSION_4 = `${VERSION_3}
INSERT INTO ohlcv (exchange, symbol, timeframe, open_ts, ordinal, close_ts, open, high, low, close, volume, trades)
  VALUES ('gmo', 'BTC_JPY', '5t', ${START}, 0, ${START}, 1, 1, 1, 1, 1, 5), ('gmo', 'BTC_JPY', '5t', ${START}, 1, ${START + 9}, 2, 2, 2, 2, 2, 5);
`;

/** Statements that fill a database of a version the way that version did. A new migration adds a line here. */
export const ROWS_OF_VERSION: Readonly<Record<number, string>> = {
  1: VERSION_1,
  2: `CREATE TABLE raw_events_20241122 PARTITION OF raw_events FOR VALUES FROM (1732233600000) TO (1732320000000); ${VERSION_1}`,
  3: `CREATE TABLE raw_events_20241122 PARTITION OF raw_events FOR VALUES FROM (1732233600000) TO (1732320000000); ${VERSION_3}`,
  4: `CREATE TABLE raw_events_20241122 PARTITION OF raw_events FOR VALUES FROM (1732233600000) TO (1732320000000); ${VERSION_4}`,
};

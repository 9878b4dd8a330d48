import { ORDER_REQUESTS, ORDER_STATUSES } from '../../../events/order.js';

const oneOf = (values: readonly string[]) => values.map((value) => `'${value}'`).join(', ');

/**
 * Times are epoch milliseconds. Money is `numeric`, market data `double precision`. Events and brain states are `json`, not
 * `jsonb`: they come back to the last character, key order included, because replay and rebuild compare them. `*_ref`
 * columns are the foreign keys: null when what the plain column names is not in this database.
 */
export const initial = `
CREATE TABLE raw_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type text NOT NULL, exchange text NOT NULL, symbol text NOT NULL,
  ts bigint NOT NULL, seq bigint, event json NOT NULL
);
CREATE UNIQUE INDEX raw_events_series ON raw_events (exchange, symbol, type, seq) WHERE seq IS NOT NULL;
CREATE INDEX raw_events_ts ON raw_events USING brin (ts);

CREATE TABLE ohlcv (
  bar_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  exchange text NOT NULL, symbol text NOT NULL, timeframe text NOT NULL,
  open_ts bigint NOT NULL, close_ts bigint NOT NULL,
  open double precision NOT NULL, high double precision NOT NULL,
  low double precision NOT NULL, close double precision NOT NULL,
  volume double precision NOT NULL, trades bigint NOT NULL,
  UNIQUE (exchange, symbol, timeframe, open_ts)
);

CREATE TABLE signals (
  row_id bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  exchange text NOT NULL, symbol text NOT NULL, ts bigint NOT NULL,
  strategy text NOT NULL, instance_id text NOT NULL, action text NOT NULL,
  bar_timeframe text, bar_open_ts bigint,
  bar_ref bigint REFERENCES ohlcv (bar_id),
  event json NOT NULL
);
CREATE INDEX signals_newest ON signals (ts, row_id);
CREATE INDEX signals_symbol ON signals (symbol, ts, row_id);
CREATE INDEX signals_bar ON signals (bar_ref) WHERE bar_ref IS NOT NULL;

CREATE TABLE verdicts (
  row_id bigint GENERATED ALWAYS AS IDENTITY,
  signal_id text PRIMARY KEY,
  signal_ref text REFERENCES signals (id),
  approved boolean NOT NULL, code text, message text,
  inputs jsonb NOT NULL, ts bigint NOT NULL
);
CREATE INDEX verdicts_newest ON verdicts (approved, ts, row_id);

CREATE TABLE orders (
  row_id bigint GENERATED ALWAYS AS IDENTITY,
  client_order_id text PRIMARY KEY,
  exchange text NOT NULL, symbol text NOT NULL, strategy text NOT NULL,
  signal_id text NOT NULL, signal_ref text REFERENCES signals (id),
  leg integer NOT NULL,
  side text NOT NULL CHECK (side IN ('buy', 'sell')),
  effect text NOT NULL CHECK (effect IN ('open', 'close')),
  type text NOT NULL CHECK (type IN ('market', 'limit')),
  size numeric NOT NULL, price numeric, position_id text, created_ts bigint NOT NULL,
  status text NOT NULL CONSTRAINT orders_status_check CHECK (status IN (${oneOf(ORDER_STATUSES)})),
  request text NOT NULL CONSTRAINT orders_request_check CHECK (request IN (${oneOf(ORDER_REQUESTS)})),
  filled_size numeric NOT NULL, average_price numeric, reason text,
  exchange_order_id text, sent_ts bigint, sent_wall_ts bigint, updated_ts bigint NOT NULL,
  CONSTRAINT orders_known_check CHECK (
    exchange_order_id IS NOT NULL OR status IN ('PENDING', 'SUBMITTED', 'REJECTED', 'VOID')
  )
);
CREATE INDEX orders_oldest ON orders (created_ts, row_id);
CREATE INDEX orders_symbol ON orders (symbol, created_ts, row_id);
CREATE INDEX orders_status ON orders (status, created_ts, row_id);
CREATE INDEX orders_signal ON orders (signal_ref) WHERE signal_ref IS NOT NULL;

CREATE TABLE order_events (
  row_id bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  type text NOT NULL, client_order_id text, order_ref text REFERENCES orders (client_order_id), signal_id text,
  ts bigint NOT NULL, event json NOT NULL
);
CREATE INDEX order_events_order ON order_events (client_order_id, row_id);
CREATE INDEX order_events_ref ON order_events (order_ref) WHERE order_ref IS NOT NULL;

CREATE TABLE executions (
  row_id bigint GENERATED ALWAYS AS IDENTITY,
  execution_id text PRIMARY KEY,
  client_order_id text REFERENCES orders (client_order_id),
  exchange_order_id text NOT NULL, strategy text NOT NULL, symbol text NOT NULL,
  side text NOT NULL CHECK (side IN ('buy', 'sell')),
  effect text NOT NULL CHECK (effect IN ('open', 'close')),
  price numeric NOT NULL, size numeric NOT NULL, fee numeric NOT NULL,
  realized_pnl numeric, position_id text, ts bigint NOT NULL
);
CREATE INDEX executions_order ON executions (client_order_id);
CREATE INDEX executions_newest ON executions (ts, row_id);
CREATE INDEX executions_symbol ON executions (symbol, ts, row_id);

CREATE TABLE positions (
  exchange text NOT NULL, symbol text NOT NULL, strategy text NOT NULL,
  size numeric NOT NULL, average_price numeric NOT NULL, realized_pnl numeric NOT NULL, fees numeric NOT NULL,
  updated_ts bigint NOT NULL,
  PRIMARY KEY (exchange, symbol, strategy)
);

CREATE TABLE brains (
  brain text PRIMARY KEY,
  fence bigint NOT NULL, batch bigint NOT NULL,
  positions json, state json, committed_ts bigint
);

CREATE TABLE equity (
  brain text NOT NULL REFERENCES brains (brain), ts bigint NOT NULL,
  equity numeric NOT NULL, realized_pnl numeric NOT NULL, unrealized_pnl numeric NOT NULL,
  fees numeric NOT NULL, drawdown numeric NOT NULL,
  PRIMARY KEY (brain, ts)
);
CREATE INDEX equity_newest ON equity (ts);

CREATE TABLE input_log (
  brain text NOT NULL REFERENCES brains (brain), batch bigint NOT NULL,
  ts bigint NOT NULL, inputs json NOT NULL,
  PRIMARY KEY (brain, batch)
);

CREATE TABLE outbox (
  brain text NOT NULL REFERENCES brains (brain), batch bigint NOT NULL, ordinal integer NOT NULL,
  event json NOT NULL,
  PRIMARY KEY (brain, batch, ordinal)
);

CREATE TABLE sessions (
  session_id text PRIMARY KEY,
  brain text NOT NULL, started_ts bigint NOT NULL, facts jsonb NOT NULL
);
CREATE INDEX sessions_brain ON sessions (brain, started_ts);

CREATE TABLE logs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ts bigint NOT NULL, level text NOT NULL, message text NOT NULL, fields jsonb NOT NULL
);
CREATE INDEX logs_ts ON logs (ts);
`;

import { AlphaError } from '../../errors/alpha-error.js';
import type {
  DenialEvent,
  OrderEvent,
  OrderPurpose,
  OrderRequest,
  OrderStatus,
  OrderType,
  TimeInForce,
} from '../../events/order.js';
import { barKeyOf } from '../../market/bar.js';
import type { Timeframe } from '../../market/timeframe.js';
import type { Order, OrderTerms } from '../../orders/order.js';
import type { OrderRow } from '../store.js';
import type { Session } from './database.js';
import { columns, decimal, lastByKey, money, optionalMoney, optionalText, text, verbatimJson } from './values.js';

export async function writeOrders(session: Session, orders: readonly Order[]): Promise<void> {
  await session.query(
    `INSERT INTO orders (client_order_id, exchange, symbol, strategy, signal_id, leg, side, effect, type, size, price,
       position_id, purpose, time_in_force, trigger_price, working_price, created_ts, status, request, filled_size, average_price, reason, exchange_order_id, sent_ts,
       sent_wall_ts, updated_ts, signal_ref)
     SELECT o.*, (SELECT s.id FROM signals s WHERE s.id = o.signal_id)
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[],
                 $9::text[], $10::numeric[], $11::numeric[], $12::text[], $13::text[], $14::text[], $15::numeric[],
                 $16::numeric[], $17::bigint[], $18::text[], $19::text[], $20::numeric[], $21::numeric[], $22::text[],
                 $23::text[], $24::bigint[], $25::bigint[], $26::bigint[])
       AS o (client_order_id, exchange, symbol, strategy, signal_id, leg, side, effect, type, size, price, position_id,
             purpose, time_in_force, trigger_price, working_price, created_ts, status, request, filled_size, average_price, reason, exchange_order_id, sent_ts, sent_wall_ts,
             updated_ts)
     ON CONFLICT (client_order_id) DO UPDATE SET
       status = excluded.status, request = excluded.request, filled_size = excluded.filled_size,
       working_price = excluded.working_price, average_price = excluded.average_price, reason = excluded.reason,
       exchange_order_id = excluded.exchange_order_id, sent_ts = coalesce(excluded.sent_ts, orders.sent_ts),
       sent_wall_ts = coalesce(excluded.sent_wall_ts, orders.sent_wall_ts), updated_ts = excluded.updated_ts,
       signal_ref = coalesce(orders.signal_ref, excluded.signal_ref)`,
    columns<Order>(
      lastByKey(orders, ({ terms }) => terms.clientOrderId),
      ({ terms }) => text(terms.clientOrderId),
      ({ terms }) => terms.exchange,
      ({ terms }) => terms.symbol,
      ({ terms }) => text(terms.strategy),
      ({ terms }) => text(terms.signalId),
      ({ terms }) => terms.leg,
      ({ terms }) => terms.side,
      ({ terms }) => terms.effect,
      ({ terms }) => terms.type,
      ({ terms }) => money(terms.size),
      ({ terms }) => optionalMoney(terms.price),
      ({ terms }) => optionalText(terms.positionId),
      ({ terms }) => terms.purpose,
      ({ terms }) => terms.timeInForce,
      ({ terms }) => optionalMoney(terms.triggerPrice),
      (order) => optionalMoney(order.workingPrice),
      ({ terms }) => terms.createdTs,
      (order) => order.status,
      (order) => order.request,
      (order) => money(order.filledSize),
      (order) => optionalMoney('averagePrice' in order ? order.averagePrice : undefined),
      (order) => optionalText('reason' in order ? order.reason : undefined),
      (order) => optionalText('exchangeOrderId' in order ? order.exchangeOrderId : undefined),
      (order) => (order.status === 'SUBMITTED' ? order.sentTs : null),
      (order) => (order.status === 'SUBMITTED' ? order.sentWallTs : null),
      (order) => order.updatedTs,
    ),
  );
}

interface OrderColumns {
  readonly client_order_id: string;
  readonly exchange: string;
  readonly symbol: string;
  readonly strategy: string;
  readonly signal_id: string;
  readonly leg: number;
  readonly side: 'buy' | 'sell';
  readonly effect: 'open' | 'close';
  readonly type: OrderType;
  readonly size: string;
  readonly price: string | null;
  readonly position_id: string | null;
  readonly purpose: OrderPurpose;
  readonly time_in_force: TimeInForce;
  readonly trigger_price: string | null;
  readonly working_price: string | null;
  readonly created_ts: string;
  readonly status: OrderStatus;
  readonly request: OrderRequest;
  readonly filled_size: string;
  readonly average_price: string | null;
  readonly reason: string | null;
  readonly exchange_order_id: string | null;
  readonly sent_ts: string | null;
  readonly sent_wall_ts: string | null;
  readonly updated_ts: string;
}

interface JoinedColumns extends OrderColumns {
  readonly fees: string;
  readonly realized_pnl: string;
  readonly signal_ref: string | null;
  readonly signal_action: string | null;
  readonly signal_ts: string | null;
  readonly bar_timeframe: Timeframe | null;
  readonly bar_open_ts: string | null;
  readonly bar_ordinal: number | null;
}

/** Oldest first; a limit keeps the newest. */
export async function readOrders(
  session: Session,
  query: {
    readonly id?: string;
    readonly symbol?: string;
    readonly statuses?: readonly OrderStatus[];
    readonly limit?: number;
  },
): Promise<readonly OrderRow[]> {
  const { rows } = await session.query<JoinedColumns>(
    `SELECT o.*, coalesce(f.fees, 0) AS fees, coalesce(f.realized_pnl, 0) AS realized_pnl,
            s.action AS signal_action, s.ts AS signal_ts, b.timeframe AS bar_timeframe, b.open_ts AS bar_open_ts,
            b.ordinal AS bar_ordinal
     FROM (SELECT * FROM orders
           WHERE ($1::text IS NULL OR symbol = $1) AND ($2::text[] IS NULL OR status = ANY ($2))
             AND ($4::text IS NULL OR starts_with(client_order_id, $4) OR exchange_order_id = $4 OR signal_id = $4)
           ORDER BY created_ts DESC, row_id DESC LIMIT $3) o
     LEFT JOIN LATERAL (SELECT sum(fee) AS fees, sum(realized_pnl) AS realized_pnl FROM executions e
                        WHERE e.client_order_id = o.client_order_id) f ON true
     LEFT JOIN signals s ON s.id = o.signal_ref
     LEFT JOIN ohlcv b ON b.bar_id = s.bar_ref
     ORDER BY o.created_ts, o.row_id`,
    [query.symbol ?? null, query.statuses ?? null, query.limit ?? null, query.id ?? null],
  );
  return rows.map((row) => ({
    order: orderOf(row),
    fees: decimal(row.fees),
    realizedPnl: decimal(row.realized_pnl),
    signal:
      row.signal_ref === null ? null : { id: row.signal_ref, action: row.signal_action!, ts: Number(row.signal_ts) },
    bar:
      row.bar_timeframe === null
        ? null
        : {
            timeframe: row.bar_timeframe,
            ...barKeyOf({ openTs: Number(row.bar_open_ts), ordinal: row.bar_ordinal ?? 0 }),
          },
  }));
}

function orderOf(row: OrderColumns): Order {
  const { status } = row;
  const base = {
    terms: termsOf(row),
    request: row.request,
    filledSize: decimal(row.filled_size),
    ...(row.working_price === null ? {} : { workingPrice: decimal(row.working_price) }),
    updatedTs: Number(row.updated_ts),
  };
  const averagePrice = row.average_price === null ? {} : { averagePrice: decimal(row.average_price) };
  const exchangeOrderId = row.exchange_order_id === null ? {} : { exchangeOrderId: row.exchange_order_id };
  switch (status) {
    case 'PENDING':
      return { ...base, status };
    case 'SUBMITTED':
      return {
        ...base,
        status,
        sentTs: Number(present(row.sent_ts, row, 'sent_ts')),
        sentWallTs: Number(present(row.sent_wall_ts, row, 'sent_wall_ts')),
      };
    case 'NEW':
      return { ...base, status, exchangeOrderId: present(row.exchange_order_id, row, 'exchange_order_id') };
    case 'PARTIALLY_FILLED':
    case 'FILLED':
      return {
        ...base,
        status,
        exchangeOrderId: present(row.exchange_order_id, row, 'exchange_order_id'),
        averagePrice: decimal(present(row.average_price, row, 'average_price')),
      };
    case 'CANCELED':
    case 'EXPIRED':
      return {
        ...base,
        status,
        exchangeOrderId: present(row.exchange_order_id, row, 'exchange_order_id'),
        ...averagePrice,
        reason: row.reason ?? '',
      };
    case 'REJECTED':
    case 'VOID':
      return { ...base, status, ...exchangeOrderId, ...averagePrice, reason: row.reason ?? '' };
  }
}

function termsOf(row: OrderColumns): OrderTerms {
  return {
    clientOrderId: row.client_order_id,
    exchange: row.exchange,
    symbol: row.symbol,
    strategy: row.strategy,
    signalId: row.signal_id,
    leg: row.leg,
    side: row.side,
    effect: row.effect,
    purpose: row.purpose,
    type: row.type,
    timeInForce: row.time_in_force,
    size: decimal(row.size),
    ...(row.price === null ? {} : { price: decimal(row.price) }),
    ...(row.trigger_price === null ? {} : { triggerPrice: decimal(row.trigger_price) }),
    ...(row.position_id === null ? {} : { positionId: row.position_id }),
    createdTs: Number(row.created_ts),
  };
}

function present<T>(value: T | null, row: OrderColumns, column: string): T {
  if (value !== null) return value;
  throw new AlphaError(
    'STORE_FAILED',
    `Order ${row.client_order_id} is ${row.status} but its ${column} is missing: the database was changed by other hands.`,
    { context: { clientOrderId: row.client_order_id, status: row.status, column } },
  );
}

/** An event never changes: one that is there already is the same. One may speak of an order that is not ours. */
export async function writeOrderEvents(session: Session, events: readonly (OrderEvent | DenialEvent)[]): Promise<void> {
  await session.query(
    `INSERT INTO order_events (id, type, client_order_id, signal_id, ts, event, order_ref)
     SELECT e.*, (SELECT o.client_order_id FROM orders o WHERE o.client_order_id = e.client_order_id)
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::json[])
       AS e (id, type, client_order_id, signal_id, ts, event)
     ON CONFLICT (id) DO NOTHING`,
    columns<OrderEvent | DenialEvent>(
      events,
      (event) => text(event.id),
      (event) => event.type,
      (event) => (event.type === 'order' ? text(event.data.client_order_id) : null),
      (event) => optionalText(event.data.signal_id),
      (event) => event.ts,
      verbatimJson,
    ),
  );
}

/** In the order they were committed. */
export async function readOrderEvents(
  session: Session,
  clientOrderId?: string,
): Promise<readonly (OrderEvent | DenialEvent)[]> {
  const { rows } = await session.query<{ event: OrderEvent | DenialEvent }>(
    'SELECT event FROM order_events WHERE $1::text IS NULL OR client_order_id = $1 ORDER BY row_id',
    [clientOrderId ?? null],
  );
  return rows.map(({ event }) => event);
}

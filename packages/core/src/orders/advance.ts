import { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import type { ExchangeOrder } from '../exchange/broker.js';
import { type ExchangeOrderId, type Fill, type Order, type OrderOf, workingPrice } from './order.js';
import { canTransition } from './transitions.js';

/**
 * How an order moves. Each function returns the same object when the news is old, doubled or out of order: an order never
 * moves backwards. New keys stand before what is kept: after a spread V8 takes half a microsecond for each.
 */

/** The first byte is about to leave. Both times are those of the step that recorded it. */
export function submitted(order: OrderOf<'PENDING'>, at: { marketTs: EpochMs; wallTs: EpochMs }): OrderOf<'SUBMITTED'> {
  return {
    sentTs: at.marketTs,
    sentWallTs: at.wallTs,
    ...order,
    status: 'SUBMITTED',
    request: 'place',
    updatedTs: at.marketTs,
  };
}

/** The exchange named the order. */
export function bound(order: OrderOf<'SUBMITTED'>, exchangeOrderId: ExchangeOrderId, ts: EpochMs): OrderOf<'NEW'> {
  return { request: 'none', status: 'NEW', exchangeOrderId, ...kept(order, ts) };
}

/** Ends an order that had no effect: `REJECTED` by the exchange, or `VOID` by proof. Anything else is left as it is. */
export function ended(order: Order, status: 'REJECTED' | 'VOID', reason: string, ts: EpochMs): Order {
  if (order.status === status || !canTransition(order.status, status)) return order;
  const exchangeOrderId = 'exchangeOrderId' in order ? order.exchangeOrderId : undefined;
  return {
    ...kept(order, ts),
    request: 'none',
    status,
    reason,
    ...(exchangeOrderId === undefined ? {} : { exchangeOrderId }),
  };
}

/**
 * Applies what the exchange shows of an order that is already bound. `filled` changes nothing here: FILLED is derived from
 * executions alone.
 */
export function reported(order: Order, report: ExchangeOrder, ts: EpochMs): Order {
  if (order.status !== 'NEW' && order.status !== 'PARTIALLY_FILLED') return order;
  switch (report.state) {
    case 'working':
    case 'filled':
      return order;
    case 'rejected':
      return ended(order, 'REJECTED', report.reason ?? 'rejected', ts);
    case 'canceled':
    case 'expired': {
      const status = report.state === 'canceled' ? 'CANCELED' : 'EXPIRED';
      return {
        ...kept(order, ts),
        request: 'none',
        exchangeOrderId: order.exchangeOrderId,
        status,
        reason: report.reason ?? report.state,
        ...(order.status === 'PARTIALLY_FILLED' ? { averagePrice: order.averagePrice } : {}),
      };
    }
  }
}

/** The exchange works the order at another price than before; the same object when it does not. */
export function repriced(order: Order, price: Decimal, ts: EpochMs): Order {
  if (order.status !== 'NEW' && order.status !== 'PARTIALLY_FILLED') return order;
  if (workingPrice(order)?.eq(price) ?? true) return order;
  return { ...order, workingPrice: price, updatedTs: Math.max(order.updatedTs, ts) };
}

/**
 * Books one execution that was not booked before. `notional` is the sum of price × size of all the order's fills with this
 * one, so that the average does not depend on the order in which fills arrive.
 */
export function filled(order: Order, fill: Fill, notional: Decimal, ts: EpochMs): Order {
  const filledSize = order.filledSize.plus(fill.size);
  const averagePrice = filledSize.isZero() ? Decimal.zero : notional.dividedBy(filledSize);
  const base = { ...kept(order, Math.max(ts, fill.ts)), filledSize };
  switch (order.status) {
    case 'PENDING':
    case 'SUBMITTED':
      return order;
    case 'NEW':
    case 'PARTIALLY_FILLED':
    case 'FILLED': {
      const done = filledSize.gte(order.terms.size);
      return {
        request: done ? 'none' : order.request,
        exchangeOrderId: order.exchangeOrderId,
        status: done ? 'FILLED' : 'PARTIALLY_FILLED',
        averagePrice,
        ...base,
      };
    }
    case 'CANCELED':
    case 'EXPIRED':
    case 'REJECTED':
    case 'VOID':
      return { ...order, ...base, averagePrice };
  }
}

/** What every status keeps of the one before. */
function kept(order: Order, ts: EpochMs): Pick<Order, 'terms' | 'filledSize' | 'updatedTs' | 'workingPrice'> {
  const { terms, filledSize, workingPrice } = order;
  const updatedTs = Math.max(order.updatedTs, ts);
  if (workingPrice === undefined) return { terms, filledSize, updatedTs };
  return { terms, filledSize, updatedTs, workingPrice };
}

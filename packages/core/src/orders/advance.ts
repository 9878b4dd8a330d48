import { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import type { ExchangeOrder } from '../exchange/broker.js';
import type { ExchangeOrderId, Fill, Order, OrderOf } from './order.js';
import { canTransition } from './transitions.js';

/**
 * How an order moves. Each function returns the same object when the news is old, doubled or out of order: an order never
 * moves backwards.
 */

/** The first byte is about to leave. Both times are those of the step that recorded it. */
export function submitted(order: OrderOf<'PENDING'>, at: { marketTs: EpochMs; wallTs: EpochMs }): OrderOf<'SUBMITTED'> {
  return {
    ...order,
    status: 'SUBMITTED',
    request: 'place',
    sentTs: at.marketTs,
    sentWallTs: at.wallTs,
    updatedTs: at.marketTs,
  };
}

/** The exchange named the order. */
export function bound(order: OrderOf<'SUBMITTED'>, exchangeOrderId: ExchangeOrderId, ts: EpochMs): OrderOf<'NEW'> {
  const { terms, filledSize } = order;
  return { terms, request: 'none', filledSize, updatedTs: later(order, ts), status: 'NEW', exchangeOrderId };
}

/** Ends an order that had no effect: `REJECTED` by the exchange, or `VOID` by proof. Anything else is left as it is. */
export function ended(order: Order, status: 'REJECTED' | 'VOID', reason: string, ts: EpochMs): Order {
  if (order.status === status || !canTransition(order.status, status)) return order;
  const { terms, filledSize } = order;
  const exchangeOrderId = 'exchangeOrderId' in order ? order.exchangeOrderId : undefined;
  return {
    terms,
    request: 'none',
    filledSize,
    updatedTs: later(order, ts),
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
      const { terms, filledSize } = order;
      return {
        terms,
        request: 'none',
        filledSize,
        updatedTs: later(order, ts),
        exchangeOrderId: order.exchangeOrderId,
        status,
        reason: report.reason ?? report.state,
        ...(order.status === 'PARTIALLY_FILLED' ? { averagePrice: order.averagePrice } : {}),
      };
    }
  }
}

/**
 * Books one execution that was not booked before. `notional` is the sum of price × size of all the order's fills with this
 * one, so that the average does not depend on the order in which fills arrive.
 */
export function filled(order: Order, fill: Fill, notional: Decimal, ts: EpochMs): Order {
  const filledSize = order.filledSize.plus(fill.size);
  const averagePrice = filledSize.isZero() ? Decimal.zero : notional.dividedBy(filledSize);
  const updatedTs = later(order, Math.max(ts, fill.ts));
  switch (order.status) {
    case 'PENDING':
    case 'SUBMITTED':
      return order;
    case 'NEW':
    case 'PARTIALLY_FILLED':
    case 'FILLED': {
      const done = filledSize.gte(order.terms.size);
      const { terms, exchangeOrderId } = order;
      return {
        terms,
        request: done ? 'none' : order.request,
        filledSize,
        updatedTs,
        exchangeOrderId,
        status: done ? 'FILLED' : 'PARTIALLY_FILLED',
        averagePrice,
      };
    }
    case 'CANCELED':
    case 'EXPIRED':
    case 'REJECTED':
    case 'VOID':
      return { ...order, filledSize, averagePrice, updatedTs };
  }
}

function later(order: Order, ts: EpochMs): EpochMs {
  return Math.max(order.updatedTs, ts);
}

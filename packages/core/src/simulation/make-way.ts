import type { EpochMs } from '../events/common.js';
import { type CheckedRequest, checkOrder } from './check-order.js';
import type { Rejection, SimulatedOrder, SimulationReport } from './types.js';
import type { Venue } from './venue.js';

/** What an order may find taken by older ones. */
const HELD: ReadonlySet<Rejection['code']> = new Set(['insufficient_holdings', 'position_reserved']);

/**
 * `cancelBefore`: cancels the oldest orders that hold the coins or the lot this one needs, until it would be accepted. When even all
 * of them would not do, none is canceled. Returns what still refuses it, or null.
 */
export function makeWay(
  venue: Venue,
  request: CheckedRequest,
  rejection: Rejection,
  ts: EpochMs,
  reports: SimulationReport[],
): Rejection | null {
  if (request.cancelBefore !== true || request.type !== 'market' || !HELD.has(rejection.code)) return rejection;
  const instrument = venue.instrument(request.symbol);
  const inTheWay = venue.orders
    .open(request.symbol)
    .filter((order) => holds(order, request))
    .sort((a, b) => a.orderId - b.orderId);
  const owned = instrument.kind === 'spot' ? venue.account.balance(instrument.base) : request.size;
  if (inTheWay.length === 0 || request.size.gt(owned)) return rejection;
  for (const { orderId } of inTheWay) {
    venue.end(orderId, 'canceled', 'USER', ts, reports);
    if (checkOrder(venue, instrument, request) === null) return null;
  }
  return checkOrder(venue, instrument, request);
}

function holds(order: SimulatedOrder, request: CheckedRequest): boolean {
  if (order.side !== request.side || order.effect !== request.effect) return false;
  if (request.positionId === undefined) return true;
  return order.closes.some(({ positionId }) => positionId === request.positionId);
}

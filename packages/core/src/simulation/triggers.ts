import type { Decimal } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';
import { type SelfTradeVictim, take } from './matching.js';
import type { SimulationReport } from './types.js';
import type { Venue } from './venue.js';

/** A buy stop waits for the price to rise to its trigger, a sell stop for it to fall. */
export function triggerReached(side: Side, triggerPrice: Decimal, current: Decimal): boolean {
  return side === 'buy' ? current.gte(triggerPrice) : current.lte(triggerPrice);
}

/** Stops whose trigger the current price touches become market orders, first in the queue first. */
export function triggerStops(
  venue: Venue,
  symbol: string,
  victim: SelfTradeVictim,
  ts: EpochMs,
  reports: SimulationReport[],
): void {
  const waiting = venue.orders.waiting(symbol);
  if (waiting.length === 0) return;
  const current = venue.depth(symbol).reference();
  if (current === null) return;
  for (const { orderId, side, triggerPrice, effect } of waiting) {
    if (!triggerReached(side, triggerPrice, current)) continue;
    venue.orders.trigger(orderId, ts, reports);
    if (effect === 'open' && venue.margin().available.isNegative()) {
      venue.end(orderId, 'canceled', 'INSUFFICIENT_MARGIN', ts, reports);
    } else {
      take(venue, orderId, victim, ts, reports, current);
    }
  }
}

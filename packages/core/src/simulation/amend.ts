import type { EpochMs } from '../events/common.js';
import { fundsFor } from './account.js';
import { checkFunds, checkPrice } from './check-order.js';
import { type SelfTradeVictim, take, wouldTake } from './matching.js';
import type { AmendOutcome, OrderAmendment, Rejection, SimulatedOrder, SimulationReport } from './types.js';
import type { Venue } from './venue.js';

/**
 * Changes the price of an order that is not final. It keeps its id, its time and what was filled, and goes to the end of the queue; a
 * limit order that crosses now takes at once. A post-only order that would take is left as it was, and a report says so.
 */
export function amend(
  venue: Venue,
  orderId: number,
  asked: OrderAmendment,
  rules: { readonly selfTradeVictim: SelfTradeVictim; readonly mostChanges: number },
  ts: EpochMs,
): AmendOutcome {
  const before = venue.orders.get(orderId);
  if (before === undefined) return { accepted: false, code: 'unknown_order' };
  if (before.state !== 'working' && before.state !== 'waiting') return { accepted: false, code: 'already_final' };
  const { price, triggerPrice, losscutPrice } = asked;
  const change = {
    ...(before.type === 'limit' && price && { price }),
    ...(before.type === 'stop' && triggerPrice && { triggerPrice }),
    ...(losscutPrice && { losscutPrice }),
  };
  if (Object.keys(change).length === 0) {
    return { accepted: false, code: 'rejected', rejection: { code: 'price_missing' } };
  }
  const rejection = check(venue, before, { ...before, ...change }, rules.mostChanges);
  if (rejection !== null) return { accepted: false, code: 'rejected', rejection };

  const reports: SimulationReport[] = [];
  if (before.timeInForce === 'post_only' && wouldTake(venue, { ...before, ...change })) {
    return { accepted: true, order: venue.orders.refuseAmendment(orderId, 'SOK_TAKER', reports), reports };
  }
  venue.orders.amend(orderId, change, ts, reports);
  if (before.type === 'limit') take(venue, orderId, rules.selfTradeVictim, ts, reports);
  return { accepted: true, order: venue.orders.get(orderId) as SimulatedOrder, reports };
}

function check(venue: Venue, before: SimulatedOrder, after: SimulatedOrder, mostChanges: number): Rejection | null {
  if (before.changes >= mostChanges) return { code: 'too_many_changes', most: mostChanges };
  const instrument = venue.instruments.get(before.symbol);
  if (instrument === undefined) return { code: 'unknown_symbol' };
  const opensLots = instrument.kind === 'leverage' && before.effect === 'open';
  if (after.losscutPrice !== undefined && !opensLots) return { code: 'losscut_price_not_allowed' };
  const wrong = checkPrice(venue, instrument, after);
  if (wrong !== null || after.effect === 'close') return wrong;
  const size = after.size.minus(after.filledSize);
  const price = before.price ?? before.triggerPrice;
  const held = price === undefined ? '0' : fundsFor(instrument, price.times(size));
  return checkFunds(venue, instrument, { ...after, size }, held);
}

import type { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import type { ExchangeOrder } from '../exchange/broker.js';
import type { OrderTerms } from '../orders/order.js';

/** The stretch of market time in which the exchange may have taken the order. */
export interface SendWindow {
  readonly fromTs: EpochMs;
  readonly toTs: EpochMs;
}

/**
 * Could this order of the exchange be the one we sent and got no answer to? The exchange knows no id of ours, so everything
 * it does tell must match: symbol, side, effect, type, time in force, ordered size, price, and its time inside the window.
 */
export function couldBe(
  terms: OrderTerms,
  candidate: ExchangeOrder,
  window: SendWindow,
  kind: 'spot' | 'leverage',
): boolean {
  return (
    candidate.symbol === terms.symbol &&
    candidate.side === terms.side &&
    // On spot the side alone says it; exchanges call every spot order an opening.
    (kind === 'spot' || candidate.effect === terms.effect) &&
    candidate.type === terms.type &&
    candidate.timeInForce === terms.timeInForce &&
    candidate.size.eq(terms.size) &&
    samePrice(terms.price, candidate.price) &&
    samePrice(terms.triggerPrice, candidate.triggerPrice) &&
    candidate.orderTs >= window.fromTs &&
    candidate.orderTs <= window.toTs
  );
}

function samePrice(ours: Decimal | undefined, theirs: Decimal | undefined): boolean {
  return ours === undefined || (theirs?.eq(ours) ?? false);
}

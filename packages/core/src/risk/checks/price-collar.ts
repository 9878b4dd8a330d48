import type { OrderTerms } from '../../orders/order.js';
import type { Check, RiskView } from '../check.js';

/**
 * A market order pays the quote it meets: the price that its signal spoke of must be near it. A limit or a trigger may wait at any distance on its
 * own side, but not reach far through the market.
 */
export const priceCollar: Check = {
  code: 'price_collar',
  applies: 'openings',
  review(intent, view, opening) {
    const { quote } = view;
    const { maxPriceDeviation } = view.limits;
    const inputs = { priceRef: intent.priceRef, bid: quote?.bid ?? null, ask: quote?.ask ?? null, maxPriceDeviation };
    if (quote === null) return { inputs };
    const percent = `MAX_PRICE_DEVIATION_PCT allows ${maxPriceDeviation * 100} %`;
    for (const order of opening.orders) {
      const touch = order.side === 'buy' ? quote.ask : quote.bid;
      if (intent.priceRef !== null && !(Math.abs(touch - intent.priceRef) <= maxPriceDeviation * touch)) {
        const denied = `The signal speaks of a price of ${intent.priceRef} and the market of ${touch}; ${percent}.`;
        return { inputs, denied };
      }
      if (!reachesTooFar(order, quote, maxPriceDeviation)) continue;
      return {
        inputs,
        denied: `A ${order.side} at ${order.price ?? order.triggerPrice} reaches too far through the market at ${touch}; ${percent}.`,
      };
    }
    return { inputs };
  },
};

function reachesTooFar(order: OrderTerms, quote: NonNullable<RiskView['quote']>, most: number): boolean {
  const price = (order.price ?? order.triggerPrice)?.toNumber();
  if (price === undefined) return false;
  // A stop waits beyond the market: its far side is the near one of a limit.
  const pays = order.type === 'stop' ? order.side === 'sell' : order.side === 'buy';
  return pays ? price > quote.ask * (1 + most) : price < quote.bid * (1 - most);
}

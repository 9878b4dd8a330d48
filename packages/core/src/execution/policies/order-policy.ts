import { Decimal } from '../../decimal/decimal.js';
import type { Side } from '../../events/common.js';
import { type Instrument, roundPrice } from '../../instrument/instrument.js';
import type { OrderTerms } from '../../orders/order.js';
import type { Mark } from '../mark.js';

/**
 * How a wanted size becomes orders. `market` takes what is there. `limit` and `post_only` rest at the touch, the best price
 * of their own side; each time-out moves them to the touch of that moment, until the re-prices are used up.
 */
export type OrderPolicy =
  | { readonly kind: 'market' }
  | {
      readonly kind: 'limit' | 'post_only';
      /** How long an order rests at one price. Market milliseconds. */
      readonly timeoutMs: number;
      /** How often it is moved before `lastly`. */
      readonly reprices: number;
      /** What becomes of the rest. */
      readonly lastly: 'market' | 'give_up';
    };

export const MARKET: OrderPolicy = { kind: 'market' };

type Placing = Pick<OrderTerms, 'type' | 'timeInForce' | 'price'>;

/** What to place for a policy now. Without a quote there is no touch, and only a market order can be named. */
export function placing(policy: OrderPolicy, instrument: Instrument, side: Side, mark: Mark | null): Placing {
  const price = touch(instrument, side, mark);
  if (policy.kind === 'market' || price === null) return { type: 'market', timeInForce: 'ioc' };
  return { type: 'limit', timeInForce: policy.kind === 'limit' ? 'gtc' : 'post_only', price };
}

/** The best price of a side: where a passive order of that side stands first. */
export function touch(instrument: Instrument, side: Side, mark: Mark | null): Decimal | null {
  if (mark === null) return null;
  return roundPrice(instrument, side, Decimal.of(side === 'buy' ? mark.bid : mark.ask));
}

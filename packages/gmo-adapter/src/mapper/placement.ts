import { AlphaError, type Decimal, type OrderTerms, type Side } from '@alpha-engine/core';
import { orderKinds } from './order-kinds.js';
import { isLeverage } from './rest-public.js';
import { SIDE_WORDS, TIME_WORDS, TYPE_WORDS } from './words.js';

export interface Placement {
  readonly path: '/v1/order' | '/v1/closeOrder' | '/v1/closeBulkOrder';
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Order terms → the request that places them. On a leverage symbol `/v1/order` always opens a lot, even against an open one; a close
 * goes to `/v1/closeOrder` and names exactly one lot. Throws `EXCHANGE_REFUSED` for terms GMO cannot express; nothing was sent then.
 */
export function placement(terms: OrderTerms): Placement {
  const { symbol, side, type, timeInForce, size, effect, positionId } = terms;
  const isKnown = orderKinds(symbol).some(
    (kind) => kind.type === type && kind.timeInForce === timeInForce && kind.effect === effect,
  );
  if (!isKnown) throw cannot(terms, `There are no ${type} orders on ${symbol} that are ${timeInForce}.`);
  const common = {
    symbol,
    side: SIDE_WORDS[side],
    executionType: TYPE_WORDS[type],
    // Market orders and stops are FAK by default, and the field is documented for limit orders only.
    ...(type === 'limit' ? { timeInForce: TIME_WORDS[timeInForce] } : {}),
    ...(type === 'market' ? {} : { price: priceOf(terms).toString() }),
  };
  if (!isLeverage(symbol)) {
    if ((effect === 'open') !== (side === 'buy'))
      throw cannot(terms, 'On a spot symbol a buy opens and a sell closes.');
    return { path: '/v1/order', body: { ...common, size: size.toString() } };
  }
  if (effect === 'open') return { path: '/v1/order', body: { ...common, size: size.toString() } };
  if (positionId === undefined || !Number.isSafeInteger(Number(positionId))) {
    throw cannot(terms, 'Closing a leverage lot needs its position id.');
  }
  const settlePosition = [{ positionId: Number(positionId), size: size.toString() }];
  return { path: '/v1/closeOrder', body: { ...common, settlePosition } };
}

/** One market order that closes lots of the other side; which, the exchange decides. Throws `EXCHANGE_REFUSED` on a spot symbol. */
export function bulkClose(symbol: string, side: Side, size: Decimal): Placement {
  if (!isLeverage(symbol)) {
    throw new AlphaError('EXCHANGE_REFUSED', `Nothing was sent: the spot symbol ${symbol} has no lots to close.`, {
      context: { symbol, side },
    });
  }
  const body = { symbol, side: SIDE_WORDS[side], executionType: 'MARKET', size: size.toString() };
  return { path: '/v1/closeBulkOrder', body };
}

function priceOf(terms: OrderTerms): Decimal {
  const price = terms.type === 'stop' ? terms.triggerPrice : terms.price;
  if (price === undefined) throw cannot(terms, `A ${terms.type} order needs a price.`);
  return price;
}

function cannot(terms: OrderTerms, why: string): AlphaError {
  const { clientOrderId, symbol, side, effect, type, timeInForce } = terms;
  return new AlphaError('EXCHANGE_REFUSED', `Order ${clientOrderId} was not sent: it has no form at GMO Coin. ${why}`, {
    context: { clientOrderId, symbol, side, effect, type, timeInForce },
  });
}

import { AlphaError, type OrderTerms } from '@alpha-engine/core';
import { isLeverage } from './rest-public.js';

export interface Placement {
  readonly path: '/v1/order' | '/v1/closeOrder';
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Order terms → the request that places them. On a leverage symbol `/v1/order` always opens a lot, even against an open one; a close
 * goes to `/v1/closeOrder` and names exactly one lot. Throws `EXCHANGE_REFUSED` for terms GMO cannot express; nothing was sent then.
 */
export function placement(terms: OrderTerms): Placement {
  const { symbol, side, type, size, price, effect, positionId } = terms;
  if (type === 'stop' || terms.timeInForce !== (type === 'market' ? 'ioc' : 'gtc')) {
    throw cannot(terms, `There are no ${type} orders that are ${terms.timeInForce}.`);
  }
  if (type === 'limit' && price === undefined) throw cannot(terms, 'A limit order needs a price.');
  const common = {
    symbol,
    side: side === 'buy' ? 'BUY' : 'SELL',
    executionType: type === 'market' ? 'MARKET' : 'LIMIT',
    // A market order is FAK by default, and the field is documented for limit orders only.
    ...(type === 'limit' ? { timeInForce: 'FAS', price: String(price) } : {}),
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

function cannot(terms: OrderTerms, why: string): AlphaError {
  const { clientOrderId, symbol, side, effect, type } = terms;
  return new AlphaError('EXCHANGE_REFUSED', `Order ${clientOrderId} was not sent: it has no form at GMO Coin. ${why}`, {
    context: { clientOrderId, symbol, side, effect, type },
  });
}

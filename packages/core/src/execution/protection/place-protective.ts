import type { Decimal } from '../../decimal/decimal.js';
import { clientOrderId } from '../../orders/client-order-id.js';
import type { OrderTerms } from '../../orders/order.js';
import { publishOrder } from '../publish-order.js';
import type { StepContext } from '../step-context.js';
import type { Guard, ProtectivePurpose } from './guard.js';

/** Records an order of a guard. Like any other it passes the gate before it leaves. */
export function placeProtective(
  context: StepContext,
  guard: Guard,
  purpose: ProtectivePurpose,
  size: Decimal,
  kind: Pick<OrderTerms, 'type' | 'timeInForce' | 'price' | 'triggerPrice'>,
): void {
  const { config, state, at } = context;
  const { symbol, strategy, signalId, positionId, side, leg } = guard;
  const number = guard.placed;
  guard.placed += 1;
  const terms: OrderTerms = {
    clientOrderId: clientOrderId(signalId, leg, number),
    exchange: config.exchange,
    ...{ symbol, strategy, signalId, leg, purpose, size },
    side: side === 'buy' ? 'sell' : 'buy',
    effect: 'close',
    ...kind,
    ...(positionId === null ? {} : { positionId }),
    createdTs: at.marketTs,
  };
  publishOrder(context, state.orders.add(terms, at.marketTs, { number }));
}

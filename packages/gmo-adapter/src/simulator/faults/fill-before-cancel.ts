import { Decimal, type EpochMs } from '@alpha-engine/core';
import type { SimulatedExchange, SimulationReport } from '@alpha-engine/core/simulation';

/** Half of what is open of the order that a cancel names, in whole steps; nothing when the order cannot be filled in part. */
export function fillBeforeCancel(exchange: SimulatedExchange, body: string, ts: EpochMs): SimulationReport[] {
  const order = exchange.order(orderIdOf(body));
  if (order === undefined) return [];
  const step = exchange.instrument(order.symbol)?.sizeStep ?? Decimal.of('1');
  const half = order.size.minus(order.filledSize).dividedBy(2).floorTo(step);
  return half.isPositive() ? exchange.fillResting(order.orderId, half, ts) : [];
}

function orderIdOf(body: string): number {
  try {
    return Number((JSON.parse(body) as { orderId?: unknown } | null)?.orderId);
  } catch {
    return Number.NaN;
  }
}

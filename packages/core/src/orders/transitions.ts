import type { OrderStatus } from '../events/order.js';

/**
 * Every legal step of an order, `[from, to]`. A pair with itself books one more fill. The type guard, the database check,
 * the documents and the property tests all read this table.
 */
export const TRANSITIONS = [
  ['PENDING', 'SUBMITTED'],
  ['PENDING', 'VOID'],
  ['SUBMITTED', 'NEW'],
  // A fill can be seen before the answer that names the order.
  ['SUBMITTED', 'PARTIALLY_FILLED'],
  ['SUBMITTED', 'FILLED'],
  ['SUBMITTED', 'CANCELED'],
  ['SUBMITTED', 'EXPIRED'],
  ['SUBMITTED', 'REJECTED'],
  ['SUBMITTED', 'VOID'],
  ['NEW', 'PARTIALLY_FILLED'],
  ['NEW', 'FILLED'],
  ['NEW', 'CANCELED'],
  ['NEW', 'EXPIRED'],
  // Taken by the gateway, refused by the matching engine.
  ['NEW', 'REJECTED'],
  ['PARTIALLY_FILLED', 'PARTIALLY_FILLED'],
  ['PARTIALLY_FILLED', 'FILLED'],
  ['PARTIALLY_FILLED', 'CANCELED'],
  ['PARTIALLY_FILLED', 'EXPIRED'],
  // An overfill: booked, because the exchange moved the money, and alarmed.
  ['FILLED', 'FILLED'],
  // The fill was on its way while the cancel was answered; the status stays, the filled size grows.
  ['CANCELED', 'CANCELED'],
  ['EXPIRED', 'EXPIRED'],
  // Contradicts what was proved: booked, and the symbol is halted.
  ['REJECTED', 'REJECTED'],
  ['VOID', 'VOID'],
] as const satisfies readonly (readonly [OrderStatus, OrderStatus])[];

const LEGAL: ReadonlySet<string> = new Set(TRANSITIONS.map(([from, to]) => `${from} ${to}`));

export function canTransition(from: OrderStatus, to: OrderStatus): boolean {
  return LEGAL.has(`${from} ${to}`);
}

const FINAL: ReadonlySet<OrderStatus> = new Set(['FILLED', 'CANCELED', 'EXPIRED', 'REJECTED', 'VOID']);

/** True when nothing but a late fill can happen to an order with this status. */
export function isFinal(status: OrderStatus): boolean {
  return FINAL.has(status);
}

import { hash } from 'node:crypto';
import type { ClientOrderId } from './order.js';

/**
 * The same decision always has the same id: that is how a repeated signal finds its order instead of making a second one.
 * `number` counts orders of one leg, 0 first.
 */
export function clientOrderId(signalId: string, leg: number, number: number): ClientOrderId {
  return hash('sha256', JSON.stringify([signalId, leg, number]), 'hex').slice(0, 32);
}

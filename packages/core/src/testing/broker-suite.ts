import type { BrokerCase } from './broker-case.js';
import { BROKER_LOT_CASES } from './broker-lots.js';
import { BROKER_ORDER_CASES } from './broker-orders.js';
import { BROKER_REFUSAL_CASES } from './broker-refusals.js';

/**
 * What every Broker with leverage and spot must do. The paper account and GMO Coin's broker pass the same cases: that is what makes a
 * paper run worth something.
 */
export const BROKER_CASES: readonly BrokerCase[] = [
  ...BROKER_ORDER_CASES,
  ...BROKER_LOT_CASES,
  ...BROKER_REFUSAL_CASES,
];

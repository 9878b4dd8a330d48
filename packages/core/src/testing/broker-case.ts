import type { Decimal } from '../decimal/decimal.js';
import type { Broker } from '../exchange/broker.js';
import type { OrderTerms } from '../orders/order.js';
import type { ApprovedOrder } from '../risk/approved-order.js';
import { BrokerWatch } from './broker-watch.js';

type Level = readonly [price: number, size: number];

/**
 * An account at an exchange on this machine, and a broker of it. 100 000 000 yen and 10 coins, no orders, no lots. Nothing moves but by
 * the calls below.
 */
export interface BrokerTestbed {
  readonly broker: Broker;
  /** A leverage symbol: tick 1, step and minimum 0.001. */
  readonly leverage: string;
  /** A spot symbol: tick 1, step 0.00001, a taker fee. */
  readonly spot: string;
  /** Shows a whole book of a symbol. */
  book(symbol: string, bids: readonly Level[], asks: readonly Level[]): void;
  /** Prints one trade. */
  trade(symbol: string, price: number, size: number): void;
}

export interface BrokerCase {
  readonly name: string;
  /** Gets a testbed of its own. The suite's user closes it. */
  run(testbed: BrokerTestbed): Promise<void>;
}

/** What the cases have in common: a book around nine million, and a reader of the updates that was there from the start. */
export interface BrokerScene extends BrokerTestbed {
  readonly updates: BrokerWatch;
  /** Terms that passed no gate: a broker's own case has none. */
  order(terms: Pick<OrderTerms, 'side' | 'effect'> & { readonly size: Decimal } & Partial<OrderTerms>): ApprovedOrder;
}

const BIDS: readonly Level[] = [
  [8_999_000, 0.1],
  [8_998_000, 0.2],
];
const ASKS: readonly Level[] = [
  [9_001_000, 0.1],
  [9_002_000, 0.2],
];

export function brokerCase(name: string, play: (scene: BrokerScene) => Promise<void>): BrokerCase {
  return {
    name,
    async run(testbed) {
      for (const symbol of [testbed.leverage, testbed.spot]) testbed.book(symbol, BIDS, ASKS);
      const updates = new BrokerWatch(testbed.broker);
      let number = 0;
      try {
        await updates.until('connected', (items) => items.some(({ kind }) => kind === 'connected'));
        await play({
          ...testbed,
          updates,
          order: (terms) =>
            ({
              clientOrderId: `case-${number++}`,
              exchange: 'case',
              symbol: testbed.leverage,
              strategy: 'case',
              signalId: 'case',
              leg: 0,
              purpose: terms.effect === 'open' ? 'entry' : 'exit',
              type: 'market',
              timeInForce: 'ioc',
              createdTs: 0,
              ...terms,
            }) as ApprovedOrder,
        });
      } finally {
        await updates.stop();
      }
    },
  };
}

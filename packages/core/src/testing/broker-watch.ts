import { Decimal } from '../decimal/decimal.js';
import type { Broker, BrokerUpdate, ExchangeFill, ExchangeOrder } from '../exchange/broker.js';
import type { ExchangeOrderId } from '../orders/order.js';

/** Longer than any broker needs to tell something on a busy machine. */
const PATIENCE_MS = 15_000;

/** Reads a broker's updates in the background. */
export class BrokerWatch {
  readonly items: BrokerUpdate[] = [];
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #look: () => void = () => undefined;
  #error: unknown;

  constructor(broker: Broker) {
    this.#done = this.#read(broker);
  }

  until(what: string, condition: (items: readonly BrokerUpdate[]) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`Waited in vain for ${what}. Told: ${JSON.stringify(this.items)}`));
      const timer = setTimeout(fail, PATIENCE_MS);
      this.#look = () => {
        if (this.#error === undefined && !condition(this.items)) return;
        clearTimeout(timer);
        this.#look = () => undefined;
        if (this.#error === undefined) resolve();
        else reject(this.#error);
      };
      this.#look();
    });
  }

  /** Waits until an order was told in this state. */
  order(id: ExchangeOrderId, state: ExchangeOrder['state']): Promise<void> {
    return this.until(`order ${id} to be ${state}`, () => this.orders(id).some((order) => order.state === state));
  }

  /** Waits until so much of an order was told as filled. */
  filled(id: ExchangeOrderId, size: string): Promise<void> {
    return this.until(`${size} of order ${id}`, () => Decimal.sum(this.fills(id).map((fill) => fill.size)).eq(size));
  }

  orders(id: ExchangeOrderId): readonly ExchangeOrder[] {
    return this.items.flatMap((update) =>
      update.kind === 'order' && update.order.exchangeOrderId === id ? [update.order] : [],
    );
  }

  fills(id: ExchangeOrderId): readonly ExchangeFill[] {
    return this.items.flatMap((update) =>
      update.kind === 'fill' && update.fill.exchangeOrderId === id ? [update.fill] : [],
    );
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  async #read(broker: Broker): Promise<void> {
    try {
      for await (const update of broker.updates(this.#abort.signal)) {
        this.items.push(update);
        this.#look();
      }
    } catch (error) {
      this.#error = error;
      this.#look();
    }
  }
}

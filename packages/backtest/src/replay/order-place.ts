import type { DenialEvent, LoggedRange, LoggedRead, OrderEvent, Store, StreamEvent } from '@alpha-engine/core';
import { isOn, seriesOf } from './archive-place.js';
import type { EntryPlace } from './entry-source.js';

interface Told {
  readonly event: OrderEvent | DenialEvent;
  readonly place: number;
}

/** What became of orders, as the record has it: in the order in which it was told on the bus. */
export class OrderPlace implements EntryPlace {
  readonly name = 'the recorded order events';
  readonly #store: Pick<Store, 'orderEvents'>;
  readonly #exchange: string;
  #told: Promise<ReadonlyMap<string, Told>> | null = null;

  constructor(store: Pick<Store, 'orderEvents'>, exchange: string) {
    this.#store = store;
    this.#exchange = exchange;
  }

  async find(range: LoggedRange, { seqs = [] }: LoggedRead): Promise<readonly StreamEvent[] | null> {
    const [stream, , , count] = range;
    const found: Told[] = [];
    let states = 0;
    for (const one of seqs) {
      const [symbol, type, first, last] = one;
      if (!isOn(stream, seriesOf(one, this.#exchange))) continue;
      if (type === 'trading_state') states += last - first + 1;
      else if (type !== 'order' && type !== 'denial') return null;
      else {
        const told = await this.#read();
        for (let seq = first; seq <= last; seq++) {
          const event = told.get(keyOf(type, symbol, seq));
          if (event !== undefined) found.push(event);
        }
      }
    }
    if (found.length + states !== count) return null;
    return found.toSorted((a, b) => a.place - b.place).map(({ event }) => ({ stream, event }));
  }

  async close(): Promise<void> {}

  #read(): Promise<ReadonlyMap<string, Told>> {
    this.#told ??= this.#store.orderEvents().then((events) => {
      const ours = events.filter(({ exchange }) => exchange === this.#exchange);
      return new Map(ours.map((event, place) => [keyOf(event.type, event.symbol, event.seq), { event, place }]));
    });
    return this.#told;
  }
}

function keyOf(type: string, symbol: string, seq: number | undefined): string {
  return `${type} ${symbol} ${seq}`;
}

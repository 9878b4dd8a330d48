import { setImmediate } from 'node:timers/promises';
import type { Batch, EventBus, ReadOptions, Subscription } from '../../bus/event-bus.js';
import type { Broker } from '../../exchange/broker.js';
import type { LockstepMember, LockstepRole, LockstepTurn } from '../../exchange/lockstep.js';
import type { Books } from '../../execution/books.js';
import type { Store } from '../../store/store.js';
import type { MarketClock } from '../market-clock.js';
import { Changes } from './changes.js';

/** A read of the bus that answers only in a round. */
interface Gate {
  /** It may look once. */
  open: boolean;
  waits: boolean;
}

/**
 * An engine in a market in lockstep. Its brains read the bus in rounds, each once; it has acted when in a whole round they found
 * nothing, no call of theirs is under way at any port (bus, store, broker), no order waits for its answer, and nothing was asked of the exchange or
 * told by it. Between two calls a brain only runs code, never waits, so that whoever looks at the ports sees everything. The brains know nothing of it.
 */
export class EngineTurns implements LockstepMember {
  readonly role: LockstepRole;
  readonly #clock: MarketClock;
  readonly #changes = new Changes();
  readonly #gates = new Set<Gate>();
  #calls = 0;
  /** Reads that found something, requests to the exchange, and what it told. */
  #deeds = 0;
  #answered = 0;
  /** The private messages can be heard. */
  #hears = true;
  #books: (() => Books) | null = null;

  /** `role`: of a process with one of the two brains only, which. */
  constructor(clock: MarketClock, role: Exclude<LockstepRole, 'collector'> = 'engine') {
    this.role = role;
    this.#clock = clock;
  }

  bus(bus: EventBus): EventBus {
    return this.#watched(bus, {
      subscribe: async (options) => this.#gated(await this.#call(bus.subscribe(options))),
    });
  }

  store(store: Store): Store {
    return this.#watched(store, {});
  }

  broker(broker: Broker): Broker {
    this.#hears = false;
    const hear = (kind: string) => {
      if (kind === 'connected') this.#hears = true;
      else if (kind === 'disconnected') this.#hears = false;
      this.#deeds += 1;
      this.#changes.tell();
    };
    const asked = this.#watched(broker, {}, () => {
      this.#deeds += 1;
    });
    return new Proxy(asked, {
      get: (target, name) => {
        if (name !== 'updates') return Reflect.get(target, name);
        return async function* (signal: AbortSignal) {
          for await (const update of broker.updates(signal)) {
            hear(update.kind);
            yield update;
          }
        };
      },
    });
  }

  /** What the executor believes: an order whose answer is not known, or in doubt after a crash, is waited for. */
  watch(books: () => Books): void {
    this.#books = books;
  }

  async act({ marketTs }: LockstepTurn): Promise<boolean> {
    this.#clock.stand(marketTs);
    for (;;) {
      const before = this.#deeds;
      for (const gate of this.#gates) gate.open = true;
      this.#changes.tell();
      await this.#quiet();
      if (this.#deeds === before) break;
    }
    const worked = this.#deeds !== this.#answered;
    this.#answered = this.#deeds;
    return worked;
  }

  async #quiet(): Promise<void> {
    do {
      while (!this.#isQuiet) await this.#changes.next();
      // Whatever was just answered runs on until it calls something or waits for more.
      await setImmediate();
    } while (!this.#isQuiet);
  }

  get #isQuiet(): boolean {
    if (this.#calls > 0 || !this.#hears) return false;
    for (const { open, waits } of this.#gates) if (open || !waits) return false;
    return this.#books === null || this.#books().openOrders.every(({ status }) => status !== 'SUBMITTED');
  }

  #gated(subscription: Subscription): Subscription {
    const gate: Gate = { open: false, waits: false };
    this.#gates.add(gate);
    return this.#watched(subscription, {
      read: (options) => this.#read(subscription, gate, options),
      close: () => {
        this.#gates.delete(gate);
        this.#changes.tell();
        return subscription.close();
      },
    });
  }

  async #read(subscription: Subscription, gate: Gate, options: ReadOptions = {}): Promise<Batch> {
    await this.#turnOf(gate, options);
    if (!gate.open) return { deliveries: [], drained: false };
    const batch = await this.#call(subscription.read({ ...options, waitMs: 0 }));
    gate.open = false;
    if (batch.deliveries.length > 0) this.#deeds += 1;
    return batch;
  }

  /** Until it is the turn of this read, or what it would wait is over. */
  async #turnOf(gate: Gate, { signal, waitMs = 1000 }: ReadOptions): Promise<void> {
    gate.waits = true;
    this.#changes.tell();
    let over = signal?.aborted === true;
    const end = () => {
      over = true;
      this.#changes.tell();
    };
    const timer = setTimeout(end, waitMs);
    signal?.addEventListener('abort', end, { once: true });
    while (!gate.open && !over) await this.#changes.next();
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    gate.waits = false;
  }

  async #call<Result>(work: Promise<Result>): Promise<Result> {
    this.#calls += 1;
    try {
      return await work;
    } finally {
      this.#calls -= 1;
      this.#changes.tell();
    }
  }

  /** The same object, with every call that takes time counted until it is answered. */
  #watched<Port extends object>(port: Port, own: Partial<Port>, called = () => {}): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const replaced: unknown = Reflect.get(own, name);
        if (replaced !== undefined) return replaced;
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          const answer: unknown = value.apply(target, args);
          if (!(answer instanceof Promise)) return answer;
          called();
          return this.#call(answer);
        };
      },
    });
  }
}

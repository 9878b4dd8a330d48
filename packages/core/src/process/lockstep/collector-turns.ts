import type { EventBus } from '../../bus/event-bus.js';
import type { LockstepMember, LockstepTurn } from '../../exchange/lockstep.js';
import type { MarketFeed } from '../../exchange/market-feed.js';
import { Changes } from './changes.js';

/**
 * A collector in a market in lockstep: it has acted when every event that the market counts as sent has come from the feed, and
 * everything the feed gave is on the bus. Counted at its two ports; the collector between them is as always.
 */
export class CollectorTurns implements LockstepMember {
  readonly role = 'collector';
  readonly #changes = new Changes();
  /** Events the market told by itself, by `type symbol`: what was backfilled is not among them. */
  readonly #told = new Map<string, number>();
  #received = 0;
  #published = 0;
  #answered = 0;

  feed(feed: MarketFeed): MarketFeed {
    const count = (type: string, symbol: string, backfilled: boolean) => {
      if (type === 'status') return;
      this.#received += 1;
      const key = `${type} ${symbol}`;
      if (!backfilled) this.#told.set(key, (this.#told.get(key) ?? 0) + 1);
    };
    return {
      subscribe: async function* (subscription, signal) {
        for await (const batch of feed.subscribe(subscription, signal)) {
          for (const event of batch) count(event.type, event.symbol, event.origin === 'backfill');
          yield batch;
        }
      },
    };
  }

  bus(bus: EventBus): EventBus {
    return new Proxy(bus, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (name !== 'publish') return value.bind(target);
        const publish: EventBus['publish'] = async (writer, events) => {
          const result = await target.publish(writer, events);
          this.#published += marketEvents(events);
          this.#changes.tell();
          return result;
        };
        return publish;
      },
    });
  }

  async act({ sent }: LockstepTurn): Promise<boolean> {
    while (!this.#has(sent)) await this.#changes.next();
    const worked = this.#published !== this.#answered;
    this.#answered = this.#published;
    return worked;
  }

  #has(sent: LockstepTurn['sent']): boolean {
    if (this.#published < this.#received) return false;
    return Object.entries(sent).every(([key, count]) => (this.#told.get(key) ?? 0) >= count);
  }
}

function marketEvents(events: Parameters<EventBus['publish']>[1]): number {
  if (!('runs' in events)) return events.filter(({ type }) => isMarket(type)).length;
  return events.runs.reduce((sum, { count, series }) => sum + (isMarket(series.type) ? count : 0), 0);
}

function isMarket(type: string): boolean {
  return type === 'trade' || type === 'orderbook' || type === 'ticker';
}

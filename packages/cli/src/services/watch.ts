import {
  type Books,
  type EventBus,
  FeedFreshness,
  type FeedFreshnessOptions,
  gaugeBooks,
  gaugeBus,
  type Logger,
  type MarketFeed,
  MetricsRegistry,
  meterBus,
  meterStore,
  oldestSeconds,
  type Store,
} from '@alpha-engine/core';
import { serveMetrics } from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import { wallClock } from './wall-clock.js';

/** Why the process is not ready, a sentence each. */
type Check = () => readonly string[] | Promise<readonly string[]>;

/**
 * What a process shows of itself on METRICS_PORT. Its parts are measured by handing them through here; without a port, and
 * without anybody else who looks, they come back as they are, and nothing is measured.
 */
export class Watch {
  readonly #metrics: MetricsRegistry | undefined;
  readonly #refreshes: (() => unknown)[] = [];
  readonly #checks: Check[] = [() => ['It is starting.']];
  #close: () => Promise<void> = async () => {};

  private constructor(metrics: MetricsRegistry | undefined) {
    this.#metrics = metrics;
  }

  /** `look`: somebody looks at the metrics, whether or not there is a port. Throws `PORT_IN_USE`. */
  static async open(config: Config, logger: Logger, look = false): Promise<Watch> {
    const { metricsHost: host, metricsPort: port, metricsToken: token } = config;
    if (port === undefined && !look) return new Watch(undefined);
    const metrics = new MetricsRegistry();
    const watch = new Watch(metrics);
    if (port === undefined) return watch;
    const server = await serveMetrics({
      ...{ host, port, metrics, logger },
      ...(token && { token: token.reveal() }),
      reasons: async () => (await Promise.all(watch.#checks.map((check) => check()))).flat(),
      refresh: async () => {
        await Promise.all(watch.#refreshes.map((refresh) => refresh()));
      },
    });
    watch.#close = () => server.close();
    return watch;
  }

  bus(bus: EventBus): EventBus {
    const metrics = this.#metrics;
    if (metrics === undefined) return bus;
    this.#refreshes.push(() => gaugeBus(bus, metrics, wallClock.now()));
    return meterBus(bus, metrics);
  }

  store(store: Store): Store {
    return this.#metrics === undefined ? store : meterStore(store, this.#metrics);
  }

  /** The process is ready while the data of this feed are fresh. */
  feed(options: FeedFreshnessOptions): MarketFeed {
    if (this.#metrics === undefined) return options.feed;
    const fresh = new FeedFreshness(options);
    this.#checks.push(() => fresh.silent());
    return fresh;
  }

  books(read: () => Books): void {
    const metrics = this.#metrics;
    if (metrics !== undefined) this.#refreshes.push(() => gaugeBooks(read(), metrics));
  }

  /** Metrics for a part that measures itself; absent when nobody looks. */
  get metrics(): { readonly metrics?: MetricsRegistry } {
    return this.#metrics === undefined ? {} : { metrics: this.#metrics };
  }

  /** Why the process has not started yet, once that takes longer. */
  waits(reason: string): void {
    this.#checks.splice(0, 1, () => [reason]);
  }

  /** The process has started: from now on it is ready when these give no reason why not. */
  started(...checks: readonly Check[]): void {
    this.#checks.splice(0, 1, ...checks);
  }

  close(): Promise<void> {
    return this.#close();
  }
}

/** A sentence for each stream on which a group is further behind than `limitMs`. */
export async function behind(bus: EventBus, groups: readonly string[], limitMs: number): Promise<readonly string[]> {
  const reasons: string[] = [];
  for (const place of await bus.lag()) {
    if (!groups.includes(place.group)) continue;
    const seconds = (await oldestSeconds(bus, place, wallClock.now())) ?? 0;
    if (seconds * 1000 > limitMs) reasons.push(`${place.group} is ${seconds} s behind on ${place.stream}.`);
  }
  return reasons;
}

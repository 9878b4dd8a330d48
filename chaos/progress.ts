import { setTimeout as delay } from 'node:timers/promises';
import type { EntryId, EventBus, Store } from '@alpha-engine/core';
import { connectServerDatabase, createPostgresStore } from '@alpha-engine/core/postgres';
import { openRedisBus } from '@alpha-engine/core/redis';
import type { World } from './world.js';

/** Who works on market data, in the order they meet it. */
export type Worker = 'collector' | 'strategy' | 'execution' | 'archiver';
export const WORKERS: readonly Worker[] = ['collector', 'strategy', 'execution', 'archiver'];

/** How far each came in `md:ticker`, which all of them touch; the collector also in `md:trade`, where live ones wait for a backfill. */
export type Places = Readonly<Record<Worker, EntryId | null>>;

const LOOK_EVERY_MS = 100;
const PATIENCE_MS = 500;
const STREAM = 'md:ticker';

/** Looks at bus and records, past the relays and without a hand in anything, several times a second while they answer. */
export class Progress {
  readonly bus: EventBus;
  readonly store: Store;
  readonly #closeDatabase: () => Promise<void>;
  #places: Places = { collector: null, strategy: null, execution: null, archiver: null };
  #published = 0;
  #stopped = false;
  readonly #running: Promise<void>;

  private constructor(bus: EventBus, store: Store, closeDatabase: () => Promise<void>) {
    this.bus = bus;
    this.store = store;
    this.#closeDatabase = closeDatabase;
    this.#running = this.#run();
  }

  static async open({ redis, postgres }: World): Promise<Progress> {
    const bus = await openRedisBus({ url: redis.url, patienceMs: PATIENCE_MS });
    const { pool, close } = await connectServerDatabase({ url: postgres.url, connections: 1 });
    return new Progress(bus, createPostgresStore(pool), close);
  }

  get places(): Places {
    return this.#places;
  }

  /** Market events on the bus. */
  get published(): number {
    return this.#published;
  }

  /** True once all of these have passed a place; false when that takes longer than `withinMs`. */
  async passed(workers: readonly Worker[], place: EntryId, withinMs: number, stop: AbortSignal): Promise<boolean> {
    const deadline = performance.now() + withinMs;
    while (performance.now() < deadline && !stop.aborted) {
      if (workers.every((worker) => isBeyond(this.#places[worker], place))) return true;
      await delay(LOOK_EVERY_MS);
    }
    return false;
  }

  async close(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await this.bus.close();
    await this.store.close();
    await this.#closeDatabase();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await Promise.all([this.#lookAtBus(), this.#lookAtStore()]).catch(() => {
        // It is away: that is what this is all about.
      });
      await delay(LOOK_EVERY_MS);
    }
  }

  async #lookAtBus(): Promise<void> {
    const streams = await this.bus.streams();
    this.#published = streams
      .filter(({ stream }) => stream.startsWith('md:') && stream !== 'md:status')
      .reduce((sum, { length }) => sum + length, 0);
    const [tickers = null, trades = null] = [STREAM, 'md:trade'].map(
      (name) => streams.find(({ stream }) => stream === name)?.lastId,
    );
    const collector = isBeyond(tickers, trades ?? '') ? trades : tickers;
    const groups = await this.bus.lag('archive-files');
    const archiver = groups.find(({ stream }) => stream === STREAM)?.position ?? null;
    this.#places = { ...this.#places, collector, archiver };
  }

  async #lookAtStore(): Promise<void> {
    const [strategy, execution] = [
      (await this.store.checkpoint('strategy:gmo'))?.positions[STREAM] ?? null,
      (await this.store.checkpoint('execution:gmo'))?.positions[STREAM] ?? null,
    ];
    this.#places = { ...this.#places, strategy, execution };
  }
}

/** Entry ids of Redis are times with a counter. */
function isBeyond(place: EntryId | null, other: EntryId): boolean {
  if (place === null) return false;
  const [[ms = 0, count = 0], [otherMs = 0, otherCount = 0]] = [place, other].map((id) =>
    id.split('-').map(Number),
  ) as [number[], number[]];
  return ms > otherMs || (ms === otherMs && count > otherCount);
}

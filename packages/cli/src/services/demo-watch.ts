import { setTimeout as delay } from 'node:timers/promises';
import { type EventBus, type Store, silentLogger } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { connectEmbeddedDatabase, createPostgresStore } from '@alpha-engine/core/postgres';
import { prepareDataFolder } from '@alpha-engine/core/process';
import type { DemoChild } from './demo-child.js';

export interface DemoProgress {
  readonly stage: string;
  /** 0 to 1. */
  readonly done: number;
  readonly events: number;
  readonly orders: number;
}

export interface DemoWatchOptions {
  readonly dataDir: string;
  readonly children: readonly DemoChild[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DemoProgress) => void;
}

const LOOK_EVERY_MS = 250;
/** The bus is quiet when no trade came for this long, wall milliseconds. */
const QUIET_MS = 1_000;
const OPEN_ORDERS = ['PENDING', 'SUBMITTED', 'NEW', 'PARTIALLY_FILLED'] as const;

/** Looks into bus and database while the others work, to know how far they are. It writes nothing. */
export class DemoWatch {
  readonly #options: DemoWatchOptions;
  readonly #bus: EventBus;
  readonly #database: string;

  private constructor(options: DemoWatchOptions, bus: EventBus, database: string) {
    this.#options = options;
    this.#bus = bus;
    this.#database = database;
  }

  static async open(options: DemoWatchOptions): Promise<DemoWatch> {
    const places = await prepareDataFolder(options.dataDir);
    return new DemoWatch(options, await openEmbeddedBus({ folder: places.bus, logger: silentLogger }), places.database);
  }

  /** Until the simulator has played the whole tape and the collector has put its last trade on the bus. */
  async tapeEnded(simulator: DemoChild): Promise<void> {
    const begun = await simulator.line('tape started', this.#options.signal);
    const startedAt = performance.now();
    const lengthMs = Number(begun.lengthMs) || 1;
    let lastTrade: string | null = null;
    let quietSince = performance.now();
    await this.#until('playing the tape', this.#options.children, async () => {
      const streams = await this.#bus.streams();
      const trade = streams.find(({ stream }) => stream === 'md:trade')?.lastId ?? null;
      if (trade !== lastTrade) quietSince = performance.now();
      lastTrade = trade;
      const ended = simulator.find('tape ended') !== undefined && performance.now() - quietSince >= QUIET_MS;
      return { ended, done: Math.min(0.98, (performance.now() - startedAt) / lengthMs) };
    });
  }

  /** Until the engine has read everything there is on the bus and no order is open. */
  async consumed(running: readonly DemoChild[]): Promise<void> {
    await this.#until('finishing', running, async () => {
      const behind = (await this.#bus.lag()).reduce((sum, { lag, pending }) => sum + lag + pending, 0);
      const open = behind === 0 ? await this.#read((store) => store.orders({ statuses: OPEN_ORDERS })) : [null];
      return { ended: open?.length === 0, done: 0.99 };
    });
  }

  async close(): Promise<void> {
    await this.#bus.close();
  }

  async #until(
    stage: string,
    running: readonly DemoChild[],
    look: () => Promise<{ readonly ended: boolean; readonly done: number }>,
  ): Promise<void> {
    for (;;) {
      for (const child of running) child.check();
      const { ended, done } = await look();
      const events = (await this.#bus.streams())
        .filter(({ stream }) => ['md:trade', 'md:orderbook', 'md:ticker'].includes(stream))
        .reduce((sum, { length }) => sum + length, 0);
      const counts = await this.#read((store) => store.counts());
      this.#options.onProgress({ stage, done, events, orders: counts?.orders ?? 0 });
      if (ended) return;
      await delay(LOOK_EVERY_MS, undefined, { signal: this.#options.signal });
    }
  }

  /** A short visit to the engine's database; null while nobody serves it. */
  async #read<Result>(work: (store: Store) => Promise<Result>): Promise<Result | null> {
    const served = await connectEmbeddedDatabase({ folder: this.#database });
    if (!served) return null;
    try {
      return await work(createPostgresStore(served.pool));
    } finally {
      await served.close();
    }
  }
}

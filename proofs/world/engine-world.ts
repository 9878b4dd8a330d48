import {
  AlphaError,
  type Books,
  type ControlAction,
  type ExecutorConfig,
  encodeEvent,
  MemoryBus,
  MemoryStore,
  type SignalAction,
  silentLogger,
} from '@alpha-engine/core';
import { type EngineReport, runEngine } from '@alpha-engine/core/process';
import { PaperBroker } from '@alpha-engine/core/simulation';
import type { Answer } from './answers.js';
import { isProtected } from './check-protection.js';
import {
  controlOf,
  EXCHANGE,
  executorConfig,
  HORIZON_MS,
  INSTRUMENTS,
  ORDER_SIZE,
  START_TS,
  signalOf,
  tickerOf,
} from './market.js';
import { MisbehavingBroker } from './misbehaving-broker.js';
import { Outages } from './outages.js';
import { type Cut, Tripwire } from './tripwire.js';
import { VirtualTime } from './virtual-time.js';

const FIRST_PRICE = 6_000_000;
const DRIFT = -3;
const DRIFT_AFTER_MS = 700;
/** Of virtual time: how long everything may take, and how long it must stay quiet before it counts as done. */
const LIMIT_MS = 300_000;
const QUIET_MS = 600;
const LOOK_EVERY_MS = 100;
const GROUP = `execution:${EXCHANGE}`;

export interface WorldOptions {
  /** Where each life is cut; lives beyond them are not. */
  readonly cuts?: readonly Cut[];
  /** How long the engine is away between two lives, virtual milliseconds. */
  readonly downMs: number;
  /** Decides which calls of a port that is away take effect all the same. */
  readonly chance?: () => number;
  readonly config?: Partial<ExecutorConfig>;
  /** The quote moves a little, a moment after each signal. */
  readonly drift?: boolean;
}

interface Life {
  readonly tripwire: Tripwire;
  readonly stop: AbortController;
  books: (() => Books) | null;
  ended: { readonly report: EngineReport } | { readonly error: unknown } | null;
}

/**
 * One engine with its executor in virtual time: real loop, real recorder, real executor, over a bus, a record and an
 * exchange that outlive it. A life ends where its tripwire says and the next begins over what it left.
 */
export class EngineWorld {
  readonly store = new MemoryStore();
  readonly bus = new MemoryBus();
  readonly paper: PaperBroker;
  readonly broker: MisbehavingBroker;
  readonly published: string[] = [];
  /** What every engine is told, but for what its exchange takes. */
  readonly config: Partial<ExecutorConfig>;
  readonly outages: Outages;
  readonly #time = new VirtualTime(START_TS);
  /** Where each life is cut; lives beyond them are not. */
  readonly #cuts: readonly Cut[];
  readonly #lives: Life[] = [];
  readonly #downMs: number;
  readonly #drift: boolean;
  #quietSince: number | null = null;
  #price = FIRST_PRICE;
  #controls = 0;

  constructor({ cuts = [], chance = () => 0, config = {}, downMs, drift = false }: WorldOptions) {
    this.outages = new Outages(chance);
    this.#cuts = cuts;
    this.config = config;
    this.#downMs = downMs;
    this.#drift = drift;
    const balances = { JPY: '10000000', BTC: '0' };
    this.paper = new PaperBroker({ instruments: INSTRUMENTS, balances, clock: { now: () => Date.now() } });
    this.broker = new MisbehavingBroker(this.paper, HORIZON_MS, (book) => this.#showBook(book));
    this.#showBook('deep');
  }

  get tripwires(): readonly Tripwire[] {
    return this.#lives.map(({ tripwire }) => tripwire);
  }

  get books(): Books | null {
    return this.#lives.at(-1)?.books?.() ?? null;
  }

  /** The middle of the book. */
  get price(): number {
    return this.#price;
  }

  async signal(symbol: string, action: SignalAction, strategy?: string): Promise<void> {
    const id = `signal-${this.published.length + 1}`;
    this.published.push(id);
    const ts = this.#time.now;
    await this.bus.publish(null, [tickerOf(symbol, this.#price, ts), signalOf(id, symbol, action, ts, strategy)]);
    if (!this.#drift) return;
    setTimeout(() => {
      const later = tickerOf(symbol, this.#price + DRIFT, this.#time.now);
      void this.bus.publish(null, [later]);
    }, DRIFT_AFTER_MS);
  }

  /** The market moves, at the exchange first. */
  async move(price: number): Promise<void> {
    this.#price = price;
    this.#showBook('deep');
    await this.bus.publish(null, [tickerOf('BTC_JPY', price, this.#time.now), tickerOf('BTC', price, this.#time.now)]);
  }

  /** An operator's word about the whole account. */
  async control(action: ControlAction): Promise<void> {
    this.#controls += 1;
    await this.bus.publish(null, [controlOf(`control-${this.#controls}`, action, this.#time.now)]);
  }

  /** Lets time pass; an engine that is gone is started again. */
  async pass(ms: number): Promise<void> {
    const end = this.#time.now + ms;
    while (this.#time.now < end) {
      await this.#keepAlive();
      await this.#time.wait(Math.min(1_000, end - this.#time.now));
    }
  }

  /** Ends the engine as `kill -9` does. */
  kill(): void {
    this.#lives.at(-1)?.tripwire.kill();
  }

  /** Lets time pass, and engines live and die, until nothing more is to come. False when that took too long. */
  async settle(): Promise<boolean> {
    this.#quietSince = null;
    const end = this.#time.now + LIMIT_MS;
    while (this.#time.now < end) {
      await this.#keepAlive();
      await this.#time.wait(LOOK_EVERY_MS);
      if (this.failure !== null) return false;
      if (!(await this.#isQuiet())) this.#quietSince = null;
      else this.#quietSince ??= this.#time.now;
      if (this.#quietSince !== null && this.#time.now - this.#quietSince >= QUIET_MS) return true;
    }
    return false;
  }

  /** Stops the engine as an operator does. Its report, or what it ended with instead. */
  async stop(): Promise<{ readonly report: EngineReport } | { readonly error: unknown }> {
    const { failure } = this;
    if (failure !== null) return failure;
    await this.#keepAlive();
    const life = this.#lives.at(-1)!;
    life.stop.abort();
    await this.#time.pass(() => life.ended !== null || life.tripwire.dead, LIMIT_MS);
    if (life.ended !== null && !life.tripwire.dead) return life.ended;
    if (!life.tripwire.dead) return { error: new Error('The engine did not stop.') };
    // Cut on its way out: the next life must find everything in order all the same.
    await this.settle();
    return this.stop();
  }

  /** Every event of every order as it stands on the bus, a line each. */
  async orderLog(): Promise<string> {
    const told = await this.bus.range(`order:${EXCHANGE}`, null, Number.MAX_SAFE_INTEGER);
    return told.map(({ event }) => `${encodeEvent(event)}\n`).join('');
  }

  /** Gives the real time back. */
  end(): void {
    for (const { tripwire } of this.#lives) tripwire.kill();
    this.#time.end();
  }

  /** What an engine ended with that nobody killed. */
  get failure(): { readonly error: unknown } | null {
    const life = this.#lives.at(-1);
    if (life === undefined || life.tripwire.dead || life.ended === null || 'report' in life.ended) return null;
    // What was away is back after a while: a supervisor starts the engine again.
    const { error } = life.ended;
    if (AlphaError.is(error) && error.retryable && this.outages.happened) life.tripwire.kill();
    return life.tripwire.dead ? null : life.ended;
  }

  /** Starts an engine when there is none. */
  async #keepAlive(): Promise<void> {
    const last = this.#lives.at(-1);
    if (last !== undefined && this.failure === null && !last.tripwire.dead) return;
    if (last !== undefined) await this.#time.wait(this.#downMs);
    await this.#trim();
    this.#start();
  }

  /** What a group has acknowledged is gone: an engine that acknowledged too early does not get it again. */
  async #trim(): Promise<void> {
    for (const { stream } of await this.bus.lag(GROUP)) await this.bus.trim(stream, 0);
  }

  #start(): void {
    const cut = this.#cuts[this.#lives.length] ?? null;
    const tripwire = new Tripwire(cut, undefined, () => this.#time.turn);
    const life: Life = { tripwire, stop: new AbortController(), books: null, ended: null };
    this.#lives.push(life);
    const clock = { now: () => Date.now() };
    const running = runEngine(
      {
        exchange: EXCHANGE,
        bus: tripwire.wrap('bus', this.outages.wrap('bus', this.bus)),
        store: tripwire.wrap('store', this.outages.wrap('store', this.store)),
        logger: silentLogger,
        marketClock: tripwire.wrap('marketClock', clock),
        wallClock: tripwire.wrap('wallClock', clock),
        session: {},
        execution: {
          broker: tripwire.wrap('broker', this.outages.wrap('broker', this.broker.port)),
          config: { ...executorConfig(this.broker.port), ...this.config },
        },
        opened: (books) => {
          life.books = books ?? null;
        },
      },
      life.stop.signal,
    );
    void running.then(
      (report) => {
        life.ended = { report };
      },
      (error: unknown) => {
        life.ended = { error };
      },
    );
  }

  async #isQuiet(): Promise<boolean> {
    const { books } = this;
    const life = this.#lives.at(-1);
    if (books === null || life === undefined || life.tripwire.dead || this.broker.underWay > 0) return false;
    if (books.reconciled.length < INSTRUMENTS.length) return false;
    if (this.config.protect === undefined ? books.openOrders.length > 0 : !(await isProtected(this))) return false;
    const lag = await this.bus.lag(GROUP);
    const verdicts = new Set((await this.store.verdicts()).map(({ signalId }) => signalId));
    return lag.every((one) => one.lag === 0) && this.published.every((id) => verdicts.has(id));
  }

  #showBook(book: Answer['book']): void {
    const half = ORDER_SIZE.times('0.4').floorTo('0.001').toNumber();
    const sizes = { deep: [half, 1_000], thin: [half], empty: [] }[book];
    for (const { symbol } of INSTRUMENTS) {
      const levels = (step: number) => sizes.map((size, index) => [this.#price + step * (index + 1), size] as const);
      const data = { is_snapshot: true, bids: levels(-1), asks: levels(1) };
      this.paper.onMarket({ type: 'orderbook', exchange: EXCHANGE, symbol, ts: Date.now(), data } as never);
    }
  }
}

import {
  type Books,
  type BrokerUpdate,
  type ControlEvent,
  Decimal,
  type ExecutorConfig,
  MemoryBus,
  MemoryStore,
  type Order,
  type OrderEvent,
  type SignalAction,
  type SignalEvent,
  type TradingStateEvent,
} from '@alpha-engine/core';
import { type EngineReport, runEngine } from '@alpha-engine/core/process';
import { Budget, GmoBroker, gmoAdapter } from '@alpha-engine/gmo-adapter';
import {
  type GmoSimulator,
  type GmoSimulatorOptions,
  startGmoSimulator,
  stillTape,
} from '@alpha-engine/gmo-adapter/simulator';
import { type LogLine, testContext } from '../support/context.js';

export const PRICE = 9_000_000;
const SYMBOLS = ['BTC_JPY', 'BTC'];
const HALF_SPREAD = 50;
const LONG_MS = 600_000;
const CREDENTIALS = { apiKey: 'simulator-key', apiSecret: 'simulator-secret' };
const TIMINGS = { reconnectMinMs: 20, reconnectMaxMs: 100, rateLimitPauseMs: 300, marginMs: 200 };
/** Far more than anything takes: one read that fails on a busy machine costs ten seconds. */
const PATIENCE_MS = 50_000;
const LOOK_EVERY_MS = 10;

export interface RigOptions {
  readonly config?: Partial<ExecutorConfig>;
  readonly simulator?: GmoSimulatorOptions;
}

/**
 * An engine that executes and decides nothing, as it runs in the product but for bus and record, which are in memory: it trades with
 * the simulator over real sockets. The test is the market and the strategies. Owns the simulator and one life of the engine
 * at a time.
 */
export class LiveRig {
  readonly simulator: GmoSimulator;
  readonly store = new MemoryStore();
  readonly bus = new MemoryBus();
  /** Everything the engine and the adapter logged. */
  readonly log: LogLine[] = [];
  /** The same account in the hands of somebody else. */
  readonly byHand: GmoBroker;
  readonly #config: Partial<ExecutorConfig>;
  #life: Life;
  #signals = 0;
  #price = PRICE;

  private constructor(simulator: GmoSimulator, config: Partial<ExecutorConfig>) {
    this.simulator = simulator;
    this.#config = config;
    this.byHand = this.#broker();
    this.#life = this.#start();
  }

  /** With books that agree with the exchange, and a market at `PRICE`. */
  static async start({ config = {}, simulator = {} }: RigOptions = {}): Promise<LiveRig> {
    const rig = new LiveRig(
      await startGmoSimulator({
        tape: stillTape({ symbols: SYMBOLS, price: PRICE, spread: 2 * HALF_SPREAD }),
        balances: { JPY: '100000000', BTC: '1' },
        timings: { commandMs: 0 },
        ...simulator,
      }),
      config,
    );
    await rig.ready();
    return rig;
  }

  get books(): Books {
    return this.#life.books!();
  }

  /** Until the engine that runs now listens, has compared its books and was told a price. */
  async ready(): Promise<void> {
    await this.until('the books agree', () => this.#life.books !== null && this.books.reconciled.length === 2);
    await this.until('the private channels are open', () => this.#life.broker.connected);
    await this.price(this.#price);
  }

  /** The market trades at a price on every symbol, and the engine is told. */
  async price(price: number): Promise<void> {
    this.#price = price;
    for (const symbol of SYMBOLS) {
      const [bid, ask] = [price - HALF_SPREAD, price + HALF_SPREAD];
      this.simulator.play({ kind: 'book', symbol, bids: [[bid, 5]], asks: [[ask, 5]] });
      this.simulator.play({ kind: 'trade', symbol, price, size: 1, side: 'buy' });
      const data = { bid, ask, last: price, high: price, low: price, volume: 1 };
      await this.bus.publish(null, [{ type: 'ticker', exchange: 'gmo', symbol, ts: this.#now(), data }]);
    }
  }

  /** Answers the id of the signal. */
  async signal(
    action: SignalAction,
    changes: Partial<Pick<SignalEvent, 'symbol' | 'strategy' | 'protect'>> = {},
  ): Promise<string> {
    const id = `signal-${++this.#signals}`;
    const about = { exchange: 'gmo', symbol: 'BTC_JPY', strategy: 's', ...changes, ts: this.#now() };
    await this.bus.publish(null, [{ type: 'signal', ...about, id, action, confidence: 1, price_ref: PRICE }]);
    return id;
  }

  async control(action: ControlEvent['action'], more: Pick<ControlEvent, 'accept'> = {}): Promise<void> {
    const about = { exchange: 'gmo', symbol: '*', ts: this.#now(), id: `control-${++this.#signals}` };
    await this.bus.publish(null, [{ type: 'control', ...about, action, reason: 'Told.', ...more }]);
  }

  /** Oldest first. */
  async orders(): Promise<readonly Order[]> {
    return (await this.store.orders()).map(({ order }) => order);
  }

  /** The order of ours with this purpose, once its status is this; the newest one. */
  async order(purpose: Order['terms']['purpose'], status: Order['status'], strategy = 's'): Promise<Order> {
    let found: Order | undefined;
    await this.until(`a ${purpose} of ${strategy} is ${status}`, async () => {
      const one = (await this.orders()).findLast(
        ({ terms }) => terms.purpose === purpose && terms.strategy === strategy,
      );
      found = one?.status === status ? one : undefined;
      return found !== undefined;
    });
    return found!;
  }

  async events(): Promise<readonly (OrderEvent | TradingStateEvent)[]> {
    const all = (await this.bus.range('order:gmo', null, 100_000)).map(({ event }) => event);
    return all.filter((event) => event.type === 'order' || event.type === 'trading_state');
  }

  /** Sentences that the executor said at level error. */
  get alarms(): readonly string[] {
    return this.log
      .filter(({ level }) => level === 'error')
      .map(({ fields }) => String(fields.message ?? fields.reason ?? ''));
  }

  /** What rests at the exchange, in its own words. */
  get resting() {
    return this.simulator.exchange.openOrders();
  }

  get lots() {
    return this.simulator.exchange.positions('BTC_JPY');
  }

  /** Ends the engine without warning and starts the next one over its record. */
  async restart(whileAway: () => Promise<void> = async () => {}): Promise<void> {
    await this.#kill();
    await whileAway();
    this.#life = this.#start();
    await this.ready();
  }

  stop(): Promise<EngineReport> {
    this.#life.stop.abort();
    return this.#life.running;
  }

  /** Ends whatever runs. */
  async close(): Promise<void> {
    await this.#kill();
    await this.simulator.close();
  }

  async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!(await condition())) {
      if (performance.now() > end) throw new Error(`Still waiting until ${what}.\n${await this.#told()}`);
      await new Promise((resolve) => void setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Its record is taken away: it can commit nothing more, and ends without a last look at the exchange. */
  async #kill(): Promise<void> {
    await this.store.takeOver('execution:gmo');
    await this.stop().catch(() => {});
  }

  #now(): number {
    return this.simulator.clock().marketTs;
  }

  #broker(): HeardBroker {
    const endpoints = { restBaseUrl: this.simulator.restBaseUrl };
    const context = { ...testContext(endpoints, this.log), marketClock: { now: () => this.#now() } };
    return new HeardBroker(context, CREDENTIALS, {
      horizonMs: 2_000,
      timeoutMs: 800,
      timings: TIMINGS,
      commands: new Budget({ spacingMs: 2 }),
    });
  }

  #start(): Life {
    const stop = new AbortController();
    const { logger } = testContext({}, this.log);
    const broker = this.#broker();
    const life = { stop, broker, books: null as (() => Books) | null };
    const running = (async () => {
      const instruments = (
        await gmoAdapter.history(testContext({ restBaseUrl: this.simulator.restBaseUrl })).instruments()
      ).filter(({ symbol }) => SYMBOLS.includes(symbol));
      const config: ExecutorConfig = {
        exchange: 'gmo',
        instruments,
        orderSize: Decimal.of('0.01'),
        maxPositionSize: Decimal.of('1'),
        maxDrawdown: Decimal.of('0.9'),
        capital: Decimal.of('100000000'),
        maxSignalAgeMs: LONG_MS,
        maxDataAgeMs: LONG_MS,
        inDoubtHorizonMs: broker.horizonMs,
        exclusive: true,
        orderKinds: Object.fromEntries(SYMBOLS.map((symbol) => [symbol, broker.orderKinds(symbol)])),
        ...this.#config,
      };
      return runEngine(
        {
          exchange: 'gmo',
          bus: this.bus,
          store: this.store,
          logger,
          marketClock: { now: () => this.#now() },
          wallClock: { now: () => Date.now() },
          session: {},
          execution: { broker, config },
          opened: (books) => {
            life.books = books ?? null;
          },
        },
        stop.signal,
      );
    })();
    running.catch(() => {});
    return Object.assign(life, { running });
  }

  async #told(): Promise<string> {
    const orders = (await this.orders()).map(
      ({ status, request, terms }) => `${terms.purpose} ${terms.side} ${terms.type} ${terms.size} ${status} ${request}`,
    );
    const resting = this.resting.map(({ side, type, size, state }) => `${side} ${type} ${size} ${state}`);
    const log = this.log
      .filter(({ level }) => level !== 'debug')
      .map(({ fields, message }) => `${message} ${JSON.stringify(fields)}`);
    return [...orders, 'at the exchange:', ...resting, ...log.slice(-30)].join('\n');
  }
}

interface Life {
  readonly stop: AbortController;
  readonly broker: HeardBroker;
  readonly running: Promise<EngineReport>;
  books: (() => Books) | null;
}

/** Says when its private channels are subscribed. */
class HeardBroker extends GmoBroker {
  connected = false;

  override async *updates(signal: AbortSignal): AsyncIterable<BrokerUpdate> {
    for await (const update of super.updates(signal)) {
      if (update.kind === 'connected') this.connected = true;
      yield update;
    }
  }
}

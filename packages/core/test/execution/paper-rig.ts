import {
  type ControlAction,
  compareBooks,
  type ExecutorAction,
  type ExecutorConfig,
  type ExecutorStep,
  ManualClock,
  type OrderEvent,
} from '@alpha-engine/core';
import { PaperBroker } from '@alpha-engine/core/simulation';
import { Bench, BTC_JPY, configOf, T0, tickerOf } from './bench.js';

/** The executor against the paper exchange, both in virtual time: every action is carried out before the next price comes. */
export class PaperRig {
  readonly clock = new ManualClock(T0);
  readonly broker = new PaperBroker({ instruments: [BTC_JPY], balances: { JPY: '10000000' }, clock: this.clock });
  readonly events: OrderEvent[] = [];
  readonly #updates: Parameters<Bench['feed']>[0][] = [];
  readonly #stop = new AbortController();
  readonly #listening: Promise<void>;
  #bench: Bench;

  constructor(changes: Partial<ExecutorConfig>) {
    const orderKinds = { BTC_JPY: this.broker.orderKinds('BTC_JPY') };
    this.#bench = new Bench(configOf({ instruments: [BTC_JPY], orderKinds, ...changes }));
    this.#listening = this.#listen();
  }

  get books() {
    return this.#bench.executor.books();
  }

  /** What protects positions, by what it protects. */
  get guards(): unknown {
    return (this.#bench.executor.snapshot() as { readonly guards: unknown }).guards;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#listening;
  }

  /** A second later the market trades at a price, and everybody hears of it. */
  async price(price: number): Promise<void> {
    this.clock.advance(1_000);
    this.#bench.now = this.clock.now();
    const at = { exchange: 'gmo', symbol: 'BTC_JPY', ts: this.clock.now() } as const;

    this.broker.onMarket({
      type: 'orderbook',
      ...at,
      data: { is_snapshot: true, bids: [[price - 50, 5]], asks: [[price + 50, 5]] },
    });
    this.broker.onMarket({ type: 'trade', ...at, data: { price, size: 1, side: 'buy' } });
    const ticker = tickerOf('BTC_JPY', price, at.ts);
    const data = { ...ticker.data, bid: price - 50, ask: price + 50 };
    await this.#carryOut(this.#bench.feed({ kind: 'quote', event: { ...ticker, data } }));
    await this.settle();
  }

  async signal(...signal: Parameters<Bench['signal']>): Promise<void> {
    await this.#carryOut(this.#bench.signal(...signal));
    await this.settle();
  }

  /** A command of the operator. `dies`: what the process was to do for it is lost with the process. */
  async say(action: ControlAction, dies = false): Promise<void> {
    const about = { exchange: 'gmo', symbol: '*', ts: this.clock.now(), id: action, reason: 'Because.' } as const;
    const step = this.#bench.feed({ kind: 'control', event: { type: 'control', ...about, action } });
    if (dies) return this.restart();
    await this.#carryOut(step);
    await this.settle();
  }

  /** The process dies and starts again from its record. */
  async restart(): Promise<void> {
    const snapshot = JSON.parse(JSON.stringify(this.#bench.executor.snapshot()));
    this.#bench = new Bench(this.#bench.config, snapshot);
    this.#bench.now = this.clock.now();
    await this.settle();
  }

  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; ) {
      await new Promise(setImmediate);
      const news = this.#updates.splice(0);
      const step = this.#bench.feed(...news, { kind: 'clock' });
      quiet = news.length + step.actions.length === 0 ? quiet + 1 : 0;
      await this.#carryOut(step);
    }
  }

  async differences() {
    const [positions, openOrders, fills] = await Promise.all([
      this.broker.positions('BTC_JPY'),
      this.broker.openOrders('BTC_JPY'),
      this.broker.fillsSince('BTC_JPY', 0),
    ]);
    return compareBooks(this.books, { positions, openOrders, fills, instruments: [BTC_JPY] });
  }

  async #carryOut(step: ExecutorStep): Promise<void> {
    this.events.push(...step.events.filter((event) => event.type === 'order'));
    for (const action of step.actions) await this.#do(action);
  }

  async #do(action: ExecutorAction): Promise<void> {
    if (action.kind === 'balances') return;
    if (action.kind === 'sweep') {
      const { symbol, fillsFrom, orderIds } = action;
      const begun = this.#bench.at;
      const openOrders = await this.broker.openOrders(symbol);
      const fills = await this.broker.fillsSince(symbol, fillsFrom);
      const orders = await this.broker.ordersById(orderIds);
      const positions = await this.broker.positions(symbol);
      const sweep = { symbol, begun, openOrders, fills, orders, positions };
      await this.#carryOut(this.#bench.feed({ kind: 'sweep', sweep }));
      return;
    }
    if (action.kind === 'submit') {
      const { clientOrderId } = action.order;
      await this.#carryOut(this.#bench.feed({ kind: 'submitting', clientOrderId }));
      const { exchangeOrderId } = await this.broker.place(action.order);
      await this.#carryOut(this.#bench.feed({ kind: 'accepted', clientOrderId, exchangeOrderId }));
      return;
    }
    const { clientOrderId, exchangeOrderId } = action;
    if (action.kind === 'cancel') await this.broker.cancel(exchangeOrderId);
    else await this.broker.amend(exchangeOrderId, action.change);
    await this.#carryOut(this.#bench.feed({ kind: `${action.kind}_answered`, clientOrderId, outcome: 'accepted' }));
  }

  async #listen(): Promise<void> {
    for await (const update of this.broker.updates(this.#stop.signal)) {
      if (update.kind === 'order') this.#updates.push({ kind: 'order_update', order: update.order });
      if (update.kind === 'fill') this.#updates.push({ kind: 'fill_update', fill: update.fill });
    }
  }
}

import {
  AlphaError,
  compareBooks,
  type ExchangeFill,
  Executor,
  type ExecutorAction,
  type ExecutorConfig,
  type ExecutorInput,
  ManualClock,
  type SymbolSweep,
} from '@alpha-engine/core';
import { PaperBroker } from '@alpha-engine/core/simulation';
import { BTC, BTC_JPY, configOf, d, signalOf, T0, tickerOf } from './bench.js';
import { BookingModel } from './booking-model.js';

export type Turn =
  | { readonly kind: 'signal'; readonly symbol: Symbol; readonly action: Action; readonly strategy: 'a' | 'b' }
  /** The market moves to a price, and a little is traded there: working orders may fill in part. */
  | { readonly kind: 'market'; readonly symbol: Symbol; readonly ticks: number; readonly traded: number }
  /** A request that waits to leave does, or does not. */
  | { readonly kind: 'act'; readonly which: number; readonly how: 'answered' | 'unanswered' | 'never arrived' }
  /** Something the exchange told, or an answer, comes in: any of those under way. */
  | { readonly kind: 'hear'; readonly which: number; readonly how: 'once' | 'twice' | 'never' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'kill'; readonly arrives: boolean };

type Symbol = 'BTC_JPY' | 'BTC';
type Action = 'enter_long' | 'enter_short' | 'exit';

interface News {
  readonly input: ExecutorInput;
  /** A frame of the private stream may be lost or come twice; an answer is told as lost by its request. */
  readonly isFrame: boolean;
}

const INSTRUMENTS = [BTC_JPY, BTC];
const HORIZON_MS = 5_000;
const PRICE = 6_000_000;

/**
 * The executor against the paper exchange, with everything between them under way until a turn says that it arrives: requests,
 * answers and messages overtake each other, come twice, or never. What the executor books is compared with the model after every step.
 */
export class SlowRig {
  readonly clock = new ManualClock(T0);
  readonly broker = new PaperBroker({
    instruments: INSTRUMENTS,
    balances: { JPY: '100000000', BTC: '0' },
    clock: this.clock,
  });
  readonly model = new BookingModel(d('1000000'));
  executor: Executor;
  readonly #config: ExecutorConfig;
  readonly #prices: Record<Symbol, number> = { BTC_JPY: PRICE, BTC: PRICE };
  readonly #stop = new AbortController();
  readonly #listening: Promise<void>;
  #requests: ((how: 'answered' | 'unanswered' | 'never arrived') => Promise<void>)[] = [];
  #news: News[] = [];
  #signals = 0;

  constructor(changes: Partial<ExecutorConfig> = {}) {
    const orderKinds = Object.fromEntries(INSTRUMENTS.map(({ symbol }) => [symbol, this.broker.orderKinds(symbol)]));
    const lasting = { maxSignalAgeMs: 10_000_000, maxDataAgeMs: 10_000_000, inDoubtHorizonMs: HORIZON_MS };
    this.#config = configOf({ ...lasting, maxPositionSize: d('1'), orderKinds, ...changes });
    this.executor = new Executor(this.#config);
    this.#listening = this.#listen();
  }

  /** Both markets open, and the books agree. */
  async begin(): Promise<void> {
    await new Promise(setImmediate);
    for (const symbol of ['BTC_JPY', 'BTC'] as const) this.#show(symbol, 0);
    await this.end(5);
  }

  async take(turn: Turn): Promise<void> {
    switch (turn.kind) {
      case 'signal': {
        const { action, strategy, symbol } = turn;
        this.#signals += 1;
        const event = signalOf(action, { id: `s${this.#signals}`, ts: this.clock.now(), strategy, symbol });
        this.#feed({ kind: 'signal', event });
        break;
      }
      case 'market':
        this.#prices[turn.symbol] = PRICE + turn.ticks * 10;
        this.#show(turn.symbol, turn.traded);
        break;
      case 'act':
        await this.#requests.splice(turn.which % Math.max(1, this.#requests.length), 1)[0]?.(turn.how);
        break;
      case 'hear':
        this.#hear(turn.which, turn.how);
        break;
      case 'pass':
        this.clock.advance(turn.ms);
        this.#feed({ kind: 'clock' });
        break;
      case 'kill':
        await this.#kill(turn.arrives);
    }
    // What the exchange tells comes through an iterator.
    await new Promise(setImmediate);
  }

  /** So many seconds in which everything arrives. */
  async end(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.clock.advance(1_000);
      this.#feed({ kind: 'clock' });
      for (let round = 0; this.#requests.length + this.#news.length > 0; round += 1) {
        if (round > 1_000) throw new Error('The executor and the exchange never come to an end.');
        for (const request of this.#requests.splice(0)) await request('answered');
        await new Promise(setImmediate);
        for (const { input } of this.#news.splice(0)) this.#feed(input);
      }
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#listening;
  }

  resync(): void {
    this.#feed({ kind: 'resync' });
  }

  /** Sentences about what the books have that the exchange has not, and the other way round. */
  async differences() {
    const both = <Item>(read: (symbol: string) => Promise<readonly Item[]>) =>
      Promise.all(INSTRUMENTS.map(({ symbol }) => read(symbol))).then((lists) => lists.flat());
    const positions = await both((symbol) => this.broker.positions(symbol));
    const openOrders = await both((symbol) => this.broker.openOrders(symbol));
    const fills = await this.fills();
    const known = fills.every(({ executionId }) => this.model.knows(executionId));
    const found = compareBooks(this.executor.books(), { instruments: INSTRUMENTS, positions, openOrders, fills });
    return known ? found : [...found, 'A fill of the exchange was never booked.'];
  }

  async fills(): Promise<readonly ExchangeFill[]> {
    const lists = await Promise.all(INSTRUMENTS.map(({ symbol }) => this.broker.fillsSince(symbol, 0)));
    return lists.flat();
  }

  /** Small levels, so that a market order fills in parts, too. */
  #show(symbol: Symbol, traded: number): void {
    const price = this.#prices[symbol];
    const at = { exchange: 'gmo', symbol, ts: this.clock.now() } as const;
    const levels = (side: 1 | -1) => [0, 1, 2, 3].map((step): [number, number] => [price + side * (5 + step), 0.004]);
    const data = { is_snapshot: true, bids: levels(-1), asks: levels(1) };
    this.broker.onMarket({ type: 'orderbook', ...at, data });
    if (traded > 0) this.broker.onMarket({ type: 'trade', ...at, data: { price, size: traded / 1_000, side: 'buy' } });
    this.model.marks.set(symbol, price);
    const ticker = tickerOf(symbol, price, at.ts);
    this.#feed({ kind: 'quote', event: ticker });
  }

  #feed(input: ExecutorInput): void {
    const at = { marketTs: this.clock.now(), wallTs: this.clock.now() };
    const step = this.executor.step([{ ...input, at }]);
    this.model.check(step, () => this.executor.books());
    for (const action of step.actions) this.#do(action);
  }

  #do(action: ExecutorAction): void {
    const { broker } = this;
    switch (action.kind) {
      case 'balances':
        this.#requests.push(async () => {
          const at = { marketTs: this.clock.now(), wallTs: this.clock.now() };
          this.#answer({ kind: 'balances', balances: await broker.balances(), begun: at });
        });
        return;
      case 'sweep':
        this.#requests.push(async () => this.#read(action));
        return;
      case 'submit': {
        const { order } = action;
        const { clientOrderId } = order;
        const sentTs = this.clock.now();
        this.#feed({ kind: 'submitting', clientOrderId });
        this.#requests.push(async (how) => {
          // What is not sent in half the horizon is not sent at all.
          const arrives = how !== 'never arrived' && this.clock.now() - sentTs <= HORIZON_MS / 2;
          try {
            const { exchangeOrderId = '' } = arrives ? await broker.place(order) : {};
            const isAnswered = arrives && how === 'answered';
            this.#answer(
              isAnswered
                ? { kind: 'accepted', clientOrderId, exchangeOrderId }
                : { kind: 'unanswered', clientOrderId, message: 'Lost.' },
            );
          } catch (error) {
            if (!AlphaError.is(error)) throw error;
            this.#answer({
              kind: 'refused',
              clientOrderId,
              code: error.code,
              message: error.message,
              error: error.code,
            });
          }
        });
        return;
      }
      case 'cancel':
      case 'amend': {
        const { clientOrderId, exchangeOrderId, kind } = action;
        const answered = { kind: `${kind}_answered`, clientOrderId } as const;
        this.#requests.push(async (how) => {
          try {
            if (how !== 'never arrived') {
              if (kind === 'cancel') await broker.cancel(exchangeOrderId);
              else await broker.amend(exchangeOrderId, action.change);
            }
            this.#answer({ ...answered, outcome: how === 'answered' ? 'accepted' : 'in_doubt' });
          } catch (error) {
            this.#answer({ ...answered, outcome: 'refused', message: String(error) });
          }
        });
      }
    }
  }

  /** In two parts: between them the exchange goes on. */
  async #read({ fillsFrom, orderIds, symbol }: Extract<ExecutorAction, { kind: 'sweep' }>): Promise<void> {
    const { broker } = this;
    const begun = { marketTs: this.clock.now(), wallTs: this.clock.now() };
    const openOrders = await broker.openOrders(symbol);
    this.#requests.push(async () => {
      const fills = await broker.fillsSince(symbol, fillsFrom);
      const named = [...openOrders, ...fills].map(({ exchangeOrderId }) => exchangeOrderId);
      const unread = new Set([...orderIds, ...named.filter((id) => !this.executor.isBound(id))]);
      const orders = await broker.ordersById([...unread]);
      const positions = await broker.positions(symbol);
      const sweep: SymbolSweep = { symbol, begun, openOrders, fills, orders, positions };
      this.#answer({ kind: 'sweep', sweep });
    });
  }

  #answer(input: ExecutorInput): void {
    this.#news.push({ input, isFrame: false });
  }

  #hear(which: number, how: 'once' | 'twice' | 'never'): void {
    const [news] = this.#news.splice(which % Math.max(1, this.#news.length), 1);
    if (news === undefined || (news.isFrame && how === 'never')) return;
    this.#feed(news.input);
    if (news.isFrame && how === 'twice') this.#feed(news.input);
  }

  /** What is under way arrives at the exchange or does not; what it told is lost. */
  async #kill(arrives: boolean): Promise<void> {
    const snapshot = JSON.parse(JSON.stringify(this.executor.snapshot()));
    for (const request of this.#requests.splice(0)) await request(arrives ? 'unanswered' : 'never arrived');
    await new Promise(setImmediate);
    this.#requests = [];
    this.#news = [];
    this.executor = new Executor(this.#config, snapshot);
    this.#feed({ kind: 'clock' });
  }

  async #listen(): Promise<void> {
    for await (const update of this.broker.updates(this.#stop.signal)) {
      if (update.kind === 'order')
        this.#news.push({ input: { kind: 'order_update', order: update.order }, isFrame: true });
      if (update.kind === 'fill') this.#news.push({ input: { kind: 'fill_update', fill: update.fill }, isFrame: true });
    }
  }
}

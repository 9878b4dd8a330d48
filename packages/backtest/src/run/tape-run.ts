import {
  AlphaError,
  type Bar,
  CLOCK_GRACE_MS,
  type EpochMs,
  isTimed,
  type MarketEvent,
  type RunnerStep,
  type TickerEvent,
  timeframeMs,
} from '@alpha-engine/core';
import {
  ASSUMED_LATENCY,
  delaysOf,
  isInstant,
  type Latency,
  PlayedMarket,
  queueOf,
  SimulatedExchange,
} from '@alpha-engine/core/simulation';
import { marketFillOf } from '../fills/market-fill-of.js';
import { tapeAssumptions } from '../fills/tape-assumptions.js';
import type { BacktestOptions } from './backtest-options.js';
import { EquityCurve } from './equity-curve.js';
import { executorConfig } from './executor-config.js';
import { Mail } from './mail.js';
import { RunRecord } from './run-record.js';
import { TapeWarmup } from './tape-warmup.js';
import { VirtualEngine } from './virtual-engine.js';

/** How often the executor is told the time, market milliseconds: as live while an order is open, else only to look after its books. */
const CLOCK_EVERY_MS = { ordering: 250, idle: 60_000 };
const DAY_MS = 86_400_000;
/** 06:00 in Japan, after midnight UTC. */
const NIGHT_BEGINS_MS = 21 * 3_600_000;

interface SymbolPlay {
  readonly symbol: string;
  /** Of the last trade, or of what says a price before the first. */
  price: number;
  firstClose: number | null;
  /** Signed base coin, all strategies together. */
  size: number;
  /** As told by the exchange, once there was one; else made of the best prices. */
  ticker: TickerEvent | null;
  /** The executor has not been told the newest quote. */
  quoteWaits: boolean;
  /** Market time at which the clock may close a bar next. */
  clockDue: EpochMs;
}

/**
 * One back-test of recorded trades, books and tickers, in the order in which they became known. The simulated exchange sees each at its
 * time; strategies and executor when it has come over the feed, exactly as the brains of a live engine do: bars are built by the runner and
 * closed by a trade or the clock, tickers are the executor's quotes. Synchronous; whoever reads the events does the waiting.
 */
export class TapeRun {
  readonly record = new RunRecord();
  readonly curve = new EquityCurve();
  readonly #options: BacktestOptions;
  readonly #exchange: SimulatedExchange;
  readonly #market: PlayedMarket;
  readonly #engine: VirtualEngine;
  readonly #latency: Latency;
  readonly #warmup: TapeWarmup;
  readonly #feed: Mail<MarketEvent> | null;
  readonly #legs: Readonly<Record<'order' | 'answer', Mail<() => void> | null>>;
  readonly #plays: ReadonlyMap<string, SymbolPlay>;
  readonly #watchesLoss: boolean;
  readonly #capital: number;
  readonly #clockEvery: number;
  #lastPlay: SymbolPlay | null = null;
  /** The time of the exchange: the newest event's. */
  #now: EpochMs = 0;
  /** When the next thing under way arrives. */
  #due = Number.POSITIVE_INFINITY;
  #executorClock = 0;
  #executorEvery = CLOCK_EVERY_MS.idle;
  #nightEnds = Number.POSITIVE_INFINITY;
  #begun = false;
  #cash = 0;
  #holds = false;
  /** Something reacts to every quote: what protects a position, or a limit of loss. */
  #watchesQuotes = false;
  #seen = -1;
  bars = 0;
  /** Bars at whose end something was held. */
  investedBars = 0;
  firstTs: EpochMs | null = null;
  #lastTs: EpochMs = 0;

  /** Throws `CONFIG_INVALID` for a latency that makes no sense. */
  constructor(options: BacktestOptions) {
    const { cash, fill, instances, instruments, leverageRules, limits, maxDrawdown } = options;
    this.#options = options;
    const quote = instruments[0]?.quote ?? '';
    this.#exchange = new SimulatedExchange({
      instruments,
      balances: { [quote]: cash, ...Object.fromEntries(instruments.map(({ base }) => [base, '0'])) },
      feeRounding: 'none',
      leverageRules,
      queue: queueOf(marketFillOf(fill.model), fill.queue),
      slippage: { fraction: fill.slippage, on: fill.slippageOn },
    });
    this.#market = new PlayedMarket(this.#exchange, marketFillOf(fill.model));
    this.#market.quiet = true;
    const config = executorConfig(options);
    this.#capital = config.capital.toNumber();
    this.#watchesLoss = maxDrawdown !== undefined || limits?.maxDailyLoss !== undefined;
    const latency = fill.latency ?? ASSUMED_LATENCY;
    this.#latency = latency;
    const mail = <Item>(leg: 'feed' | 'order' | 'answer') =>
      isInstant(latency[leg]) ? null : new Mail<Item>(delaysOf(latency, leg));
    this.#feed = mail('feed');
    this.#legs = { order: mail('order'), answer: mail('answer') };
    this.#engine = new VirtualEngine({
      ...{ instances, config, exchange: this.#exchange, markets: new Map(), listener: this.record },
      carry: (leg, act) => this.#carry(leg, act),
    });
    this.#warmup = new TapeWarmup(this.#engine, instruments);
    this.#clockEvery = instruments
      .flatMap(({ symbol }) => this.#engine.timeframes(symbol).filter(isTimed))
      .reduce((every, timeframe) => divisor(every, timeframeMs(timeframe)), DAY_MS);
    this.#plays = new Map(
      instruments.map(({ symbol }) => {
        const quoted = { ticker: null, quoteWaits: false };
        return [symbol, { symbol, price: 0, firstClose: null, size: 0, ...quoted, clockDue: 0 }];
      }),
    );
  }

  /** The executor of the run, for looking at its books. */
  get engine(): VirtualEngine {
    return this.#engine;
  }

  take(event: MarketEvent): void {
    const { from, to } = this.#options;
    const { ts } = event;
    if (to !== undefined && ts >= to) return;
    const play = this.#playOf(event.symbol);
    if (play === undefined) return;
    if (from !== undefined && ts < from) {
      // The last book before the beginning is what changes of it apply to.
      this.#market.take(event);
      this.#warmup.take(event);
      return;
    }
    if (!this.#begun) this.#begin(ts, from ?? ts);
    // Market time never goes back, whatever an event is stamped with.
    if (ts > this.#now) {
      if (ts > this.#due) this.#arrive(ts);
      if (ts >= this.#nightEnds) this.#passNight(ts);
      this.#now = ts;
    }
    this.#engine.now = this.#now;
    if (event.type === 'trade') play.price = event.data.price;
    const reports = this.#market.take(event);
    if (reports.length > 0) {
      this.#engine.report(reports);
      this.#engine.settle();
    }
    if (this.#feed === null) this.#know(play, event);
    else {
      this.#feed.send(this.#now, event);
      if (this.#feed.next < this.#due) this.#due = this.#feed.next;
    }
  }

  /** Market time went on while nothing happened: what is under way by then arrives, and the clock closes what it may. */
  pass(ts: EpochMs): void {
    if (!this.#begun || ts <= this.#now) return;
    this.#arrive(ts);
    this.#now = ts;
    this.#engine.now = ts;
    this.#take(this.#engine.tick());
  }

  /**
   * What is under way arrives, while the market stays as it was shown last. A bar that neither a trade nor the clock closed is left out,
   * as a live session would leave it open. Throws `DATA_INVALID` when the fill model needs books and the data have none.
   */
  end(): void {
    if (!this.#begun) return;
    this.#arrive(Number.POSITIVE_INFINITY);
    this.#tellQuotes();
    this.#engine.tell({ kind: 'clock' });
    this.#engine.settle();
    this.#arrive(Number.POSITIVE_INFINITY);
    this.#look();
    this.curve.add(Math.max(this.#now, this.#lastTs), this.#equity());
    const { model } = this.#options.fill;
    if (this.#market.books === 0 && model !== 'trades') {
      throw new AlphaError(
        'DATA_INVALID',
        `The data have no order book, which the fill model ${model} needs; the fill model trades needs none.`,
      );
    }
  }

  /** Last price of every symbol. */
  prices(): ReadonlyMap<string, number> {
    return new Map([...this.#plays].map(([symbol, { price }]) => [symbol, price]));
  }

  /** Of the price, from the first close of a bar to the last price; null without a bar. */
  change(symbol: string): number | null {
    const play = this.#plays.get(symbol);
    return play === undefined || play.firstClose === null ? null : play.price / play.firstClose - 1;
  }

  assumptions(): readonly string[] {
    const { fill, instruments, leverageRules } = this.#options;
    const leverage = instruments.some(({ kind }) => kind === 'leverage') ? leverageRules : null;
    const model = marketFillOf(fill.model);
    const queue = queueOf(model, fill.queue);
    return tapeAssumptions(fill, { fill: model, queue, latency: this.#latency }, leverage);
  }

  #begin(ts: EpochMs, from: EpochMs): void {
    this.#warmup.end(from);
    this.#now = ts;
    this.firstTs = ts;
    this.#engine.begin(ts);
    this.#executorClock = ts + CLOCK_EVERY_MS.idle;
    this.curve.add(ts, this.#capital);
    // The session was up before the first event: only from now on does anything take time.
    this.#begun = true;
    this.#look();
  }

  /** The event has come over the feed. */
  #know(play: SymbolPlay, event: MarketEvent): void {
    const engine = this.#engine;
    if (event.type === 'ticker') play.ticker = event;
    if (event.type === 'ticker' || play.ticker === null) play.quoteWaits = true;
    if (play.quoteWaits && this.#watchesQuotes) {
      this.#tellQuotes();
      engine.settle();
    }
    const step = engine.hear(event);
    if (step !== null) this.#take(step);
    if (event.ts >= play.clockDue) {
      const { ts } = event;
      play.clockDue = Math.floor((ts - CLOCK_GRACE_MS) / this.#clockEvery + 1) * this.#clockEvery + CLOCK_GRACE_MS;
      this.#take(engine.tick());
    }
    if (engine.now >= this.#executorClock) this.#clock();
  }

  /** What the strategies made of an input: bars go on the curve, signals to the executor. */
  #take({ bars, signals }: RunnerStep): void {
    for (const bar of bars) this.#onBar(bar);
    if (signals.length === 0) return;
    const engine = this.#engine;
    this.#tellQuotes();
    for (const { event } of signals) engine.tell({ kind: 'signal', event });
    engine.settle();
    this.#look();
  }

  #onBar(bar: Bar): void {
    const { close, closeTs, symbol } = bar;
    this.bars += 1;
    this.record.hear?.bar(bar);
    const play = this.#plays.get(symbol);
    if (play !== undefined) play.firstClose ??= close;
    this.#look();
    if (this.#holds) this.investedBars += 1;
    if (closeTs < this.#lastTs) return;
    this.#lastTs = closeTs;
    this.curve.add(closeTs, this.#equity(symbol, close));
  }

  #clock(): void {
    this.#tellQuotes();
    this.#engine.tell({ kind: 'clock' });
    this.#engine.settle();
    this.#look();
    this.#executorClock = this.#engine.now + this.#executorEvery;
  }

  /** The newest quotes that the executor does not have. */
  #tellQuotes(): void {
    for (const play of this.#plays.values()) {
      if (!play.quoteWaits) continue;
      play.quoteWaits = false;
      const event = play.ticker ?? this.#quoteOf(play);
      if (event !== null) this.#engine.tell({ kind: 'quote', event });
    }
  }

  #quoteOf({ price, symbol }: SymbolPlay): TickerEvent | null {
    const best = this.#market.best(symbol);
    const exchange = this.#options.instruments[0]?.exchange ?? '';
    if (best === null) return null;
    const { bid, ask } = best;
    const last = price > 0 ? price : (bid + ask) / 2;
    const data = { bid, ask, last, high: last, low: last, volume: 0 };
    return { type: 'ticker', exchange, symbol, ts: this.#engine.now, data };
  }

  #carry(leg: 'order' | 'answer', act: () => void): void {
    const mail = this.#legs[leg];
    const bring = () => {
      if (leg === 'order') this.#market.wake();
      act();
    };
    if (mail === null || !this.#begun) bring();
    else {
      mail.send(this.#engine.now, bring);
      if (mail.next < this.#due) this.#due = mail.next;
    }
  }

  /** Everything that arrives before this moment, in order of its arrival. */
  #arrive(before: EpochMs): void {
    const { order, answer } = this.#legs;
    const feed = this.#feed;
    const engine = this.#engine;
    for (;;) {
      const known = feed?.next ?? Number.POSITIVE_INFINITY;
      const asked = order?.next ?? Number.POSITIVE_INFINITY;
      const answered = answer?.next ?? Number.POSITIVE_INFINITY;
      this.#due = Math.min(known, asked, answered);
      if (this.#due >= before) return;
      engine.now = this.#due;
      if (known === this.#due) {
        const event = feed?.take() as MarketEvent;
        this.#know(this.#playOf(event.symbol) as SymbolPlay, event);
      } else {
        (asked === this.#due ? order : answer)?.take()();
        engine.settle();
        this.#look();
      }
    }
  }

  /** What lots pay for a night is booked while the executor still has them. */
  #passNight(ts: EpochMs): void {
    const engine = this.#engine;
    engine.now = this.#nightEnds;
    this.#nightEnds = nightAfter(ts);
    this.#look();
    if (this.#market.quiet) return;
    this.#tellQuotes();
    engine.tell({ kind: 'clock' });
    engine.report(this.#exchange.onTime(engine.now));
    engine.settle();
  }

  #equity(symbol?: string, price?: number): number {
    let equity = this.#capital + this.#cash;
    for (const play of this.#plays.values()) {
      if (play.size !== 0) equity += play.size * (play.symbol === symbol ? (price ?? play.price) : play.price);
    }
    return equity;
  }

  /** Takes over in plain numbers what the books and the exchange say exactly, whenever something happened there. */
  #look(): void {
    const { book, happenings } = this.record;
    if (happenings === this.#seen) return;
    this.#seen = happenings;
    this.#cash = book.cash.toNumber();
    this.#holds = false;
    for (const [symbol, play] of this.#plays) {
      play.size = book.size(symbol).toNumber();
      if (book.holds(symbol)) this.#holds = true;
    }
    const { executor } = this.#engine;
    const rules = this.#options.leverageRules === 'gmo';
    const lots = rules && this.#exchange.positions().length > 0;
    const ordering = this.#exchange.openOrders().length > 0;
    this.#watchesQuotes = executor.protections().length > 0 || (this.#watchesLoss && this.#holds);
    this.#market.quiet = !ordering && !lots;
    this.#executorEvery = ordering ? CLOCK_EVERY_MS.ordering : CLOCK_EVERY_MS.idle;
    this.#executorClock = Math.min(this.#executorClock, this.#engine.now + this.#executorEvery);
    this.#nightEnds = lots ? Math.min(this.#nightEnds, nightAfter(this.#now)) : Number.POSITIVE_INFINITY;
  }

  /** Events come in runs of one symbol, so the last answer is tried first. */
  #playOf(symbol: string): SymbolPlay | undefined {
    const last = this.#lastPlay;
    if (last !== null && last.symbol === symbol) return last;
    const play = this.#plays.get(symbol);
    if (play !== undefined) this.#lastPlay = play;
    return play;
  }
}

/** The next 06:00 in Japan after a moment. */
function nightAfter(ts: EpochMs): EpochMs {
  return (Math.floor((ts - NIGHT_BEGINS_MS) / DAY_MS) + 1) * DAY_MS + NIGHT_BEGINS_MS;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

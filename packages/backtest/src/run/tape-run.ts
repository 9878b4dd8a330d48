import {
  AlphaError,
  type Bar,
  CLOCK_GRACE_MS,
  type EpochMs,
  isTimed,
  type MarketEvent,
  type RunnerStep,
  timeframeMs,
} from '@alpha-engine/core';
import {
  ASSUMED_LATENCY,
  type BestPrices,
  delaysOf,
  isInstant,
  type Latency,
  lastRoll,
  PlayedMarket,
  queueOf,
  type SimulatedExchange,
} from '@alpha-engine/core/simulation';
import { marketFillOf } from '../fills/market-fill-of.js';
import { tapeAssumptions } from '../fills/tape-assumptions.js';
import { AccountView } from './account-view.js';
import type { BacktestOptions } from './backtest-options.js';
import { closeOpenTrades } from './close-open-trades.js';
import { divisor } from './divisor.js';
import { EquityCurve } from './equity-curve.js';
import { exchangeOf } from './exchange-of.js';
import { executorConfig } from './executor-config.js';
import { Mail } from './mail.js';
import { RecordedFeed } from './recorded-feed.js';
import { RunRecord } from './run-record.js';
import { openPlay, priceOf, quoteOf, type SymbolPlay } from './tape-play.js';
import { VirtualEngine } from './virtual-engine.js';

/** How often the executor is told the time, market milliseconds: as live while an order is open, else only to look after its books. */
const CLOCK_EVERY_MS = { ordering: 250, idle: 60_000 };
const DAY_MS = 86_400_000;

/** An event on its way over the feed, with what the exchange showed when it left. */
interface Told {
  readonly event: MarketEvent;
  /** Null also where the exchange's own tickers are known. */
  readonly best: BestPrices | null;
  readonly ts: EpochMs;
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
  readonly #feed: Mail<Told> | null;
  readonly #recorded: RecordedFeed | null;
  readonly #legs: Readonly<Record<'order' | 'answer', Mail<() => void> | null>>;
  readonly #plays: ReadonlyMap<string, SymbolPlay>;
  readonly #watchesLoss: boolean;
  readonly #capital: number;
  readonly #account: AccountView<SymbolPlay>;
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
  /** Something reacts to every quote: what protects a position, or a limit of loss. */
  #watchesQuotes = false;
  bars = 0;
  /** Bars at whose end something was held. */
  investedBars = 0;
  firstTs: EpochMs | null = null;
  #lastTs: EpochMs = 0;

  /** Throws `CONFIG_INVALID` for a latency that makes no sense. */
  constructor(options: BacktestOptions) {
    const { fill, instances, instruments, limits, maxDrawdown } = options;
    this.#options = options;
    this.#exchange = exchangeOf(options, {
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
    this.#recorded = fill.recordedFeed === true ? new RecordedFeed() : null;
    const mail = <Item>(leg: 'feed' | 'order' | 'answer') =>
      isInstant(latency[leg]) ? null : new Mail<Item>(delaysOf(latency, leg));
    this.#feed = this.#recorded === null ? mail('feed') : new Mail(delaysOf(latency, 'feed'));
    this.#legs = { order: mail('order'), answer: mail('answer') };
    this.#engine = new VirtualEngine({
      ...{ instances, config, exchange: this.#exchange, markets: new Map(), listener: this.record },
      carry: (leg, act) => this.#carry(leg, act),
    });
    this.#clockEvery = instruments
      .flatMap(({ symbol }) => this.#engine.timeframes(symbol).filter(isTimed))
      .reduce((every, timeframe) => divisor(every, timeframeMs(timeframe)), DAY_MS);
    this.#plays = new Map(
      instruments.map(({ symbol }) => {
        return [symbol, openPlay(symbol)];
      }),
    );
    this.#account = new AccountView(this.record, this.#capital, this.#plays);
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
      if (event.type === 'trade') this.#engine.warmTrade(event);
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
    const best = play.ticker === null ? this.#market.best(play.symbol) : null;
    const told = { event, best, ts: this.#now };
    if (this.#feed === null) this.#know(play, told);
    else {
      this.#feed.send(this.#now, told, this.#recorded?.dueOf(event, this.#now));
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
   * What is under way arrives, while the market stays as it was shown last. Bars that end by `to` close, and nothing is done on them any
   * more; another bar that neither a trade nor the clock closed is left out, as a live session would leave it open. Throws `DATA_INVALID` when the fill model needs books and the data have none.
   */
  end(): void {
    if (!this.#begun) return;
    this.#arrive(Number.POSITIVE_INFINITY);
    this.#tellQuotes();
    this.#engine.tell({ kind: 'clock' });
    this.#engine.settle();
    this.#arrive(Number.POSITIVE_INFINITY);
    this.#look();
    const { to } = this.#options;
    if (to !== undefined) for (const bar of this.#engine.closeUntil(to, 'bar').bars) this.#onBar(bar);
    this.curve.add(Math.max(this.#now, this.#lastTs), this.#account.equity(priceOf));
    const { model } = this.#options.fill;
    if (this.#market.books === 0 && model !== 'trades') {
      throw new AlphaError(
        'DATA_INVALID',
        `The data have no order book, which the fill model ${model} needs; the fill model trades needs none.`,
      );
    }
  }

  /** Closes what is open at the last prices. Gives back how many trades that were. */
  closeAll(): number {
    const ts = this.curve.times.at(-1) ?? this.#now;
    const closed = closeOpenTrades(this.record, this.#options, this.prices(), ts);
    this.#look();
    this.curve.add(ts, this.#account.equity(priceOf));
    return closed;
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
    return tapeAssumptions(fill, { feed: this.#recorded, fill: model, queue, latency: this.#latency }, leverage);
  }

  #begin(ts: EpochMs, from: EpochMs): void {
    this.#engine.closeUntil(from, 'warmup');
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
  #know(play: SymbolPlay, { best, event, ts: toldTs }: Told): void {
    const engine = this.#engine;
    play.best = best;
    play.toldTs = toldTs;
    if (event.type === 'trade') play.last = event.data.price;
    else if (event.type === 'ticker') play.ticker = event;
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
    this.record.hear?.bar?.(bar);
    const play = this.#plays.get(symbol);
    if (play !== undefined) play.firstClose ??= close;
    this.#look();
    if (this.#account.holds) this.investedBars += 1;
    if (closeTs < this.#lastTs) return;
    this.#lastTs = closeTs;
    this.curve.add(
      closeTs,
      this.#account.equity((one) => (one === play ? close : one.price)),
    );
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
      const event = play.ticker ?? quoteOf(play, this.#options.instruments[0]?.exchange ?? '');
      if (event !== null) this.#engine.tell({ kind: 'quote', event });
    }
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
        const told = feed?.take() as Told;
        this.#know(this.#playOf(told.event.symbol) as SymbolPlay, told);
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
    this.#nightEnds = lastRoll(ts) + DAY_MS;
    this.#look();
    if (this.#market.quiet) return;
    this.#tellQuotes();
    engine.tell({ kind: 'clock' });
    engine.report(this.#exchange.onTime(engine.now));
    engine.settle();
  }

  /** Takes over in plain numbers what the books and the exchange say exactly, whenever something happened there. */
  #look(): void {
    if (!this.#account.look()) return;
    const { executor } = this.#engine;
    const rules = this.#options.leverageRules === 'gmo';
    const lots = rules && this.#exchange.positions().length > 0;
    const ordering = this.#exchange.openOrders().length > 0;
    this.#watchesQuotes = executor.protections().length > 0 || (this.#watchesLoss && this.#account.holds);
    this.#market.quiet = !ordering && !lots;
    this.#executorEvery = ordering ? CLOCK_EVERY_MS.ordering : CLOCK_EVERY_MS.idle;
    this.#executorClock = Math.min(this.#executorClock, this.#engine.now + this.#executorEvery);
    this.#nightEnds = lots ? Math.min(this.#nightEnds, lastRoll(this.#now) + DAY_MS) : Number.POSITIVE_INFINITY;
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

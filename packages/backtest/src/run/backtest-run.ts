import { AlphaError, type Bar, type EpochMs, type SignalEvent } from '@alpha-engine/core';
import { lastRoll, type SimulatedExchange } from '@alpha-engine/core/simulation';
import { BarMarket } from '../fills/bar-market.js';
import { type PathPoint, pathOf } from '../fills/bar-path.js';
import { assumptionsOf } from '../fills/fill-model.js';
import { nextLevel, type QuietRange, quietRange } from '../fills/quiet-range.js';
import { refuseForBars } from '../fills/refuse-for-bars.js';
import { AccountView, type Holding } from './account-view.js';
import type { BacktestOptions } from './backtest-options.js';
import { BarOrder } from './bar-order.js';
import { closeOpenTrades } from './close-open-trades.js';
import { EquityCurve } from './equity-curve.js';
import { exchangeOf } from './exchange-of.js';
import { executorConfig } from './executor-config.js';
import { RunRecord } from './run-record.js';
import { VirtualEngine } from './virtual-engine.js';

/** What the executor does only when it is told the time (forgetting, comparing) is done once in so many bars. */
const BARS_PER_CLOCK = 1_000;

const DAY_MS = 86_400_000;

interface SymbolPlay extends Holding {
  readonly market: BarMarket;
  /** Prices at which something of ours happens. */
  levels: readonly number[];
  /** Nothing happens while the price stays between them; null: every price counts. */
  quiet: QuietRange | null;
  /** Decided on the last close; judged at the next open. */
  waiting: readonly SignalEvent[];
  /** Open until its end is reached. */
  bar: Bar | null;
  /** Where the price still goes inside that bar. */
  path: readonly PathPoint[];
  firstClose: number | null;
}

/**
 * One back-test: bars in, everything that came of them out. Synchronous; whoever reads the bars does the waiting. Several symbols
 * are given in order of the bars' opening: what has closed by then is closed first, in order of close and symbol.
 */
export class BacktestRun {
  readonly record = new RunRecord();
  readonly curve = new EquityCurve();
  readonly #options: BacktestOptions;
  readonly #engine: VirtualEngine;
  readonly #plays: ReadonlyMap<string, SymbolPlay>;
  readonly #exchange: SimulatedExchange;
  /** Quotes are told of every price: a limit of loss looks at them. */
  readonly #watchesLoss: boolean;
  readonly #capital: number;
  readonly #account: AccountView<SymbolPlay>;
  readonly #order = new BarOrder();
  #begun = false;
  #paysNights = false;
  /** When the business day began that was told last. */
  #night: EpochMs = Number.NaN;
  /** Where there is only one. */
  readonly #only: SymbolPlay | null;
  /** Longer bars are put together from those that come. */
  readonly #merges: boolean;
  bars = 0;
  /** Bars at whose end something was held. */
  investedBars = 0;
  firstTs: EpochMs | null = null;

  constructor(options: BacktestOptions) {
    const { fill, instances, instruments, limits, maxDrawdown } = options;
    this.#options = options;
    refuseForBars(fill);
    this.#exchange = exchangeOf(options);
    this.#plays = new Map(
      instruments.map((instrument) => {
        const market = new BarMarket(this.#exchange, instrument, fill);
        return [
          instrument.symbol,
          {
            market,
            size: 0,
            held: false,
            levels: [],
            quiet: quietRange(0, []),
            waiting: [],
            bar: null,
            path: [],
            firstClose: null,
          },
        ];
      }),
    );
    this.#only = this.#plays.size === 1 ? ([...this.#plays.values()][0] ?? null) : null;
    const markets = new Map([...this.#plays].map(([symbol, { market }]) => [symbol, market]));
    const config = executorConfig(options);
    this.#capital = config.capital.toNumber();
    this.#account = new AccountView(this.record, this.#capital, this.#plays);
    this.#watchesLoss = maxDrawdown !== undefined || limits?.maxDailyLoss !== undefined;
    this.#engine = new VirtualEngine({ instances, config, exchange: this.#exchange, markets, listener: this.record });
    this.#merges = instruments.some(({ symbol }) => this.#engine.timeframes(symbol).length > 1);
  }

  /** The executor of the run, for looking at its books. */
  get engine(): VirtualEngine {
    return this.#engine;
  }

  /** Throws `UNKNOWN_SYMBOL`, and `DATA_INVALID` for a bar that comes twice or out of order. */
  take(bar: Bar): void {
    const { from, to } = this.#options;
    const play = this.#only?.market.symbol === bar.symbol ? this.#only : this.#plays.get(bar.symbol);
    if (play === undefined) {
      throw new AlphaError(
        'UNKNOWN_SYMBOL',
        `The back-test was given a bar of ${bar.symbol}, which is none of its symbols.`,
      );
    }
    this.#order.take(bar);
    if (to !== undefined && bar.openTs >= to) return;
    this.#closeUntil(bar.openTs);
    if (from !== undefined && bar.openTs < from) {
      this.#closeLonger(bar.openTs, 'warmup');
      this.#engine.close(bar, 'warmup');
      return;
    }
    if (!this.#begun) {
      if (from !== undefined) this.#closeLonger(from, 'warmup');
      this.#begin(bar);
    }
    this.#closeLonger(bar.openTs, 'bar');
    this.#open(play, bar);
    play.bar = bar;
  }

  /** Closes the last bars. Their signals stay unfilled, and nobody is told their prices: nothing is traded on a close. */
  end(): void {
    this.#closeUntil(Number.POSITIVE_INFINITY);
    this.#closeLonger(this.#options.to ?? this.#engine.now, 'bar');
    this.#engine.tell({ kind: 'clock' });
    this.#engine.settle();
  }

  /** After `end`: closes what is open at the last close as market orders would, with fee and slippage. Says how many trades that were. */
  closeAll(): number {
    const ts = this.curve.times.at(-1) ?? this.#engine.now;
    const closed = closeOpenTrades(this.record, this.#options, this.prices(), ts);
    if (closed === 0) return 0;
    this.#look();
    this.curve.add(ts, this.#account.equity(priceOf));
    return closed;
  }

  /** From the first close, before which nobody could have decided, to the last price; null where no bar closed. */
  change(symbol: string): number | null {
    const play = this.#plays.get(symbol);
    return play === undefined || play.firstClose === null ? null : play.market.price / play.firstClose - 1;
  }

  /** Last price of every symbol. */
  prices(): ReadonlyMap<string, number> {
    return new Map([...this.#plays].map(([symbol, { market }]) => [symbol, market.price]));
  }

  assumptions(): readonly string[] {
    const { fill, instruments, leverageRules } = this.#options;
    return assumptionsOf(fill, instruments.some(({ kind }) => kind === 'leverage') ? leverageRules : null);
  }

  #begin({ openTs }: Bar): void {
    this.#begun = true;
    this.firstTs = openTs;
    this.#engine.begin(openTs);
    this.curve.add(openTs, this.#capital);
  }

  /** The open, where waiting signals are judged, and the way of the price inside the bar. */
  #open(play: SymbolPlay, bar: Bar): void {
    const engine = this.#engine;
    const { market, waiting } = play;
    engine.now = bar.openTs;
    if (this.#isQuiet(play, bar.open)) market.price = bar.open;
    else this.#print(market, bar.open, bar.openTs);
    if (waiting.length > 0) {
      play.waiting = [];
      // Where nothing happened, the book of this price is not shown yet.
      engine.report(market.print(bar.open, bar.openTs));
      engine.tell({ kind: 'quote', event: market.quote(bar.openTs) });
      this.#markOthers(play);
      // Nights without a position cost nothing: the executor counts them from the last time it was told.
      if (this.#options.leverageRules === 'gmo') engine.tell({ kind: 'clock' });
      for (const event of waiting) engine.tell({ kind: 'signal', event });
      engine.settle();
    }
    if (this.#options.fill.model !== 'bar-path') return;
    this.#look();
    // Other symbols may move before this one does.
    if (this.#only === null) play.path = pathOf(bar, play.size);
    else this.#walk(play, bar);
  }

  #walk(play: SymbolPlay, bar: Bar): void {
    const night = this.#paysNights && lastRoll(bar.closeTs - 1) !== this.#night;
    if (!night && this.#isQuiet(play, bar.low) && this.#isQuiet(play, bar.high)) return;
    for (const { price, ts } of pathOf(bar, play.size)) this.#go(play, price, ts);
  }

  /** An entry is sized and judged by what everything held is worth at that moment. */
  #markOthers(play: SymbolPlay): void {
    if (this.#only !== null) return;
    for (const other of this.#plays.values()) {
      if (other !== play && other.held && other.market.told !== other.market.price) {
        this.#tellPrice(other.market, other.market.price);
      }
    }
  }

  /** From the last price to this one, stopping wherever something of ours happens. */
  #go(play: SymbolPlay, to: number, ts: EpochMs): void {
    const { market } = play;
    this.#passNights(ts);
    while (market.price !== to && !this.#isQuiet(play, to)) {
      this.#print(market, nextLevel(market.price, to, play.levels), ts);
    }
    market.price = to;
  }

  #print(market: BarMarket, price: number, ts: EpochMs): void {
    this.#passNights(ts);
    this.#engine.now = ts;
    this.#tellPrice(market, price);
  }

  #tellPrice(market: BarMarket, price: number): void {
    const engine = this.#engine;
    engine.report(market.print(price, engine.now));
    engine.tell({ kind: 'quote', event: market.quote(engine.now) });
    engine.settle();
  }

  /** Whether nothing of ours happens on the way to a price, so that nobody need be told of it. */
  #isQuiet(play: SymbolPlay, price: number): boolean {
    this.#look();
    return play.quiet !== null && price > play.quiet.below && price < play.quiet.above;
  }

  /** What lots pay for a night is booked while the executor still has them: at once, before the price goes on. */
  #passNights(ts: EpochMs): void {
    if (ts >= this.#night && ts < this.#night + DAY_MS) return;
    const night = lastRoll(ts);
    this.#night = night;
    this.#look();
    if (!this.#paysNights) return;
    const engine = this.#engine;
    // It costs of the value at the price of that moment, which may not have been told.
    engine.now = night - 1;
    for (const { held, market } of this.#plays.values()) if (held) this.#tellPrice(market, market.price);
    engine.now = ts;
    engine.tell({ kind: 'clock' });
    engine.report(this.#exchange.onTime(ts));
    engine.settle();
  }

  #closeUntil(ts: EpochMs): void {
    const only = this.#only;
    if (only !== null) {
      if (only.bar !== null && only.bar.closeTs <= ts) this.#close(only, only.bar);
      return;
    }
    for (;;) {
      const next = this.#nextUntil(ts);
      if (next === null) return;
      const [point, ...rest] = next.path;
      next.path = rest;
      if (point !== undefined) this.#go(next, point.price, point.ts);
      else this.#close(next, next.bar as Bar);
    }
  }

  /** Longer bars whose last shorter one is missing close when time has passed their end, as the clock closes them live. */
  #closeLonger(ts: EpochMs, kind: 'bar' | 'warmup'): void {
    if (!this.#merges) return;
    for (const { event } of this.#engine.closeUntil(ts, kind).signals) {
      const play = this.#plays.get(event.symbol);
      if (play !== undefined) play.waiting = [...play.waiting, event];
    }
  }

  /** Whose price moves or whose bar closes next, of what happens before a moment or closes at it; of the same moment the first symbol. */
  #nextUntil(ts: EpochMs): SymbolPlay | null {
    let next: SymbolPlay | null = null;
    let nextTs = Number.POSITIVE_INFINITY;
    for (const play of this.#plays.values()) {
      if (play.bar === null) continue;
      const at = play.path[0]?.ts ?? play.bar.closeTs;
      if (at > ts || (at === ts && play.path.length > 0)) continue;
      if (at < nextTs || (at === nextTs && play.market.symbol < (next as SymbolPlay).market.symbol)) {
        next = play;
        nextTs = at;
      }
    }
    return next;
  }

  #close(play: SymbolPlay, bar: Bar): void {
    const engine = this.#engine;
    play.bar = null;
    play.market.price = bar.close;
    this.#passNights(bar.closeTs);
    engine.now = bar.closeTs;
    this.bars += 1;
    play.firstClose ??= bar.close;
    const signals = engine.close(bar, 'bar');
    if (signals.length > 0) play.waiting = [...play.waiting, ...signals];
    if (this.bars % BARS_PER_CLOCK === 0) {
      engine.tell({ kind: 'clock' });
      engine.settle();
    }
    this.#look();
    if (this.#account.holds) this.investedBars += 1;
    this.curve.add(bar.closeTs, this.#account.equity(priceOf));
  }

  /** Takes over in plain numbers what the books and the exchange say exactly, whenever something happened there. */
  #look(): void {
    const account = this.#account;
    if (!account.look()) return;
    this.#paysNights = this.#options.leverageRules === 'gmo' && this.#exchange.positions().length > 0;
    const protections = this.#engine.executor.protections();
    for (const play of this.#plays.values()) {
      play.levels = play.market.levels(protections, this.#paysNights ? account.cash : null);
    }
    // What does not rest at the exchange is watched by the executor, which has to be told of every price for it.
    const watched = protections.some(({ protect, rests }) => protect.trail !== undefined || !rests);
    const everyPrice = watched || (account.holds && this.#watchesLoss) || (this.#paysNights && this.#only === null);
    for (const play of this.#plays.values()) {
      play.quiet = everyPrice ? null : quietRange(play.market.told, play.levels);
    }
  }
}

function priceOf({ market }: SymbolPlay): number {
  return market.price;
}

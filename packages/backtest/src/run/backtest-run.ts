import { AlphaError, type Bar, type EpochMs, type SignalEvent } from '@alpha-engine/core';
import { SimulatedExchange } from '@alpha-engine/core/simulation';
import { BarMarket } from '../fills/bar-market.js';
import type { BacktestOptions } from './backtest-options.js';
import { EquityCurve } from './equity-curve.js';
import { executorConfig } from './executor-config.js';
import { RunRecord } from './run-record.js';
import { VirtualEngine } from './virtual-engine.js';

/** What the executor does only when it is told the time (forgetting, comparing) is done once in so many bars. */
const BARS_PER_CLOCK = 1_000;

interface SymbolPlay {
  readonly market: BarMarket;
  /** Decided on the last close; judged at the next open. */
  waiting: readonly SignalEvent[];
  /** Open until its end is reached. */
  bar: Bar | null;
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
  #begun = false;
  #cash = 0;
  #holds = false;
  /** Changes of the trade book that `#cash` and the sizes know. */
  #seen = -1;
  readonly #sizes = new Map<string, number>();
  bars = 0;
  /** Bars at whose end something was held. */
  investedBars = 0;
  firstTs: EpochMs | null = null;
  /** The first close: nobody could have decided before. */
  firstClose: number | null = null;

  constructor(options: BacktestOptions) {
    const { cash, fill, instances, instruments, leverageRules, limits, maxDrawdown } = options;
    this.#options = options;
    const quote = instruments[0]?.quote ?? '';
    this.#exchange = new SimulatedExchange({
      instruments,
      balances: { [quote]: cash, ...Object.fromEntries(instruments.map(({ base }) => [base, '0'])) },
      feeRounding: 'none',
      leverageRules,
    });
    this.#plays = new Map(
      instruments.map((instrument) => {
        const market = new BarMarket(this.#exchange, instrument, fill);
        return [instrument.symbol, { market, waiting: [], bar: null }];
      }),
    );
    const markets = new Map([...this.#plays].map(([symbol, { market }]) => [symbol, market]));
    const config = executorConfig(options);
    this.#capital = config.capital.toNumber();
    this.#watchesLoss = maxDrawdown !== undefined || limits?.maxDailyLoss !== undefined;
    this.record.protects = options.protect !== undefined && Object.keys(options.protect).length > 0;
    this.#engine = new VirtualEngine({ instances, config, exchange: this.#exchange, markets, listener: this.record });
  }

  /** The executor of the run, for looking at its books. */
  get engine(): VirtualEngine {
    return this.#engine;
  }

  take(bar: Bar): void {
    const { from, to } = this.#options;
    const play = this.#plays.get(bar.symbol);
    if (play === undefined) {
      throw new AlphaError(
        'UNKNOWN_SYMBOL',
        `The back-test was given a bar of ${bar.symbol}, which is none of its symbols.`,
      );
    }
    if (to !== undefined && bar.openTs >= to) return;
    this.#closeUntil(bar.openTs);
    if (from !== undefined && bar.openTs < from) {
      this.#engine.close(bar, 'warmup');
      return;
    }
    if (!this.#begun) this.#begin(bar);
    this.#open(play, bar);
    play.bar = bar;
  }

  /** Closes what is open. Signals of these bars stay unfilled. */
  end(): void {
    this.#closeUntil(Number.POSITIVE_INFINITY);
    for (const { market } of this.#plays.values()) {
      if (market.price > 0) this.#engine.tell({ kind: 'quote', event: middle(market, this.#engine.now) });
    }
    this.#engine.tell({ kind: 'clock' });
    this.#engine.settle();
  }

  /** Last price of every symbol. */
  prices(): ReadonlyMap<string, number> {
    return new Map([...this.#plays].map(([symbol, { market }]) => [symbol, market.price]));
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
    if (this.#matters(market.symbol)) this.#print(market, bar.open, bar.openTs);
    else market.price = bar.open;
    if (waiting.length > 0) {
      play.waiting = [];
      // Nothing rests, so nothing is filled by this: the book is shown for what is placed now.
      if (!this.#matters(market.symbol)) engine.report(market.print(bar.open, bar.openTs));
      engine.tell({ kind: 'quote', event: market.quote(bar.openTs) });
      // Nights without a position cost nothing: the executor counts them from the last time it was told.
      if (this.#options.leverageRules === 'gmo') engine.tell({ kind: 'clock' });
      for (const event of waiting) engine.tell({ kind: 'signal', event });
      engine.settle();
    }
    if (this.#options.fill.model === 'bar-path') this.#walk(market, bar);
  }

  #walk(market: BarMarket, bar: Bar): void {
    const length = bar.closeTs - bar.openTs;
    const size = this.#sizeOf(market.symbol);
    const lowFirst = size === 0 ? bar.close >= bar.open : size > 0;
    const points = lowFirst ? [bar.low, bar.high, bar.close] : [bar.high, bar.low, bar.close];
    points.forEach((price, index) => {
      const ts = index === 2 ? bar.closeTs - 1 : bar.openTs + Math.floor((length * (index + 1)) / 3);
      this.#go(market, price, ts);
    });
  }

  /** From the last price to this one, stopping wherever something of ours happens. */
  #go(market: BarMarket, to: number, ts: EpochMs): void {
    while (market.price !== to && this.#matters(market.symbol)) {
      const targets = this.#engine.executor
        .protections()
        .filter(({ symbol, targetPrice }) => symbol === market.symbol && targetPrice !== null)
        .map(({ side, targetPrice }) => ({ side, price: targetPrice?.toNumber() ?? 0 }));
      this.#print(market, market.nextStop(to, targets), ts);
    }
    market.price = to;
  }

  #print(market: BarMarket, price: number, ts: EpochMs): void {
    const engine = this.#engine;
    engine.now = ts;
    this.#passNights(ts);
    engine.report(market.print(price, ts));
    engine.tell({ kind: 'quote', event: market.quote(ts) });
    engine.settle();
  }

  /** Whether prices between decisions matter: an order rests, or what is held may be closed by the price alone. */
  #matters(symbol: string): boolean {
    this.#look();
    if (this.#exchange.openOrders(symbol).length > 0) return true;
    if (!this.#holds) return false;
    return this.record.protects || this.#watchesLoss || this.#chargesNights;
  }

  /** What lots pay for a night is booked while the executor still has them: at once, before the price goes on. */
  #passNights(ts: EpochMs): void {
    if (!this.#chargesNights) return;
    const reports = this.#exchange.onTime(ts);
    if (reports.length === 0) return;
    this.#engine.tell({ kind: 'clock' });
    this.#engine.report(reports);
    this.#engine.settle();
  }

  get #chargesNights(): boolean {
    return this.#options.leverageRules === 'gmo' && this.#exchange.positions().length > 0;
  }

  #closeUntil(ts: EpochMs): void {
    const due = [...this.#plays.values()].filter(({ bar }) => bar !== null && bar.closeTs <= ts);
    due.sort((a, b) => (a.bar?.closeTs ?? 0) - (b.bar?.closeTs ?? 0) || (a.market.symbol < b.market.symbol ? -1 : 1));
    for (const play of due) this.#close(play, play.bar as Bar);
  }

  #close(play: SymbolPlay, bar: Bar): void {
    const engine = this.#engine;
    play.bar = null;
    play.market.price = bar.close;
    engine.now = bar.closeTs;
    this.#passNights(bar.closeTs);
    this.bars += 1;
    this.firstClose ??= bar.close;
    const signals = engine.close(bar, 'bar');
    if (signals.length > 0) play.waiting = [...play.waiting, ...signals];
    if (this.bars % BARS_PER_CLOCK === 0) {
      engine.tell({ kind: 'clock' });
      engine.settle();
    }
    this.#look();
    if (this.#holds) this.investedBars += 1;
    this.curve.add(bar.closeTs, this.#equity());
  }

  /** In plain numbers, from exact ones whenever something was booked. */
  #equity(): number {
    let equity = this.#capital + this.#cash;
    for (const [symbol, size] of this.#sizes) equity += size * (this.#plays.get(symbol)?.market.price ?? 0);
    return equity;
  }

  #sizeOf(symbol: string): number {
    this.#look();
    return this.#sizes.get(symbol) ?? 0;
  }

  #look(): void {
    const { book } = this.record;
    if (book.changes === this.#seen) return;
    this.#seen = book.changes;
    this.#cash = book.cash.toNumber();
    for (const [symbol, size] of book.sizes()) this.#sizes.set(symbol, size.toNumber());
    this.#holds = [...this.#sizes.values()].some((size) => size !== 0);
  }
}

/** The price itself on both sides: what is held is valued without slippage. */
function middle(market: BarMarket, ts: EpochMs) {
  const event = market.quote(ts);
  return { ...event, data: { ...event.data, bid: market.price, ask: market.price } };
}

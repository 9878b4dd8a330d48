import type { EpochMs } from '../events/common.js';
import type { MarketEvent, OrderBookEvent, TradeEvent } from '../events/market.js';
import { OrderBook } from '../market/order-book.js';
import type { Level } from './depth.js';
import type { MarketFill } from './market-fill.js';
import type { SimulatedExchange } from './simulated-exchange.js';
import type { SimulationReport } from './types.js';

export interface BestPrices {
  readonly bid: number;
  readonly ask: number;
}

/** More than anybody orders: trades say nothing of depth. */
const ENDLESS = 1e15;

interface Scene {
  readonly symbol: string;
  readonly book: OrderBook;
  /** Last price at which a taker sold, and bought; 0 before the first. */
  sold: number;
  bought: number;
  lastPrice: number;
  /** Not shown to the exchange yet, when nothing of ours was there. */
  bookTs: EpochMs | null;
  trade: TradeEvent | null;
}

/**
 * Plays recorded market events to the simulated exchange, as a fill model sees them. While nothing of ours is at the exchange it need
 * not be told: the last state is kept and shown when `wake` is called.
 */
export class PlayedMarket {
  readonly #exchange: SimulatedExchange;
  readonly #fill: MarketFill;
  readonly #scenes = new Map<string, Scene>();
  #last: Scene | null = null;
  /** True: events are only kept. Whoever sets it knows that no order and no lot is at the exchange. */
  quiet = false;
  /** Books seen so far. */
  books = 0;

  constructor(exchange: SimulatedExchange, fill: MarketFill) {
    this.#exchange = exchange;
    this.#fill = fill;
  }

  /** What the exchange made of the event. Tickers say nothing that books and trades do not. */
  take(event: MarketEvent): readonly SimulationReport[] {
    if (event.type === 'trade') return this.#takeTrade(event);
    return event.type === 'orderbook' ? this.#takeBook(event) : NOTHING;
  }

  /** Shows the exchange what was kept. */
  wake(): void {
    if (!this.quiet) return;
    this.quiet = false;
    for (const scene of this.#scenes.values()) {
      const { bookTs, trade } = scene;
      scene.bookTs = null;
      scene.trade = null;
      if (trade !== null) this.#tellTrade(scene, trade);
      if (bookTs !== null) this.#show(scene, bookTs);
    }
  }

  /** Best prices of a symbol, null before there are any. */
  best(symbol: string): BestPrices | null {
    const scene = this.#scenes.get(symbol);
    if (scene === undefined) return null;
    if (this.#fill === 'trades') return scene.lastPrice === 0 ? null : bestOfTrades(scene);
    const bid = scene.book.bids[0]?.[0];
    const ask = scene.book.asks[0]?.[0];
    return bid === undefined || ask === undefined ? null : { bid, ask };
  }

  #takeTrade(event: TradeEvent): readonly SimulationReport[] {
    const scene = this.#sceneOf(event.symbol);
    const { price, side } = event.data;
    scene.lastPrice = price;
    if (side === 'buy') scene.bought = price;
    else scene.sold = price;
    if (!this.quiet) return this.#tellTrade(scene, event);
    scene.trade = event;
    return NOTHING;
  }

  #takeBook(event: OrderBookEvent): readonly SimulationReport[] {
    this.books += 1;
    const scene = this.#sceneOf(event.symbol);
    if (!scene.book.apply(event) || this.#fill === 'trades') return NOTHING;
    if (!this.quiet) return this.#show(scene, event.ts);
    scene.bookTs = event.ts;
    return NOTHING;
  }

  #tellTrade(scene: Scene, { data, symbol, ts }: TradeEvent): readonly SimulationReport[] {
    if (this.#fill === 'trades') {
      const { bid, ask } = bestOfTrades(scene);
      this.#exchange.onQuote(symbol, [bid, ENDLESS], [ask, ENDLESS]);
    }
    return this.#exchange.onTrade(symbol, data.price, data.size, data.side, ts);
  }

  #show({ book, symbol }: Scene, ts: EpochMs): readonly SimulationReport[] {
    const { asks, bids } = book;
    if (this.#fill === 'book-walk') return this.#exchange.onBook(symbol, bids, asks, ts);
    return this.#exchange.onBook(symbol, bestOnly(bids), bestOnly(asks), ts);
  }

  /** Events come in runs of one symbol, so the last answer is tried first. */
  #sceneOf(symbol: string): Scene {
    if (this.#last?.symbol === symbol) return this.#last;
    let scene = this.#scenes.get(symbol);
    if (scene === undefined) {
      scene = { symbol, book: new OrderBook(), sold: 0, bought: 0, lastPrice: 0, bookTs: null, trade: null };
      this.#scenes.set(symbol, scene);
    }
    this.#last = scene;
    return scene;
  }
}

const NOTHING: readonly SimulationReport[] = [];

function bestOnly(levels: readonly Level[]): readonly Level[] {
  return levels.length > 1 ? levels.slice(0, 1) : levels;
}

function bestOfTrades({ bought, lastPrice, sold }: Scene): BestPrices {
  return {
    bid: sold > 0 && sold < lastPrice ? sold : lastPrice,
    ask: bought > lastPrice ? bought : lastPrice,
  };
}

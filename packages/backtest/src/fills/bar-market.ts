import type { EpochMs, Instrument, Protection, TickerEvent } from '@alpha-engine/core';
import type { SimulatedExchange, SimulatedOrder, SimulationReport } from '@alpha-engine/core/simulation';
import type { FillOptions } from './fill-model.js';

/** More than anybody orders: a bar says nothing of depth. */
const ENDLESS = 1e15;

/** Of a price, what still makes another one. */
const NEAREST = 2 ** -50;

/** Equity over margin at which everything is closed by force. */
const ACCOUNT_LOSSCUT = 0.5;

/** The market of one symbol at the simulated exchange, played from the prices of bars. */
export class BarMarket {
  readonly symbol: string;
  /** The last price of the bars; zero before the first. */
  price = 0;
  /** The last price that the exchange and the executor were told. */
  told = 0;
  readonly #exchange: SimulatedExchange;
  readonly #instrument: Instrument;
  readonly #slippage: number;
  readonly #entriesOnly: boolean;

  constructor(exchange: SimulatedExchange, instrument: Instrument, { slippage, slippageOn }: FillOptions) {
    this.symbol = instrument.symbol;
    this.#exchange = exchange;
    this.#instrument = instrument;
    this.#slippage = slippage;
    this.#entriesOnly = slippageOn === 'entries';
  }

  /** The price is now this one: a trade at it, and a book around it. */
  print(price: number, ts: EpochMs): SimulationReport[] {
    this.price = price;
    this.told = price;
    const reports = this.#show(this.#entriesOnly ? 0 : this.#slippage, ts);
    reports.push(...this.#exchange.onTrade(this.symbol, price, ENDLESS, 'buy', ts));
    return reports;
  }

  /** Around the moment at which an order is placed: what it pays depends on what it is for. */
  placing<Outcome>(effect: 'open' | 'close', ts: EpochMs, place: () => Outcome): Outcome {
    if (!this.#entriesOnly || effect === 'close') return place();
    this.#show(this.#slippage, ts);
    const outcome = place();
    this.#show(0, ts);
    return outcome;
  }

  /** What a strategy's orders are judged and valued by: the middle is the price, the distance the slippage. */
  quote(ts: EpochMs): TickerEvent {
    const { price, symbol } = this;
    const [bid, ask] = this.#around(this.#slippage);
    const data = { bid, ask, last: price, high: price, low: price, volume: 0 };
    return { type: 'ticker', exchange: this.#instrument.exchange, symbol, ts, data };
  }

  /**
   * The prices at which something of ours happens: a stop is triggered, the price has gone beyond a resting limit, or reached a target
   * that the executor watches itself. With `cash` (what the account would have if every lot were paid for, null where nothing is closed by
   * force) also where lots or the account are cut.
   */
  levels(protections: readonly Protection[], cash: number | null): number[] {
    const found: number[] = [];
    for (const order of this.#exchange.openOrders(this.symbol)) {
      const price = this.#happensAt(order);
      if (price !== undefined) found.push(price);
    }
    if (cash !== null) found.push(...this.#cuts(cash));
    // What the executor closes by itself pays the slippage: the quote has to reach the target with it.
    for (const { side, symbol, targetPrice } of protections) {
      if (symbol !== this.symbol || targetPrice === null) continue;
      found.push(this.#quotedAt(targetPrice.toNumber(), side === 'buy' ? 'bid' : 'ask'));
    }
    return found;
  }

  #cuts(cash: number): number[] {
    const found: number[] = [];
    const slippage = this.#entriesOnly ? 0 : this.#slippage;
    // The account's equity is a straight line over the price: what the lots are worth at what closing them would pay.
    let slope = 0;
    for (const { losscutPrice, side, size } of this.#exchange.positions(this.symbol)) {
      const price = losscutPrice.toNumber();
      found.push(slippage === 0 ? price : this.#quotedAt(price, side === 'buy' ? 'bid' : 'ask'));
      slope += side === 'buy' ? size.toNumber() * (1 - slippage) : -size.toNumber() * (1 + slippage);
    }
    const least = this.#exchange.margin().margin.toNumber() * ACCOUNT_LOSSCUT;
    const price = (least - cash) / slope;
    // A hair beyond, so that no rounding leaves it just above.
    if (price > 0 && Number.isFinite(price)) found.push(price * (slope > 0 ? 1 - 1e-12 : 1 + 1e-12));
    return found;
  }

  #happensAt(order: SimulatedOrder): number | undefined {
    if (order.state === 'waiting') return order.triggerPrice?.toNumber();
    const tick = this.#instrument.tickSize;
    return (order.side === 'buy' ? order.price?.minus(tick) : order.price?.plus(tick))?.toNumber();
  }

  /** The price around which the quote stands at `price`, not on the wrong side of it by a rounding. */
  #quotedAt(price: number, side: 'bid' | 'ask'): number {
    const one = side === 'bid' ? 1 - this.#slippage : 1 + this.#slippage;
    const around = price / one;
    const reached = side === 'bid' ? around * one >= price : around * one <= price;
    return reached ? around : around * (side === 'bid' ? 1 + Number.EPSILON * 2 : 1 - Number.EPSILON * 2);
  }

  #around(slippage: number): readonly [bid: number, ask: number] {
    return [trimmed(this.price * (1 - slippage)), trimmed(this.price * (1 + slippage))];
  }

  #show(slippage: number, ts: EpochMs): SimulationReport[] {
    let [bid, ask] = this.#around(slippage);
    // A price that only touches a resting limit fills nothing of it.
    for (const { state, price, side } of this.#exchange.openOrders(this.symbol)) {
      if (state !== 'working' || price?.toNumber() !== this.price) continue;
      // Of a high price a fine tick is less than what a binary fraction tells apart.
      const beside = Math.max(this.#instrument.tickSize.toNumber(), this.price * NEAREST);
      if (side === 'buy') ask = Math.max(ask, this.price + beside);
      else bid = Math.min(bid, this.price - beside);
    }
    return this.#exchange.onBook(this.symbol, [[bid, ENDLESS]], [[ask, ENDLESS]], ts);
  }
}

/** Without the dust of binary fractions: 100.2, not 100.20000000000002. */
export function trimmed(price: number): number {
  // With so few digits there is none, and looking is faster.
  if (Number.isInteger(price) && Math.abs(price) < 1e15) return price;
  return String(price).length <= 15 ? price : Number(price.toPrecision(15));
}

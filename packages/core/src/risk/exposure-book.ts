import { Decimal } from '../decimal/decimal.js';
import type { Balance } from '../exchange/broker.js';
import { type Instrument, marginRateOf } from '../instrument/instrument.js';
import type { Ledger } from '../ledger/ledger.js';
import { workingPrice } from '../orders/order.js';
import type { OrderLedger, TrackedOrder } from '../orders/order-ledger.js';
import { isFinal } from '../orders/transitions.js';
import type { Exposure, Prices, WorkingOrder } from './check.js';

/** Sizes of one symbol, base coin. */
interface Sizes {
  readonly held: Decimal;
  readonly pending: Decimal;
  readonly byStrategy: ReadonlyMap<string, Decimal>;
  readonly working: readonly WorkingOrder[];
}

/** Worth of one symbol at these prices, quote currency. */
interface Worth {
  readonly sizes: Sizes;
  readonly prices: Prices | null;
  readonly mid: Decimal;
  readonly total: Decimal;
  /** Cash that positions and openings tie up, less what open lots have gained. */
  readonly tied: Decimal;
}

interface Sources {
  readonly orders: OrderLedger;
  readonly ledger: Ledger;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly prices: (symbol: string) => Prices | null;
  readonly baseline: () => readonly Balance[] | null;
  /** What was paid in and out since, found by comparing with the exchange. */
  readonly transfers: () => readonly { readonly asset: string; readonly size: Decimal }[];
}

/**
 * What is open and what may become so, reckoned once per change and not once per signal: whoever changes an order or the ledger
 * touches its symbol. A view of the two ledgers; owns nothing.
 */
export class ExposureBook {
  readonly #sources: Sources;
  readonly #sizes = new Map<string, Sizes>();
  readonly #worth = new Map<string, Worth>();
  #symbols: readonly string[];

  constructor(symbols: Iterable<string>, sources: Sources) {
    this.#symbols = [...symbols];
    this.#sources = sources;
  }

  /** An order or a position of the symbol changed. */
  touch(symbol: string): void {
    this.#sizes.delete(symbol);
    if (!this.#symbols.includes(symbol)) this.#symbols = [...this.#symbols, symbol];
  }

  /** `except` is an order that is judged itself and must not count against itself. */
  of(symbol: string, strategy: string, except?: TrackedOrder): Exposure {
    let account = Decimal.zero;
    let ofStrategy = Decimal.zero;
    let tied = Decimal.zero;
    for (const one of this.#symbols) {
      const worth = this.#worthOf(one);
      account = plus(account, worth.total);
      ofStrategy = plus(ofStrategy, worth.sizes.byStrategy.get(strategy)?.times(worth.mid));
      tied = plus(tied, worth.tied);
    }
    const { sizes, total, prices } = this.#worthOf(symbol);
    const cash = this.#cash(this.#sources.instruments.get(symbol)?.quote);
    const exposure: Exposure = {
      size: plus(sizes.held, sizes.pending),
      symbol: total,
      strategy: ofStrategy,
      account,
      free: cash === null ? null : cash.minus(tied),
    };
    return except === undefined ? exposure : without(exposure, unfilled(except), prices, this.#rate(symbol));
  }

  working(symbol: string, except?: TrackedOrder): readonly WorkingOrder[] {
    if (except === undefined) return this.#sizesOf(symbol).working;
    const others = this.#sources.orders.unsettled(symbol).filter((tracked) => tracked !== except);
    return others.map(workingOrder);
  }

  #sizesOf(symbol: string): Sizes {
    const known = this.#sizes.get(symbol);
    if (known !== undefined) return known;
    const { ledger, orders } = this.#sources;
    const byStrategy = ledger.grossByStrategy(symbol);
    const held = Decimal.sum(byStrategy.values());
    let pending = Decimal.zero;
    const unsettled = orders.unsettled(symbol);
    for (const tracked of unsettled) {
      const rest = unfilled(tracked);
      if (rest.isZero()) continue;
      const { strategy } = tracked.order.terms;
      pending = pending.plus(rest);
      byStrategy.set(strategy, rest.plus(byStrategy.get(strategy) ?? Decimal.zero));
    }
    const sizes = { held, pending, byStrategy, working: unsettled.map(workingOrder) };
    this.#sizes.set(symbol, sizes);
    return sizes;
  }

  #worthOf(symbol: string): Worth {
    const sizes = this.#sizesOf(symbol);
    const prices = this.#sources.prices(symbol);
    const known = this.#worth.get(symbol);
    if (known !== undefined && known.sizes === sizes && known.prices === prices) return known;
    const mid = prices?.mid ?? Decimal.zero;
    const total = plus(sizes.held, sizes.pending).times(mid);
    const worth = { sizes, prices, mid, total, tied: this.#tied(symbol, sizes, mid) };
    this.#worth.set(symbol, worth);
    return worth;
  }

  /** Spot that is held was paid for already; leverage ties margin up and counts gains and losses at once. */
  #tied(symbol: string, { held, pending }: Sizes, mid: Decimal): Decimal {
    const rate = this.#rate(symbol);
    if (this.#sources.instruments.get(symbol)?.kind === 'spot') return pending.times(mid).times(rate);
    const margin = plus(held, pending).times(mid).times(rate);
    return margin.minus(this.#sources.ledger.unrealizedPnl(symbol, mid));
  }

  #rate(symbol: string): Decimal {
    const instrument = this.#sources.instruments.get(symbol);
    return instrument === undefined ? Decimal.zero : marginRateOf(instrument);
  }

  /** Balance of a currency now, by our own books; null while it was never told. */
  #cash(quote: string | undefined): Decimal | null {
    const { baseline, instruments, ledger, transfers } = this.#sources;
    const began = baseline()?.find(({ asset }) => asset === quote)?.total;
    if (began === undefined) return null;
    let cash = began;
    for (const [symbol, totals] of ledger.totals()) {
      if (instruments.get(symbol)?.quote === quote) cash = cash.plus(totals.cash);
    }
    for (const { asset, size } of transfers()) if (asset === quote) cash = cash.plus(size);
    return cash;
  }
}

/** What of an opening may still be filled, base coin; zero for closes. */
function unfilled({ order, reportedSize }: TrackedOrder): Decimal {
  if (order.terms.effect !== 'open') return Decimal.zero;
  const whole = isFinal(order.status) ? Decimal.min(reportedSize, order.terms.size) : order.terms.size;
  return Decimal.max(Decimal.zero, whole.minus(order.filledSize));
}

function without(exposure: Exposure, size: Decimal, prices: Prices | null, rate: Decimal): Exposure {
  const value = size.times(prices?.mid ?? Decimal.zero);
  return {
    size: exposure.size.minus(size),
    symbol: exposure.symbol.minus(value),
    strategy: exposure.strategy.minus(value),
    account: exposure.account.minus(value),
    free: exposure.free?.plus(value.times(rate)) ?? null,
  };
}

function workingOrder({ order }: TrackedOrder): WorkingOrder {
  const { side, type } = order.terms;
  return { side, type, price: type === 'limit' ? (workingPrice(order) ?? null) : null };
}

/** Adding zero costs as much as adding, and most sums here are of one term. */
function plus(one: Decimal, other: Decimal | undefined): Decimal {
  if (other === undefined || other.isZero()) return one;
  return one.isZero() ? other : one.plus(other);
}

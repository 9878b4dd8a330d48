import { Decimal } from '../decimal/decimal.js';
import type { Side } from '../events/common.js';
import type { Balance } from '../exchange/broker.js';
import type { Instrument } from '../instrument/instrument.js';
import { defaultLosscutPrice, MARGIN_RATE } from './losscut-price.js';
import type { Wire } from './order-wire.js';
import type { SimulatedFill, SimulatedLot, SimulatedOrder } from './types.js';

/** What working orders have taken of a lot is known to the orders. */
type Lot = Omit<SimulatedLot, 'reservedSize'>;

export interface AccountSnapshot {
  readonly balances: Readonly<Record<string, string>>;
  readonly lots: readonly Wire<Lot>[];
}

/** Cash, coins and leverage lots of one account. Knows what fills do to them; decides nothing. */
export class Account {
  readonly #balances = new Map<string, Decimal>();
  readonly #lots = new Map<number, Lot>();

  constructor(balances: Iterable<readonly [asset: string, amount: Decimal]>) {
    for (const [asset, amount] of balances) this.#balances.set(asset, amount);
  }

  balance(asset: string): Decimal {
    return this.#balances.get(asset) ?? Decimal.zero;
  }

  /** Profit or loss that closing `size` of the lot at `price` realises, before fees. */
  static pnl(lot: { readonly side: Side; readonly price: Decimal }, price: Decimal, size: Decimal): Decimal {
    const gain = lot.side === 'buy' ? price.minus(lot.price) : lot.price.minus(price);
    return gain.times(size);
  }

  lot(positionId: number): Lot | undefined {
    return this.#lots.get(positionId);
  }

  /** Oldest first. */
  lots(symbol?: string): readonly Lot[] {
    if (this.#lots.size === 0) return [];
    const all = [...this.#lots.values()];
    return symbol === undefined ? all : all.filter((lot) => lot.symbol === symbol);
  }

  /** Books a fill and returns the lot it touched, if any, as it is afterwards. */
  book(instrument: Instrument, fill: SimulatedFill, losscutPrice?: Decimal): Lot | null {
    if (instrument.kind === 'spot') {
      const notional = fill.price.times(fill.size);
      const sign = fill.side === 'buy' ? 1 : -1;
      this.add(instrument.quote, notional.times(-sign).minus(fill.fee));
      this.add(instrument.base, fill.size.times(sign));
      return null;
    }
    this.add(instrument.quote, fill.realizedPnl.minus(fill.fee));
    const positionId = fill.positionId as number;
    if (fill.effect === 'open') {
      const { symbol, side, price, size, ts } = fill;
      const losscut = losscutPrice ?? defaultLosscutPrice(side, price, instrument.tickSize);
      return this.#put({ positionId, symbol, side, price, losscutPrice: losscut, openedTs: ts, size });
    }
    const lot = this.#lots.get(positionId) as Lot;
    const size = lot.size.minus(fill.size);
    if (size.isZero()) this.#lots.delete(positionId);
    else this.#put({ ...lot, size });
    return { ...lot, size };
  }

  moveLosscut(positionId: number, losscutPrice: Decimal): void {
    this.#put({ ...(this.#lots.get(positionId) as Lot), losscutPrice });
  }

  /** Changes a lot or a balance from outside of the orders; a size of zero takes the lot away. */
  setLot(lot: Lot): void {
    if (lot.size.isPositive()) this.#put(lot);
    else this.#lots.delete(lot.positionId);
  }

  add(asset: string, change: Decimal): void {
    this.#balances.set(asset, this.balance(asset).plus(change));
  }

  /** What working orders hold: quote currency, and base coins by name. */
  static reserved(
    orders: Iterable<SimulatedOrder>,
    instruments: ReadonlyMap<string, Instrument>,
  ): { readonly quote: Decimal; readonly coins: ReadonlyMap<string, Decimal> } {
    let quote = Decimal.zero;
    const coins = new Map<string, Decimal>();
    for (const order of orders) {
      const instrument = instruments.get(order.symbol);
      // Kept from when its symbol was traded, and not to be filled until it is again.
      if (instrument === undefined) continue;
      const open = order.size.minus(order.filledSize);
      const price = order.price ?? order.triggerPrice;
      if (instrument.kind === 'spot' && order.side === 'sell') {
        coins.set(instrument.base, (coins.get(instrument.base) ?? Decimal.zero).plus(open));
      } else if (order.effect === 'open' && price !== undefined) {
        quote = quote.plus(fundsFor(instrument, price.times(open)));
      }
    }
    return { quote, coins };
  }

  /** Half of the notional of every lot, and what closing them all at these prices would realise. */
  exposure(closingPrice: (symbol: string, side: Side) => Decimal | null): {
    readonly margin: Decimal;
    readonly unrealizedPnl: Decimal;
  } {
    let margin = Decimal.zero;
    let unrealizedPnl = Decimal.zero;
    for (const lot of this.#lots.values()) {
      margin = margin.plus(lot.price.times(lot.size).times(MARGIN_RATE));
      const price = closingPrice(lot.symbol, lot.side);
      if (price !== null) unrealizedPnl = unrealizedPnl.plus(Account.pnl(lot, price, lot.size));
    }
    return { margin, unrealizedPnl };
  }

  balances(quote: string, available: Decimal, coins: ReadonlyMap<string, Decimal>): Balance[] {
    return [...this.#balances].map(([asset, total]) => ({
      asset,
      total,
      // An unrealised profit opens room for orders, never cash to take out.
      available: Decimal.max(
        '0',
        asset === quote ? Decimal.min(total, available) : total.minus(coins.get(asset) ?? '0'),
      ),
    }));
  }

  snapshot(): AccountSnapshot {
    return {
      balances: Object.fromEntries([...this.#balances].map(([asset, amount]) => [asset, amount.toString()])),
      lots: [...this.#lots.values()].map((lot) => ({
        ...lot,
        size: lot.size.toString(),
        price: lot.price.toString(),
        losscutPrice: lot.losscutPrice.toString(),
      })),
    };
  }

  static restore(snapshot: AccountSnapshot): Account {
    const account = new Account(
      Object.entries(snapshot.balances).map(([asset, amount]) => [asset, Decimal.of(amount)] as const),
    );
    for (const lot of snapshot.lots) {
      account.#put({
        ...lot,
        size: Decimal.of(lot.size),
        price: Decimal.of(lot.price),
        losscutPrice: Decimal.of(lot.losscutPrice),
      });
    }
    return account;
  }

  #put(lot: Lot): Lot {
    this.#lots.set(lot.positionId, lot);
    return lot;
  }
}

/** Cash an opening of this notional needs: all of it on spot, the margin on leverage, and the taker fee. */
export function fundsFor(instrument: Instrument, notional: Decimal): Decimal {
  const fee = Decimal.max('0', notional.times(instrument.takerFeeRate));
  return (instrument.kind === 'spot' ? notional : notional.times(MARGIN_RATE)).plus(fee);
}

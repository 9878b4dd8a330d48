import { Decimal, type EpochMs, type ExchangeFill } from '@alpha-engine/core';

/** One position of one strategy on one symbol, from flat to flat. Money in the quote currency. */
export interface Trade {
  readonly strategy: string;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly openedTs: EpochMs;
  /** Null: still open when the run ended; its figures are at the last price. */
  readonly closedTs: EpochMs | null;
  /** Everything that was opened, base coin. */
  readonly size: Decimal;
  /** Averages over the fills. */
  readonly entryPrice: Decimal;
  readonly exitPrice: Decimal;
  /** After all fees. */
  readonly pnl: Decimal;
  readonly fees: Decimal;
  /** `pnl` over what the opened size cost; 0.01 is 1 %. */
  readonly return: number;
}

/** What of a fill is booked. */
type BookedFill = Omit<ExchangeFill, 'executionId' | 'exchangeOrderId'>;

interface OpenTrade {
  readonly strategy: string;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly openedTs: EpochMs;
  opened: Decimal;
  openedValue: Decimal;
  closed: Decimal;
  closedValue: Decimal;
  fees: Decimal;
}

/** Puts fills together to trades, and keeps cash and positions by the way. */
export class TradeBook {
  readonly #open = new Map<string, OpenTrade>();
  /** Leverage: whose lot it is. */
  readonly #owners = new Map<string, string>();
  readonly #trades: Trade[] = [];
  readonly #sizes = new Map<string, Decimal>();
  /** What the fills took from the account and gave to it, fees included. */
  cash = Decimal.zero;
  fees = Decimal.zero;
  /** Value of all fills, bought and sold. */
  traded = Decimal.zero;
  fills = 0;

  take(strategy: string, fill: BookedFill): void {
    const { fee, price, side, size, symbol, ts } = fill;
    const value = price.times(size);
    this.fills += 1;
    this.fees = this.fees.plus(fee);
    this.traded = this.traded.plus(value);
    this.cash = (side === 'buy' ? this.cash.minus(value) : this.cash.plus(value)).minus(fee);
    const held = this.#sizes.get(symbol) ?? Decimal.zero;
    this.#sizes.set(symbol, side === 'buy' ? held.plus(size) : held.minus(size));

    const key = `${strategy}|${symbol}`;
    if (fill.positionId !== undefined) this.#owners.set(fill.positionId, key);
    const opens = fill.effect === 'open';
    const trade = this.#open.get(key) ?? (opens ? begin(strategy, fill) : undefined);
    if (trade === undefined) return;
    this.#open.set(key, trade);
    trade.fees = trade.fees.plus(fee);
    if (opens) {
      trade.opened = trade.opened.plus(size);
      trade.openedValue = trade.openedValue.plus(value);
      return;
    }
    trade.closed = trade.closed.plus(size);
    trade.closedValue = trade.closedValue.plus(value);
    if (trade.closed.lt(trade.opened)) return;
    this.#open.delete(key);
    this.#trades.push(ended(trade, ts));
  }

  /** Closes what is open, as market orders at these prices would with these fees, and says how many trades that were. */
  closeAll(ts: EpochMs, exit: (trade: Pick<Trade, 'symbol' | 'side'>) => { price: Decimal; feeRate: Decimal }): number {
    const trades = [...this.#open.values()];
    for (const { closed, opened, side, strategy, symbol } of trades) {
      const { feeRate, price } = exit({ symbol, side });
      const size = opened.minus(closed);
      const fee = price.times(size).times(feeRate);
      const back = side === 'long' ? 'sell' : 'buy';
      this.take(strategy, { symbol, side: back, effect: 'close', price, size, fee, ts });
    }
    return trades.length;
  }

  /** What a lot paid for a night. */
  holdingFee(positionId: string, amount: Decimal): void {
    this.fees = this.fees.plus(amount);
    this.cash = this.cash.minus(amount);
    const trade = this.#open.get(this.#owners.get(positionId) ?? '');
    if (trade !== undefined) trade.fees = trade.fees.plus(amount);
  }

  /** Signed base coin, all strategies together. */
  size(symbol: string): Decimal {
    return this.#sizes.get(symbol) ?? Decimal.zero;
  }

  /** Whether any strategy has a position on it, though several may come to nothing together. */
  holds(symbol: string): boolean {
    for (const trade of this.#open.values()) if (trade.symbol === symbol) return true;
    return false;
  }

  /** Those that were closed, in order of their closing. */
  closed(): readonly Trade[] {
    return this.#trades;
  }

  /** Those still open, as if they were closed at these prices now, without a fee. */
  open(prices: ReadonlyMap<string, number>): readonly Trade[] {
    return [...this.#open.values()].map((trade) => {
      const rest = trade.opened.minus(trade.closed);
      const closedValue = trade.closedValue.plus(rest.times(prices.get(trade.symbol) ?? 0));
      return ended({ ...trade, closed: trade.opened, closedValue }, null);
    });
  }
}

function begin(strategy: string, { side, symbol, ts }: BookedFill): OpenTrade {
  const { zero } = Decimal;
  return {
    strategy,
    symbol,
    side: side === 'buy' ? 'long' : 'short',
    openedTs: ts,
    ...{ opened: zero, openedValue: zero, closed: zero, closedValue: zero, fees: zero },
  };
}

function ended(trade: OpenTrade, closedTs: EpochMs | null): Trade {
  const { closed, closedValue, fees, opened, openedTs, openedValue, side, strategy, symbol } = trade;
  const gain = side === 'long' ? closedValue.minus(openedValue) : openedValue.minus(closedValue);
  const pnl = gain.minus(fees);
  const entryPrice = openedValue.dividedBy(opened);
  const exitPrice = closedValue.dividedBy(closed);
  const share = pnl.dividedBy(openedValue).toNumber();
  return { strategy, symbol, side, openedTs, closedTs, size: opened, entryPrice, exitPrice, pnl, fees, return: share };
}

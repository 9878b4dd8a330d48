import { Decimal } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';
import type { ExchangeFill } from '../exchange/broker.js';
import type { EquityRecord, PositionRecord } from '../execution/executor-types.js';
import { averagePrice, type CostBasis, emptyBasis, trade, unrealizedPnl } from './cost-basis.js';
import type { Lot } from './lot.js';

/** Owner of what nobody of ours ordered. Outside of equity and drawdown: somebody else's money. */
export const EXTERNAL = 'external';

/** Mutable inside the ledger; Decimals inside never are. */
interface Account {
  readonly strategy: string;
  readonly symbol: string;
  /** Spot only; leverage keeps lots. */
  basis: CostBasis;
  realizedPnl: Decimal;
  fees: Decimal;
  updatedTs: EpochMs;
}

interface OpenLot {
  readonly positionId: string;
  readonly symbol: string;
  readonly strategy: string;
  readonly side: Side;
  basis: CostBasis;
}

/** Sums over all fills of a symbol, for comparing with the exchange. */
export interface FillTotals {
  count: number;
  bought: Decimal;
  sold: Decimal;
  /** Of fills; quote currency, positive was paid. */
  fees: Decimal;
  /** Change of the quote balance: spot pays and receives notionals, leverage receives what closing realised; less all fees. */
  cash: Decimal;
}

/** Plain JSON once printed: Decimals become strings. */
export interface LedgerSnapshot {
  readonly accounts: readonly Readonly<Account>[];
  readonly lots: readonly Readonly<OpenLot>[];
  readonly early: readonly ExchangeFill[];
  readonly totals: Readonly<Record<string, Readonly<FillTotals>>>;
  readonly peak: Decimal;
}

/**
 * Positions, fees and PnL from fills, in exact decimals. It books what it is given: that a fill comes once is the caller's
 * duty (the order ledger knows every execution id).
 */
export class Ledger {
  readonly #capital: Decimal;
  readonly #accounts = new Map<string, Account>();
  readonly #lots = new Map<string, OpenLot>();
  /** Closing fills whose lot is not open yet: the opening fill is late. */
  #early: ExchangeFill[] = [];
  readonly #totals = new Map<string, FillTotals>();
  #peak: Decimal;

  constructor(capital: Decimal, snapshot?: LedgerSnapshot) {
    this.#capital = capital;
    this.#peak = snapshot?.peak ?? capital;
    if (snapshot === undefined) return;
    for (const account of snapshot.accounts)
      this.#accounts.set(keyOf(account.strategy, account.symbol), { ...account });
    for (const lot of snapshot.lots) this.#lots.set(lotKey(lot.symbol, lot.positionId), { ...lot });
    this.#early = [...snapshot.early];
    for (const [symbol, totals] of Object.entries(snapshot.totals)) this.#totals.set(symbol, { ...totals });
  }

  /**
   * Books a fill and returns the strategies whose position it changed. On leverage a close belongs to the owner of the lot,
   * whoever ordered it (a liquidation closes ours too), and the exchange's own realised PnL wins over ours.
   */
  book(kind: 'spot' | 'leverage', fill: ExchangeFill, strategy: string): readonly string[] {
    const totals = this.#totalsOf(fill.symbol);
    totals.count += 1;
    if (fill.side === 'buy') totals.bought = totals.bought.plus(fill.size);
    else totals.sold = totals.sold.plus(fill.size);
    totals.fees = totals.fees.plus(fill.fee);
    totals.cash = totals.cash.minus(fill.fee);

    if (kind === 'spot') return [this.#bookSpot(fill, strategy, totals)];
    if (fill.effect === 'close') return [this.#bookClose(fill, strategy, totals)];
    return this.#bookOpen(fill, strategy);
  }

  /** What holding lots cost a strategy: no fill tells it, and it counts as a fee all the same. Quote currency, positive was paid. */
  bookHoldingFee(symbol: string, strategy: string, amount: Decimal, ts: EpochMs): void {
    const account = this.#account(strategy, symbol);
    account.fees = account.fees.plus(amount);
    account.updatedTs = Math.max(account.updatedTs, ts);
    const totals = this.#totalsOf(symbol);
    totals.cash = totals.cash.minus(amount);
  }

  /** Takes over a lot that was open before these books began. */
  adopt(lot: Lot): void {
    const { positionId, symbol, strategy, side } = lot;
    const size = signed(side, lot.size);
    const basis = { size, cost: size.times(lot.price) };
    this.#lots.set(lotKey(symbol, positionId), { positionId, symbol, strategy, side, basis });
    this.#account(lot.strategy, lot.symbol);
  }

  /** Says that a lot is of this size, at the same average price, and that nobody knows what the rest earned. Zero ends it. */
  resize(symbol: string, positionId: string, size: Decimal): void {
    const key = lotKey(symbol, positionId);
    const lot = this.#lots.get(key);
    if (lot === undefined) return;
    const signedSize = signed(lot.side, size);
    if (size.isZero()) this.#lots.delete(key);
    else lot.basis = { size: signedSize, cost: signedSize.times(averagePrice(lot.basis)) };
  }

  /** A close whose lot was never seen opened, and never will be. */
  forgetEarlyClose(executionId: string): void {
    this.#early = this.#early.filter((fill) => fill.executionId !== executionId);
  }

  lots(symbol?: string): readonly Lot[] {
    const found: Lot[] = [];
    for (const lot of this.#lots.values()) {
      if (symbol !== undefined && lot.symbol !== symbol) continue;
      const { positionId, strategy, side, basis } = lot;
      found.push({
        positionId,
        symbol: lot.symbol,
        strategy,
        side,
        size: basis.size.abs(),
        price: averagePrice(basis),
      });
    }
    return found;
  }

  lot(symbol: string, positionId: string): Lot | undefined {
    return this.lots(symbol).find((lot) => lot.positionId === positionId);
  }

  /** Closing fills that wait for the fill that opened their lot. */
  earlyCloses(symbol: string): readonly ExchangeFill[] {
    return this.#early.filter((fill) => fill.symbol === symbol);
  }

  /** Signed base coin of one strategy on one symbol. */
  size(strategy: string, symbol: string): Decimal {
    return this.#basisOf(strategy, symbol).size;
  }

  position(exchange: string, strategy: string, symbol: string): PositionRecord {
    const account = this.#account(strategy, symbol);
    const basis = this.#basisOf(strategy, symbol);
    return {
      exchange,
      symbol,
      strategy,
      size: basis.size,
      averagePrice: averagePrice(basis),
      realizedPnl: account.realizedPnl,
      fees: account.fees,
      updatedTs: account.updatedTs,
    };
  }

  positions(exchange: string): readonly PositionRecord[] {
    return [...this.#accounts.values()].map((account) => this.position(exchange, account.strategy, account.symbol));
  }

  /** Base coin held or owed on a symbol, by strategy, both sides added up. Spot of others is left out. The caller's to keep. */
  grossByStrategy(symbol: string): Map<string, Decimal> {
    const gross = new Map<string, Decimal>();
    const add = (strategy: string, size: Decimal) => {
      if (!size.isZero()) gross.set(strategy, size.abs().plus(gross.get(strategy) ?? Decimal.zero));
    };
    for (const lot of this.#lots.values()) if (lot.symbol === symbol) add(lot.strategy, lot.basis.size);
    for (const account of this.#accounts.values()) {
      if (account.symbol === symbol && account.strategy !== EXTERNAL) add(account.strategy, account.basis.size);
    }
    return gross;
  }

  /** What was realised on a symbol, of others left out. */
  realizedPnl(symbol: string): Decimal {
    let realized = Decimal.zero;
    for (const account of this.#accounts.values()) {
      if (account.symbol === symbol && account.strategy !== EXTERNAL) realized = realized.plus(account.realizedPnl);
    }
    return realized;
  }

  /** What closing every lot of a symbol at `price` would realise. */
  unrealizedPnl(symbol: string, price: Decimal): Decimal {
    const lots = [...this.#lots.values()].filter((lot) => lot.symbol === symbol);
    return Decimal.sum(lots.map((lot) => unrealizedPnl(lot.basis, price)));
  }

  totals(): ReadonlyMap<string, Readonly<FillTotals>> {
    return this.#totals;
  }

  /** Capital + realised − fees + unrealised at the given marks (quote per base, by symbol), and how far below the peak it is. */
  equity(ts: EpochMs, marks: Pick<ReadonlyMap<string, Decimal>, 'get'>): EquityRecord {
    let realizedPnl = Decimal.zero;
    let fees = Decimal.zero;
    let open = Decimal.zero;
    for (const account of this.#accounts.values()) {
      if (account.strategy === EXTERNAL) continue;
      realizedPnl = realizedPnl.plus(account.realizedPnl);
      fees = fees.plus(account.fees);
      const mark = account.basis.size.isZero() ? undefined : marks.get(account.symbol);
      if (mark !== undefined) open = open.plus(unrealizedPnl(account.basis, mark));
    }
    for (const lot of this.#lots.values()) {
      const mark = marks.get(lot.symbol);
      if (lot.strategy !== EXTERNAL && mark !== undefined) open = open.plus(unrealizedPnl(lot.basis, mark));
    }
    const equity = this.#capital.plus(realizedPnl).minus(fees).plus(open);
    this.#peak = Decimal.max(this.#peak, equity);
    const drawdown = this.#peak.isPositive() ? this.#peak.minus(equity).dividedBy(this.#peak) : Decimal.zero;
    return { ts, equity, realizedPnl, unrealizedPnl: open, fees, drawdown };
  }

  get peak(): Decimal {
    return this.#peak;
  }

  /** After an operator said to go on: the next fall is measured from here. */
  resetPeak(equity: Decimal): void {
    this.#peak = equity;
  }

  snapshot(): LedgerSnapshot {
    return {
      accounts: [...this.#accounts.values()],
      lots: [...this.#lots.values()],
      early: this.#early,
      totals: Object.fromEntries(this.#totals),
      peak: this.#peak,
    };
  }

  #bookSpot(fill: ExchangeFill, strategy: string, totals: FillTotals): string {
    const account = this.#account(strategy, fill.symbol);
    const size = signed(fill.side, fill.size);
    const result = trade(account.basis, size, fill.price);
    account.basis = result.basis;
    this.#earn(account, fill, result.realizedPnl);
    totals.cash = totals.cash.minus(size.times(fill.price));
    return strategy;
  }

  #bookOpen(fill: ExchangeFill, strategy: string): readonly string[] {
    const positionId = fill.positionId ?? fill.executionId;
    const key = lotKey(fill.symbol, positionId);
    const lot = this.#lots.get(key) ?? {
      positionId,
      symbol: fill.symbol,
      strategy,
      side: fill.side,
      basis: emptyBasis,
    };
    lot.basis = trade(lot.basis, signed(fill.side, fill.size), fill.price).basis;
    this.#lots.set(key, lot);
    this.#earn(this.#account(lot.strategy, fill.symbol), fill, Decimal.zero);

    const early = this.#early.filter((close) => lotKey(close.symbol, close.positionId ?? '') === key);
    this.#early = this.#early.filter((close) => !early.includes(close));
    for (const close of early) this.#reduce(lot, close, this.#totalsOf(fill.symbol));
    return [lot.strategy];
  }

  #bookClose(fill: ExchangeFill, strategy: string, totals: FillTotals): string {
    const lot = this.#lots.get(lotKey(fill.symbol, fill.positionId ?? ''));
    const owner = this.#account(lot?.strategy ?? strategy, fill.symbol);
    owner.fees = owner.fees.plus(fill.fee);
    owner.updatedTs = Math.max(owner.updatedTs, fill.ts);
    if (lot === undefined) this.#early.push(fill);
    else this.#reduce(lot, fill, totals);
    return owner.strategy;
  }

  /** Takes a closing fill out of its lot; what is more than the lot holds waits for a late opening fill. */
  #reduce(lot: OpenLot, fill: ExchangeFill, totals: FillTotals): void {
    const size = Decimal.min(fill.size, lot.basis.size.abs());
    const result = trade(lot.basis, signed(fill.side, size), fill.price);
    lot.basis = result.basis;
    if (lot.basis.size.isZero()) this.#lots.delete(lotKey(lot.symbol, lot.positionId));
    const realizedPnl = fill.realizedPnl ?? result.realizedPnl;
    const account = this.#account(lot.strategy, lot.symbol);
    account.realizedPnl = account.realizedPnl.plus(realizedPnl);
    totals.cash = totals.cash.plus(realizedPnl);
    const rest = fill.size.minus(size);
    if (rest.isPositive()) this.#early.push({ ...fill, size: rest, fee: Decimal.zero, realizedPnl: Decimal.zero });
  }

  #earn(account: Account, fill: ExchangeFill, realizedPnl: Decimal): void {
    account.realizedPnl = account.realizedPnl.plus(realizedPnl);
    account.fees = account.fees.plus(fill.fee);
    account.updatedTs = Math.max(account.updatedTs, fill.ts);
  }

  #basisOf(strategy: string, symbol: string): CostBasis {
    let { size, cost } = this.#accounts.get(keyOf(strategy, symbol))?.basis ?? emptyBasis;
    for (const lot of this.#lots.values()) {
      if (lot.symbol !== symbol || lot.strategy !== strategy) continue;
      size = size.plus(lot.basis.size);
      cost = cost.plus(lot.basis.cost);
    }
    return { size, cost };
  }

  #account(strategy: string, symbol: string): Account {
    const key = keyOf(strategy, symbol);
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const account: Account = {
      strategy,
      symbol,
      basis: emptyBasis,
      realizedPnl: Decimal.zero,
      fees: Decimal.zero,
      updatedTs: 0,
    };
    this.#accounts.set(key, account);
    return account;
  }

  #totalsOf(symbol: string): FillTotals {
    const known = this.#totals.get(symbol);
    if (known !== undefined) return known;
    const zero = Decimal.zero;
    const totals: FillTotals = { count: 0, bought: zero, sold: zero, fees: zero, cash: zero };
    this.#totals.set(symbol, totals);
    return totals;
  }
}

function signed(side: Side, size: Decimal): Decimal {
  return side === 'buy' ? size : size.negated();
}

function keyOf(strategy: string, symbol: string): string {
  return `${symbol} ${strategy}`;
}

function lotKey(symbol: string, positionId: string): string {
  return `${symbol} ${positionId}`;
}

import { Decimal, type DecimalInput } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';
import type { Balance } from '../exchange/broker.js';
import type { Instrument } from '../instrument/instrument.js';
import { Account, type AccountSnapshot, fundsFor } from './account.js';
import { checkOrder } from './check-order.js';
import { Depth, type DepthSnapshot, type Level, type Slice } from './depth.js';
import { OrderKeeper, type OrderKeeperSnapshot } from './order-keeper.js';
import type {
  CancelOutcome,
  MarginState,
  PlaceOutcome,
  SimulatedFill,
  SimulatedLot,
  SimulatedOrder,
  SimulatedRequest,
  SimulationReport,
} from './types.js';

/** How a fee becomes whole yen; which of the two GMO Coin uses is not published. */
export type FeeRounding = 'nearest' | 'towards_zero' | 'none';

export interface SimulatedExchangeOptions {
  readonly instruments: readonly Instrument[];
  /** By asset, for example `{ JPY: '1000000', BTC: '0' }`. */
  readonly balances: Readonly<Record<string, DecimalInput>>;
  /** Default `nearest`: halves away from zero, no decimals. */
  readonly feeRounding?: FeeRounding;
  /** First order, execution and position ids. */
  readonly firstIds?: { readonly order: number; readonly execution: number; readonly position: number };
}

export interface SimulatedExchangeSnapshot {
  readonly version: 1;
  readonly account: AccountSnapshot;
  readonly orders: OrderKeeperSnapshot;
  readonly depths: Readonly<Record<string, DepthSnapshot>>;
  readonly nextPositionId: number;
}

const FIRST_IDS = { order: 8_800_000_001, execution: 1_700_000_001, position: 300_000_001 };

/**
 * An exchange in memory: our own orders against recorded books and trades. Pure and deterministic: the same calls with the
 * same times give the same fills and ids.
 *
 * A taker walks the shown book and pays the shown prices; what it took is gone until the next book of that symbol. A
 * resting order fills at its own price when a trade goes beyond that price, up to the trade's size, or when a new book
 * crosses it. A trade exactly at its price fills nothing: how many stood before it is not recorded. Our orders never meet
 * each other and move no market. Lots never net: each opening fill makes one, margined at half its notional. Final orders and
 * fills are forgotten after a day of market time.
 */
export class SimulatedExchange {
  readonly #instruments: ReadonlyMap<string, Instrument>;
  readonly #quote: string;
  readonly #feeRounding: FeeRounding;
  readonly #depths = new Map<string, Depth>();
  #account: Account;
  #orders: OrderKeeper;
  #nextPositionId: number;

  constructor(options: SimulatedExchangeOptions) {
    this.#instruments = new Map(options.instruments.map((instrument) => [instrument.symbol, instrument]));
    this.#quote = options.instruments[0]?.quote ?? 'JPY';
    this.#feeRounding = options.feeRounding ?? 'nearest';
    const ids = options.firstIds ?? FIRST_IDS;
    this.#account = new Account(
      Object.entries(options.balances).map(([asset, amount]) => [asset, Decimal.of(amount)] as const),
    );
    this.#orders = new OrderKeeper(ids.order, ids.execution);
    this.#nextPositionId = ids.position;
    for (const { symbol } of options.instruments) this.#depths.set(symbol, new Depth());
  }

  /** A whole book; bids descending, asks ascending. Symbols that are not instruments are ignored. */
  onBook(symbol: string, bids: readonly Level[], asks: readonly Level[], ts: EpochMs): SimulationReport[] {
    const depth = this.#depths.get(symbol);
    if (depth === undefined) return [];
    depth.show(bids, asks);
    const reports: SimulationReport[] = [];
    for (const order of this.#orders.workingOn(symbol)) {
      const price = order.price as Decimal;
      for (const slice of depth.slices(order.side, order.size.minus(order.filledSize), price)) {
        depth.consume(slice.price, slice.size);
        this.#fill(order.orderId, { price, size: slice.size }, 'maker', ts, reports);
      }
    }
    return reports;
  }

  onTrade(symbol: string, price: number, size: number, _takerSide: Side, ts: EpochMs): SimulationReport[] {
    const depth = this.#depths.get(symbol);
    if (depth === undefined) return [];
    depth.traded(price);
    const reports: SimulationReport[] = [];
    let left = Decimal.of(size);
    for (const order of this.#orders.workingOn(symbol)) {
      const limit = order.price as Decimal;
      const through = order.side === 'buy' ? limit.gt(price) : limit.lt(price);
      if (!through || !left.isPositive()) continue;
      const taken = Decimal.min(left, order.size.minus(order.filledSize));
      left = left.minus(taken);
      this.#fill(order.orderId, { price: limit, size: taken }, 'maker', ts, reports);
    }
    return reports;
  }

  /** Takes or refuses an order; what is taken matches at once against the shown book. */
  place(asked: SimulatedRequest, ts: EpochMs): PlaceOutcome {
    const instrument = this.#instruments.get(asked.symbol);
    if (instrument === undefined) return { accepted: false, rejection: { code: 'unknown_symbol' } };
    const request = normalised(asked, instrument);
    const rejection = this.#check(instrument, request);
    if (rejection !== null) return { accepted: false, rejection };

    const reports: SimulationReport[] = [];
    const { orderId } = this.#orders.accept(request, ts, reports);
    if (request.positionId !== undefined) this.#reportLot(request.positionId, ts, reports);
    const depth = this.#depthOf(request.symbol);
    for (const slice of depth.slices(request.side, request.size, request.price)) {
      depth.consume(slice.price, slice.size);
      this.#fill(orderId, slice, 'taker', ts, reports);
    }
    if (request.type === 'market') this.#end(orderId, 'expired', 'EXPIRED_FAK', ts, reports);
    return { accepted: true, order: this.#orders.get(orderId) as SimulatedOrder, reports };
  }

  cancel(orderId: number, ts: EpochMs, reason = 'USER'): CancelOutcome {
    const order = this.#orders.get(orderId);
    if (order === undefined) return { accepted: false, code: 'unknown_order' };
    if (order.state !== 'working') return { accepted: false, code: 'already_final' };
    const reports: SimulationReport[] = [];
    this.#end(orderId, 'canceled', reason, ts, reports);
    return { accepted: true, reports };
  }

  instrument(symbol: string): Instrument | undefined {
    return this.#instruments.get(symbol);
  }

  /** Oldest first. */
  openOrders(symbol?: string): SimulatedOrder[] {
    return this.#orders.working(symbol);
  }

  order(orderId: number): SimulatedOrder | undefined {
    return this.#orders.get(orderId);
  }

  /** Oldest first. */
  fills(
    filter: { readonly symbol?: string; readonly orderId?: number; readonly from?: EpochMs } = {},
  ): SimulatedFill[] {
    return this.#orders.fills(filter);
  }

  /** Open lots, oldest first. */
  positions(symbol?: string): SimulatedLot[] {
    return [...this.#account.lots()]
      .filter((lot) => symbol === undefined || lot.symbol === symbol)
      .map((lot) => ({ ...lot, reservedSize: this.#orders.reservedOf(lot.positionId) }));
  }

  position(positionId: number): SimulatedLot | null {
    const lot = this.#account.lot(positionId);
    return lot === undefined ? null : { ...lot, reservedSize: this.#orders.reservedOf(positionId) };
  }

  margin(): MarginState {
    const { quote } = Account.reserved(this.#orders.working(), this.#instruments);
    return this.#account.margin(quote, (symbol, side) => this.#depthOf(symbol).closingPrice(side), this.#quote);
  }

  balances(): Balance[] {
    const { coins } = Account.reserved(this.#orders.working(), this.#instruments);
    return this.#account.balances(this.#quote, this.margin().available, coins);
  }

  /** Last trade, else the middle of the book; null before the first market data. */
  referencePrice(symbol: string): Decimal | null {
    return this.#depths.get(symbol)?.reference() ?? null;
  }

  /** What closing a lot of this side would pay now; null before the first market data. */
  closingPrice(symbol: string, lotSide: Side): Decimal | null {
    return this.#depths.get(symbol)?.closingPrice(lotSide) ?? null;
  }

  /** Everything that is not configuration, as plain JSON. */
  snapshot(): SimulatedExchangeSnapshot {
    return {
      version: 1,
      account: this.#account.snapshot(),
      orders: this.#orders.snapshot(),
      depths: Object.fromEntries([...this.#depths].map(([symbol, depth]) => [symbol, depth.snapshot()])),
      nextPositionId: this.#nextPositionId,
    };
  }

  /** Puts back what `snapshot` took. Balances of the options are forgotten. */
  restore(snapshot: SimulatedExchangeSnapshot): void {
    this.#account = Account.restore(snapshot.account);
    this.#orders = OrderKeeper.restore(snapshot.orders);
    this.#nextPositionId = snapshot.nextPositionId;
    for (const [symbol, depth] of Object.entries(snapshot.depths)) this.#depths.set(symbol, Depth.restore(depth));
  }

  #check(instrument: Instrument, request: SimulatedRequest) {
    const depth = this.#depthOf(request.symbol);
    const { coins } = Account.reserved(this.#orders.working(), this.#instruments);
    const { available } = this.margin();
    const cash = this.#account.balance(this.#quote);
    const notional =
      request.price?.times(request.size) ?? marketNotional(depth.slices(request.side, request.size), request.size);
    return checkOrder(instrument, request, {
      reference: depth.reference(),
      // Coins are paid with cash that is there; an unrealised profit only backs margin.
      availableFunds: instrument.kind === 'spot' ? Decimal.min(cash, available) : available,
      availableCoins: this.#account.balance(instrument.base).minus(coins.get(instrument.base) ?? '0'),
      neededFunds: fundsFor(instrument, notional),
      lot: request.positionId === undefined ? null : this.position(request.positionId),
    });
  }

  #fill(orderId: number, slice: Slice, liquidity: 'taker' | 'maker', ts: EpochMs, reports: SimulationReport[]): void {
    const order = this.#orders.get(orderId) as SimulatedOrder;
    const instrument = this.#instruments.get(order.symbol) as Instrument;
    const rate = liquidity === 'taker' ? instrument.takerFeeRate : instrument.makerFeeRate;
    const lot = order.positionId === undefined ? undefined : this.#account.lot(order.positionId);
    const positionId = instrument.kind === 'spot' ? undefined : (order.positionId ?? this.#nextPositionId++);
    const fill = this.#orders.fill(
      orderId,
      {
        price: slice.price,
        size: slice.size,
        fee: this.#roundFee(slice.price.times(slice.size).times(rate)),
        liquidity,
        realizedPnl: lot === undefined ? Decimal.zero : Account.pnl(lot, slice.price, slice.size),
        ...(positionId === undefined ? {} : { positionId }),
        ts,
      },
      reports,
    );
    const touched = this.#account.book(instrument, fill);
    if (touched === null) return;
    const change = touched.size.isZero() ? 'closed' : fill.effect === 'open' ? 'opened' : 'updated';
    reports.push({
      kind: 'lot',
      change,
      lot: { ...touched, reservedSize: this.#orders.reservedOf(touched.positionId) },
      ts,
    });
  }

  #end(orderId: number, state: 'canceled' | 'expired', reason: string, ts: EpochMs, reports: SimulationReport[]): void {
    const order = this.#orders.end(orderId, state, reason, ts, reports);
    if (order?.positionId !== undefined) this.#reportLot(order.positionId, ts, reports);
  }

  /** A working close order took or freed part of its lot. */
  #reportLot(positionId: number, ts: EpochMs, reports: SimulationReport[]): void {
    const lot = this.position(positionId);
    if (lot !== null) reports.push({ kind: 'lot', change: 'updated', lot, ts });
  }

  #roundFee(fee: Decimal): Decimal {
    if (this.#feeRounding === 'none') return fee;
    if (this.#feeRounding === 'nearest') return fee.round(0);
    return fee.isNegative() ? fee.ceilTo('1') : fee.floorTo('1');
  }

  #depthOf(symbol: string): Depth {
    return this.#depths.get(symbol) as Depth;
  }
}

/** Spot has no lots: a buy opens, a sell closes. On leverage an opening names no lot. A market order has no price. */
function normalised(asked: SimulatedRequest, instrument: Instrument): SimulatedRequest {
  const { price, ...unpriced } = asked;
  const request = asked.type === 'limit' && price !== undefined ? asked : unpriced;
  if (instrument.kind === 'spot') return { ...request, effect: request.side === 'buy' ? 'open' : 'close' };
  if (request.effect === 'close') return request;
  const { positionId: _, ...opening } = request;
  return opening;
}

/** What a market order would cost; what the book does not show is priced at the last level. */
function marketNotional(slices: readonly Slice[], size: Decimal): Decimal {
  const shown = Decimal.sum(slices.map((slice) => slice.size));
  const last = slices.at(-1)?.price ?? Decimal.zero;
  return Decimal.sum(slices.map((slice) => slice.price.times(slice.size))).plus(size.minus(shown).times(last));
}

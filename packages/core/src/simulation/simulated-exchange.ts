import { Decimal, type DecimalInput } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';
import type { Balance } from '../exchange/broker.js';
import type { Instrument } from '../instrument/instrument.js';
import { Account } from './account.js';
import { amend } from './amend.js';
import { passDays } from './business-day.js';
import { type CheckedRequest, checkOrder } from './check-order.js';
import { Depth, type Level } from './depth.js';
import { defaultLosscutPrice } from './losscut-price.js';
import { makeWay } from './make-way.js';
import { cutLots, watchAccount } from './margin-watch.js';
import { crossResting, type SelfTradeVictim, take, tradeAgainst } from './matching.js';
import { OrderKeeper } from './order-keeper.js';
import type { QueueModel } from './queue.js';
import { type SimulatedExchangeSnapshot, SNAPSHOT_VERSION, snapshotUpToDate } from './snapshot-up-to-date.js';
import { triggerStops } from './triggers.js';
import type {
  AmendOutcome,
  CancelOutcome,
  LosscutOutcome,
  MarginState,
  OrderAmendment,
  PlaceOutcome,
  SimulatedFill,
  SimulatedLot,
  SimulatedOrder,
  SimulatedRequest,
  SimulationReport,
} from './types.js';
import { type BulkClose, type FeeRounding, type LeverageRules, type Slippage, Venue } from './venue.js';

export interface SimulatedExchangeOptions {
  readonly instruments: readonly Instrument[];
  /** By asset, for example `{ JPY: '1000000', BTC: '0' }`. */
  readonly balances: Readonly<Record<string, DecimalInput>>;
  /** Default `nearest`: halves away from zero, no decimals. */
  readonly feeRounding?: FeeRounding;
  /** First order, execution and position ids. */
  readonly firstIds?: { readonly order: number; readonly execution: number; readonly position: number };
  /** Which of two own orders expires instead of trading with the other. Default `newer`. */
  readonly selfTradeVictim?: SelfTradeVictim;
  /** Which lots a close that names none takes first. Default `oldest_first`. */
  readonly bulkClose?: BulkClose;
  /** Default `gmo`. */
  readonly leverageRules?: LeverageRules;
  /** When resting orders fill that trades only touch. Default `through`: not at all. */
  readonly queue?: QueueModel;
  /** Default: none. */
  readonly slippage?: Slippage;
  /** Everything is closed when equity falls to this share of the margin. Default 0.5. */
  readonly accountLosscutRatio?: DecimalInput;
  /** Most orders of an account that are not final, and most changes of one order. Default: no limit. */
  readonly mostOpenOrders?: number;
  readonly mostChanges?: number;
}

const FIRST_IDS = { order: 8_800_000_001, execution: 1_700_000_001, position: 300_000_001 };

/**
 * An exchange in memory: our own orders against recorded books and trades. Pure and deterministic: the same calls with the
 * same times give the same fills and ids.
 *
 * A taker walks the shown book and pays the shown prices, but no better than the last trade's when that is more than five seconds newer
 * than the book; what it took is gone until the next book of that symbol. A
 * resting order fills at its own price when a trade goes beyond that price, up to the trade's size, or when a new book
 * crosses it. A trade exactly at its price fills what `queue` says, by default nothing. A stop waits until the current
 * price (the last trade's, before the first trade the middle of the book) touches its trigger, and then takes no better price than
 * that. Our orders move no market and never trade with each other. Lots never net: each opening fill makes one, margined at half its
 * notional. docs/simulator.md has all rules. Final orders and fills are forgotten after a day of market time.
 */
export class SimulatedExchange {
  readonly #venue: Venue;
  readonly #victim: SelfTradeVictim;
  readonly #losscutRatio: Decimal;
  readonly #mostOpenOrders: number;
  readonly #mostChanges: number;
  #lastTs: EpochMs | null = null;

  constructor(options: SimulatedExchangeOptions) {
    this.#venue = new Venue({
      instruments: options.instruments,
      balances: Object.entries(options.balances).map(([asset, amount]) => [asset, Decimal.of(amount)] as const),
      feeRounding: options.feeRounding ?? 'nearest',
      bulkClose: options.bulkClose ?? 'oldest_first',
      leverageRules: options.leverageRules ?? 'gmo',
      queue: options.queue ?? 'through',
      slippage: options.slippage ?? { fraction: 0, on: 'all' },
      firstIds: options.firstIds ?? FIRST_IDS,
    });
    this.#victim = options.selfTradeVictim ?? 'newer';
    this.#losscutRatio = Decimal.of(options.accountLosscutRatio ?? '0.5');
    this.#mostOpenOrders = options.mostOpenOrders ?? Number.POSITIVE_INFINITY;
    this.#mostChanges = options.mostChanges ?? Number.POSITIVE_INFINITY;
  }

  /** A whole book; bids descending, asks ascending. Symbols that are not instruments are ignored. */
  onBook(symbol: string, bids: readonly Level[], asks: readonly Level[], ts: EpochMs): SimulationReport[] {
    const depth = this.#venue.depths.get(symbol);
    // A depth may be kept from when its symbol was traded.
    if (depth === undefined || !this.#venue.instruments.has(symbol)) return [];
    const reports = this.onTime(ts);
    depth.show(bids, asks, ts);
    crossResting(this.#venue, symbol, ts, reports);
    this.#afterMarket(symbol, ts, reports);
    return reports;
  }

  /** Best prices that no book showed: takers pay them, resting orders are not looked at. A trade that says the time follows. */
  onQuote(symbol: string, bid: Level, ask: Level): void {
    this.#venue.depths.get(symbol)?.show([bid], [ask], null);
  }

  onTrade(symbol: string, price: number, size: number, side: Side, ts: EpochMs): SimulationReport[] {
    const depth = this.#venue.depths.get(symbol);
    // A depth may be kept from when its symbol was traded.
    if (depth === undefined || !this.#venue.instruments.has(symbol)) return [];
    const reports = this.onTime(ts);
    depth.traded(price, ts);
    tradeAgainst(this.#venue, symbol, { price, size, side }, ts, reports);
    this.#afterMarket(symbol, ts, reports);
    return reports;
  }

  /** Market time goes on: at 06:00 JST lots pay for the night, at 06:30 margin calls are judged. Market data imply it. */
  onTime(ts: EpochMs): SimulationReport[] {
    const reports: SimulationReport[] = [];
    if (this.#lastTs !== null && ts > this.#lastTs) passDays(this.#venue, this.#lastTs, ts, reports);
    this.#lastTs = Math.max(ts, this.#lastTs ?? ts);
    return reports;
  }

  /** Takes or refuses an order; what is taken matches at once against the shown book. */
  place(asked: SimulatedRequest, ts: EpochMs): PlaceOutcome {
    const venue = this.#venue;
    const instrument = venue.instruments.get(asked.symbol);
    if (instrument === undefined) return { accepted: false, rejection: { code: 'unknown_symbol' } };
    if (venue.orders.open().length >= this.#mostOpenOrders) {
      return { accepted: false, rejection: { code: 'too_many_orders', most: this.#mostOpenOrders } };
    }
    const request = normalised(asked, instrument);
    const reports: SimulationReport[] = [];
    const refusal = checkOrder(venue, instrument, request);
    const rejection = refusal && makeWay(venue, request, refusal, ts, reports);
    if (rejection !== null) return { accepted: false, rejection };

    const { symbol, side, effect, positionId, size, timeInForce } = request;
    const closesLots = instrument.kind === 'leverage' && effect === 'close';
    const one = positionId === undefined ? venue.sharesFor(symbol, side, size) : [{ positionId, size }];
    const closes = closesLots ? one : [];
    const { orderId, type } = venue.orders.accept(request, { closes, cause: 'client', timeInForce }, ts, reports);
    venue.showLots(closes, ts, reports);
    if (type !== 'stop') take(venue, orderId, this.#victim, ts, reports);
    return { accepted: true, order: venue.orders.get(orderId) as SimulatedOrder, reports };
  }

  cancel(orderId: number, ts: EpochMs, reason = 'USER'): CancelOutcome {
    const order = this.#venue.orders.get(orderId);
    if (order === undefined) return { accepted: false, code: 'unknown_order' };
    if (order.state !== 'working' && order.state !== 'waiting') return { accepted: false, code: 'already_final' };
    const reports: SimulationReport[] = [];
    this.#venue.end(orderId, 'canceled', reason, ts, reports);
    return { accepted: true, reports };
  }

  /** Fills a resting order at its own price whatever the market shows: for playing a race with a cancel. */
  fillResting(orderId: number, size: Decimal, ts: EpochMs): SimulationReport[] {
    const order = this.#venue.orders.get(orderId);
    const reports: SimulationReport[] = [];
    if (order?.state !== 'working' || order.price === undefined) return reports;
    const filled = Decimal.min(size, order.size.minus(order.filledSize));
    this.#venue.fill(orderId, { price: order.price, size: filled }, 'maker', ts, reports);
    return reports;
  }

  /** Changes the price of an order that is not final; see `amend`. */
  amend(orderId: number, change: OrderAmendment, ts: EpochMs): AmendOutcome {
    return amend(this.#venue, orderId, change, { selfTradeVictim: this.#victim, mostChanges: this.#mostChanges }, ts);
  }

  /** A lot may be closed by force earlier than by default, never later, and not at once. */
  changeLosscutPrice(positionId: number, losscutPrice: Decimal, ts: EpochMs): LosscutOutcome {
    const lot = this.#venue.lot(positionId);
    if (lot === null) return { accepted: false, rejection: { code: 'no_such_position' } };
    const instrument = this.#venue.instruments.get(lot.symbol);
    if (instrument === undefined) return { accepted: false, rejection: { code: 'no_such_position' } };
    const { tickSize } = instrument;
    if (!losscutPrice.isMultipleOf(tickSize)) {
      return { accepted: false, rejection: { code: 'price_off_tick', tick: tickSize } };
    }
    const furthest = defaultLosscutPrice(lot.side, lot.price, tickSize);
    const current = this.closingPrice(lot.symbol, lot.side) ?? lot.price;
    const [from, to] = lot.side === 'buy' ? [furthest, current] : [current, furthest];
    const inside = lot.side === 'buy' ? losscutPrice.lt(current) : losscutPrice.gt(current);
    if (!inside || losscutPrice.lt(from) || losscutPrice.gt(to)) {
      return { accepted: false, rejection: { code: 'losscut_price_out_of_range', from, to } };
    }
    this.#venue.account.moveLosscut(positionId, losscutPrice);
    const moved = this.#venue.lot(positionId) as SimulatedLot;
    return { accepted: true, reports: [{ kind: 'lot', change: 'losscut_changed', lot: moved, ts }] };
  }

  instrument(symbol: string): Instrument | undefined {
    return this.#venue.instruments.get(symbol);
  }

  /** Not final; oldest first. */
  openOrders(symbol?: string): SimulatedOrder[] {
    return this.#venue.orders.open(symbol).sort((a, b) => a.orderId - b.orderId);
  }

  order(orderId: number): SimulatedOrder | undefined {
    return this.#venue.orders.get(orderId);
  }

  /** Oldest first. */
  fills(
    filter: { readonly symbol?: string; readonly orderId?: number; readonly from?: EpochMs } = {},
  ): SimulatedFill[] {
    return this.#venue.orders.fills(filter);
  }

  /** Open lots, oldest first. */
  positions(symbol?: string): SimulatedLot[] {
    return this.#venue.lots(symbol);
  }

  position(positionId: number): SimulatedLot | null {
    return this.#venue.lot(positionId);
  }

  margin(): MarginState {
    return this.#venue.margin();
  }

  balances(): Balance[] {
    const { coins } = this.#venue.reserved();
    return this.#venue.account.balances(this.#venue.quote, this.margin().available, coins);
  }

  /** Last trade, else the middle of the book; null before the first market data. */
  referencePrice(symbol: string): Decimal | null {
    return this.#venue.depths.get(symbol)?.reference() ?? null;
  }

  /** What closing a lot of this side would pay now; null before the first market data. */
  closingPrice(symbol: string, lotSide: Side): Decimal | null {
    return this.#venue.closingPrice(symbol, lotSide);
  }

  /** Everything that is not configuration, as plain JSON. */
  snapshot(): SimulatedExchangeSnapshot {
    const { account, orders, depths, nextPositionId, marginStatus } = this.#venue;
    return {
      version: SNAPSHOT_VERSION,
      account: account.snapshot(),
      orders: orders.snapshot(),
      depths: Object.fromEntries([...depths].map(([symbol, depth]) => [symbol, depth.snapshot()])),
      nextPositionId,
      marginStatus,
      lastTs: this.#lastTs,
    };
  }

  /**
   * Puts back what `snapshot` took, of this version or an older one. Balances of the options are forgotten. Throws
   * `STORE_NEWER_SCHEMA` for what a newer version took.
   */
  restore(snapshot: unknown): void {
    const venue = this.#venue;
    const kept = snapshotUpToDate(snapshot, venue.instruments);
    venue.account = Account.restore(kept.account);
    venue.orders = OrderKeeper.restore(kept.orders);
    venue.nextPositionId = kept.nextPositionId;
    venue.marginStatus = kept.marginStatus;
    for (const [symbol, depth] of Object.entries(kept.depths)) venue.depths.set(symbol, Depth.restore(depth));
    this.#lastTs = kept.lastTs;
  }

  #afterMarket(symbol: string, ts: EpochMs, reports: SimulationReport[]): void {
    triggerStops(this.#venue, symbol, this.#victim, ts, reports);
    if (this.#venue.leverageRules === 'none') return;
    cutLots(this.#venue, symbol, ts, reports);
    watchAccount(this.#venue, this.#losscutRatio, ts, reports);
  }
}

/** Spot has no lots: a buy opens, a sell closes. On leverage an opening names no lot. Only a limit has a price, only a stop a trigger. */
function normalised(asked: SimulatedRequest, instrument: Instrument): CheckedRequest {
  const { cancelBefore, losscutPrice, positionId, price, side, size, symbol, triggerPrice, type } = asked;
  const { timeInForce = type === 'limit' ? 'gtc' : 'ioc' } = asked;
  const effect = instrument.kind === 'leverage' ? asked.effect : asked.side === 'buy' ? 'open' : 'close';
  const namesLot = positionId !== undefined && (instrument.kind === 'spot' || effect === 'close');
  const request: { -readonly [Key in keyof CheckedRequest]: CheckedRequest[Key] } = {
    symbol,
    side,
    type,
    size,
    effect,
    timeInForce,
  };
  if (cancelBefore !== undefined) request.cancelBefore = cancelBefore;
  if (losscutPrice !== undefined) request.losscutPrice = losscutPrice;
  if (type === 'limit' && price !== undefined) request.price = price;
  if (type === 'stop' && triggerPrice !== undefined) request.triggerPrice = triggerPrice;
  if (namesLot) request.positionId = positionId;
  return request;
}

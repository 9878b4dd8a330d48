import { Decimal } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';
import type { Instrument } from '../instrument/instrument.js';
import { Account, fundsFor } from './account.js';
import { Depth, type Slice } from './depth.js';
import { OrderKeeper } from './order-keeper.js';
import { Queue, type QueueModel } from './queue.js';
import type {
  LotShare,
  MarginCallStatus,
  MarginState,
  SimulatedLot,
  SimulatedOrder,
  SimulatedRequest,
  SimulationReport,
} from './types.js';

/** How a fee becomes whole yen; which of the two GMO Coin uses is not published. */
export type FeeRounding = 'nearest' | 'towards_zero' | 'none';

/** Which lots a close that names none takes first; GMO Coin does not say. */
export type BulkClose = 'oldest_first' | 'newest_first';

/** `gmo`: lots pay for their nights and are closed by force when they lose too much. `none`: neither. */
export type LeverageRules = 'gmo' | 'none';

/** How much worse than what they trade with market orders and stops fill, as a fraction of the price; `entries`: only those that open. */
export interface Slippage {
  readonly fraction: number;
  readonly on: 'all' | 'entries';
}

/** What a lot costs that is closed by force, of its notional at the open price. */
const LOSSCUT_FEE_RATE = Decimal.of('0.005');

export interface VenueOptions {
  readonly instruments: readonly Instrument[];
  readonly balances: Iterable<readonly [asset: string, amount: Decimal]>;
  readonly feeRounding: FeeRounding;
  readonly bulkClose: BulkClose;
  readonly leverageRules: LeverageRules;
  readonly queue: QueueModel;
  readonly slippage: Slippage;
  readonly firstIds: { readonly order: number; readonly execution: number; readonly position: number };
}

/**
 * Everything the simulated exchange consists of (instruments, books, account, orders) and the few steps that its rules are made
 * of: fill, end, show a lot. Each step adds its reports to the list it is given.
 */
export class Venue {
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly quote: string;
  readonly leverageRules: LeverageRules;
  readonly depths = new Map<string, Depth>();
  readonly queue: Queue;
  account: Account;
  orders: OrderKeeper;
  nextPositionId: number;
  marginStatus: MarginCallStatus = 'normal';
  readonly #feeRounding: FeeRounding;
  readonly #bulkClose: BulkClose;
  readonly #slippage: Slippage;

  constructor(options: VenueOptions) {
    this.instruments = new Map(options.instruments.map((instrument) => [instrument.symbol, instrument]));
    this.quote = options.instruments[0]?.quote ?? 'JPY';
    this.leverageRules = options.leverageRules;
    this.#feeRounding = options.feeRounding;
    this.#bulkClose = options.bulkClose;
    this.#slippage = options.slippage;
    this.queue = new Queue(options.queue);
    this.account = new Account(options.balances);
    this.orders = new OrderKeeper(options.firstIds.order, options.firstIds.execution);
    this.nextPositionId = options.firstIds.position;
    for (const { symbol } of options.instruments) this.depths.set(symbol, new Depth());
  }

  depth(symbol: string): Depth {
    return this.depths.get(symbol) as Depth;
  }

  instrument(symbol: string): Instrument {
    return this.instruments.get(symbol) as Instrument;
  }

  /** What closing a lot of this side would pay now. */
  closingPrice(symbol: string, lotSide: Side): Decimal | null {
    return this.depths.get(symbol)?.closingPrice(lotSide) ?? null;
  }

  /** Open lots, oldest first. */
  lots(symbol?: string): SimulatedLot[] {
    return this.account.lots(symbol).map((lot) => this.#shown(lot));
  }

  lot(positionId: number): SimulatedLot | null {
    const lot = this.account.lot(positionId);
    return lot === undefined ? null : this.#shown(lot);
  }

  margin(): MarginState {
    const { quote: reserved } = this.reserved();
    const { margin, unrealizedPnl } = this.account.exposure((symbol, side) => this.closingPrice(symbol, side));
    const equity = this.account.balance(this.quote).plus(unrealizedPnl);
    const available = equity.minus(margin).minus(reserved);
    const ratio = margin.isZero() ? null : equity.dividedBy(margin);
    return { equity, margin, reserved, unrealizedPnl, available, ratio, status: this.marginStatus };
  }

  /** What working orders hold: quote currency, and base coins by name. */
  reserved(): ReturnType<typeof Account.reserved> {
    return Account.reserved(this.orders.open(), this.instruments);
  }

  /** Cash that an opening of these terms needs; what the book does not show of a market order is priced at its last level. */
  fundsFor({ symbol, side, size, price, triggerPrice }: Omit<SimulatedRequest, 'effect'>): Decimal {
    const limit = price ?? triggerPrice;
    if (limit !== undefined) return fundsFor(this.instrument(symbol), limit.times(size));
    const slices = this.depth(symbol).slices(side, size);
    const shown = Decimal.sum(slices.map((slice) => slice.size));
    const last = slices.at(-1)?.price ?? Decimal.zero;
    const notional = Decimal.sum(slices.map((slice) => slice.price.times(slice.size))).plus(
      size.minus(shown).times(last),
    );
    return fundsFor(this.instrument(symbol), notional);
  }

  /** Which lots a closing order of this size takes from. Shares that other orders hold are left to them. */
  sharesFor(symbol: string, orderSide: Side, size: Decimal): LotShare[] {
    const shares: LotShare[] = [];
    let left = size;
    const lots = this.lots(symbol);
    for (const lot of this.#bulkClose === 'oldest_first' ? lots : lots.reverse()) {
      if (lot.side === orderSide || !left.isPositive()) continue;
      const part = Decimal.min(left, lot.size.minus(lot.reservedSize));
      if (!part.isPositive()) continue;
      shares.push({ positionId: lot.positionId, size: part });
      left = left.minus(part);
    }
    return shares;
  }

  /** What a taker pays for a level: a limit order no more than its price is good for, the others the slippage on top. */
  priceFor({ effect, side, symbol, type }: SimulatedOrder, price: Decimal): Decimal {
    const { fraction, on } = this.#slippage;
    if (fraction === 0 || type === 'limit' || (on === 'entries' && effect === 'close')) return price;
    const { tickSize } = this.instrument(symbol);
    const worse = price.times(Decimal.of(1).plus(side === 'buy' ? fraction : -fraction));
    return side === 'buy' ? worse.ceilTo(tickSize) : Decimal.max(worse.floorTo(tickSize), tickSize);
  }

  /** One price at which an order trades. A close of several lots makes one fill for each. */
  fill(
    orderId: number,
    slice: Pick<Slice, 'price' | 'size'>,
    liquidity: 'taker' | 'maker',
    ts: EpochMs,
    reports: SimulationReport[],
  ): void {
    const order = this.orders.get(orderId) as SimulatedOrder;
    if (this.instrument(order.symbol).kind === 'spot') {
      this.#execute(order, slice, undefined, liquidity, ts, reports);
    } else if (order.effect === 'open') {
      this.#execute(order, slice, this.nextPositionId++, liquidity, ts, reports);
    } else {
      let left = slice.size;
      for (const { positionId, size } of order.closes) {
        const part = Decimal.min(left, size);
        if (!part.isPositive()) break;
        this.#execute(order, { ...slice, size: part }, positionId, liquidity, ts, reports);
        left = left.minus(part);
      }
    }
    if (this.orders.get(orderId)?.state === 'filled') this.queue.leave(orderId);
  }

  end(orderId: number, state: 'canceled' | 'expired', reason: string, ts: EpochMs, reports: SimulationReport[]): void {
    const before = this.orders.end(orderId, state, reason, ts, reports);
    this.queue.leave(orderId);
    if (before !== null) this.showLots(before.closes, ts, reports);
  }

  /** A closing order took or freed part of these lots. */
  showLots(shares: readonly LotShare[], ts: EpochMs, reports: SimulationReport[]): void {
    for (const { positionId } of shares) {
      const lot = this.lot(positionId);
      if (lot !== null) reports.push({ kind: 'lot', change: 'updated', lot, ts });
    }
  }

  roundFee(fee: Decimal): Decimal {
    if (this.#feeRounding === 'none') return fee;
    if (this.#feeRounding === 'nearest') return fee.round(0);
    return fee.isNegative() ? fee.ceilTo('1') : fee.floorTo('1');
  }

  #execute(
    order: SimulatedOrder,
    { price, size }: Pick<Slice, 'price' | 'size'>,
    positionId: number | undefined,
    liquidity: 'taker' | 'maker',
    ts: EpochMs,
    reports: SimulationReport[],
  ): void {
    const instrument = this.instrument(order.symbol);
    const lot = positionId === undefined ? undefined : this.account.lot(positionId);
    const rate = liquidity === 'taker' ? instrument.takerFeeRate : instrument.makerFeeRate;
    const fee =
      order.cause === 'losscut' && lot !== undefined
        ? lot.price.times(size).times(LOSSCUT_FEE_RATE)
        : price.times(size).times(rate);
    const fill = this.orders.fill(
      order.orderId,
      {
        price,
        size,
        fee: this.roundFee(fee),
        liquidity,
        realizedPnl: lot === undefined ? Decimal.zero : Account.pnl(lot, price, size),
        ...(positionId === undefined ? {} : { positionId }),
        ts,
      },
      reports,
    );
    const touched = this.account.book(instrument, fill, order.losscutPrice);
    if (touched === null) return;
    const change = touched.size.isZero() ? 'closed' : fill.effect === 'open' ? 'opened' : 'updated';
    reports.push({ kind: 'lot', change, lot: this.#shown(touched), ts });
  }

  #shown(lot: Omit<SimulatedLot, 'reservedSize'>): SimulatedLot {
    return { ...lot, reservedSize: this.orders.reservedOf(lot.positionId) };
  }
}

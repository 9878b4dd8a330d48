import { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import { orderFromWire, orderToWire, type Wire } from './order-wire.js';
import type {
  LotShare,
  OrderAmendment,
  SimulatedChange,
  SimulatedFill,
  SimulatedOrder,
  SimulatedRequest,
  SimulationReport,
} from './types.js';

export interface OrderKeeperSnapshot {
  readonly orders: readonly Wire<SimulatedOrder>[];
  /** Ids of orders that are not final, in the order of their place in the queue. */
  readonly open: readonly number[];
  readonly fills: readonly Wire<SimulatedFill>[];
  readonly nextOrderId: number;
  readonly nextExecutionId: number;
}

/** What a fill adds to what its order knows. */
type FillPart = Pick<SimulatedFill, 'price' | 'size' | 'fee' | 'liquidity' | 'realizedPnl' | 'positionId' | 'ts'>;

/** Final orders and fills are forgotten after this, as on an exchange; an account that runs for weeks stays small. Market time. */
const KEPT_MS = 86_400_000;

/** Orders and fills of the simulated exchange, and the ids they get. Every change is told as a report. */
export class OrderKeeper {
  readonly #orders = new Map<number, SimulatedOrder>();
  /** Ids of orders that are not final, by their place in the queue: age, until an amendment puts one last. */
  readonly #open = new Set<number>();
  #fills: SimulatedFill[] = [];
  #nextOrderId: number;
  #nextExecutionId: number;

  constructor(nextOrderId: number, nextExecutionId: number) {
    this.#nextOrderId = nextOrderId;
    this.#nextExecutionId = nextExecutionId;
  }

  get(orderId: number): SimulatedOrder | undefined {
    return this.#orders.get(orderId);
  }

  /** Not final, waiting stops too; first in the queue first. */
  open(symbol?: string): SimulatedOrder[] {
    const found: SimulatedOrder[] = [];
    for (const id of this.#open) {
      const order = this.#orders.get(id) as SimulatedOrder;
      if (symbol === undefined || order.symbol === symbol) found.push(order);
    }
    return found;
  }

  /** Buys, then sells; each by price, best first, then by place: the order in which the market reaches them. */
  resting(symbol: string): (SimulatedOrder & { readonly price: Decimal })[] {
    if (this.#open.size === 0) return [];
    return this.open(symbol)
      .filter(isPriced)
      .sort((a, b) => {
        if (a.side !== b.side) return a.side === 'buy' ? -1 : 1;
        return a.side === 'buy' ? b.price.compare(a.price) : a.price.compare(b.price);
      });
  }

  waiting(symbol: string): (SimulatedOrder & { readonly triggerPrice: Decimal })[] {
    if (this.#open.size === 0) return [];
    return this.open(symbol).filter(isWaiting);
  }

  reservedOf(positionId: number): Decimal {
    let total = Decimal.zero;
    for (const id of this.#open) {
      for (const share of (this.#orders.get(id) as SimulatedOrder).closes) {
        if (share.positionId === positionId) total = total.plus(share.size);
      }
    }
    return total;
  }

  fills(filter: { readonly symbol?: string; readonly orderId?: number; readonly from?: EpochMs }): SimulatedFill[] {
    return this.#fills.filter(
      (fill) =>
        (filter.symbol === undefined || fill.symbol === filter.symbol) &&
        (filter.orderId === undefined || fill.orderId === filter.orderId) &&
        (filter.from === undefined || fill.ts >= filter.from),
    );
  }

  accept(
    request: SimulatedRequest,
    more: Pick<SimulatedOrder, 'closes' | 'cause' | 'timeInForce'>,
    ts: EpochMs,
    reports: SimulationReport[],
  ): SimulatedOrder {
    this.#forgetBefore(ts - KEPT_MS);
    // Own keys first: after a spread V8 takes half a microsecond for each.
    const order: SimulatedOrder = {
      orderId: this.#nextOrderId++,
      filledSize: Decimal.zero,
      state: request.type === 'stop' ? 'waiting' : 'working',
      changes: 0,
      orderTs: ts,
      updatedTs: ts,
      ...request,
      ...more,
    };
    this.#open.add(order.orderId);
    return this.#put(order, 'accepted', reports);
  }

  /** New terms, and the last place in the queue. */
  amend(orderId: number, change: OrderAmendment, ts: EpochMs, reports: SimulationReport[]): SimulatedOrder {
    const before = this.#orders.get(orderId) as SimulatedOrder;
    this.#open.delete(orderId);
    this.#open.add(orderId);
    return this.#put({ ...before, ...change, changes: before.changes + 1, updatedTs: ts }, 'amended', reports);
  }

  /** The change had no effect; `reason` says why. The order itself has no reason: it lives on. */
  refuseAmendment(orderId: number, reason: string, reports: SimulationReport[]): SimulatedOrder {
    const order = this.#orders.get(orderId) as SimulatedOrder;
    reports.push({ kind: 'order', change: 'amend_refused', order: { ...order, reason } });
    return order;
  }

  trigger(orderId: number, ts: EpochMs, reports: SimulationReport[]): SimulatedOrder {
    const before = this.#orders.get(orderId) as SimulatedOrder;
    return this.#put({ ...before, state: 'working', updatedTs: ts }, 'triggered', reports);
  }

  fill(orderId: number, part: FillPart, reports: SimulationReport[]): SimulatedFill {
    const before = this.#orders.get(orderId) as SimulatedOrder;
    const filledSize = before.filledSize.plus(part.size);
    const done = filledSize.eq(before.size);
    const order: SimulatedOrder = {
      ...before,
      filledSize,
      closes: taken(before.closes, part.positionId, part.size),
      state: done ? 'filled' : 'working',
      updatedTs: part.ts,
    };
    this.#orders.set(orderId, order);
    if (done) this.#open.delete(orderId);
    const { symbol, side, effect } = order;
    const fill = { executionId: this.#nextExecutionId++, orderId, symbol, side, effect, ...part };
    this.#fills.push(fill);
    reports.push({ kind: 'fill', fill, order });
    return fill;
  }

  /** Ends an order; one that is already final stays as it is and null comes back. Gives what it was before. */
  end(
    orderId: number,
    state: 'canceled' | 'expired',
    reason: string,
    ts: EpochMs,
    reports: SimulationReport[],
  ): SimulatedOrder | null {
    const before = this.#orders.get(orderId) as SimulatedOrder;
    if (!this.#open.delete(orderId)) return null;
    this.#put({ ...before, state, reason, closes: [], updatedTs: ts }, state, reports);
    return before;
  }

  snapshot(): OrderKeeperSnapshot {
    return {
      orders: [...this.#orders.values()].map(orderToWire),
      open: [...this.#open],
      fills: this.#fills.map((fill) => ({
        ...fill,
        price: fill.price.toString(),
        size: fill.size.toString(),
        fee: fill.fee.toString(),
        realizedPnl: fill.realizedPnl.toString(),
      })),
      nextOrderId: this.#nextOrderId,
      nextExecutionId: this.#nextExecutionId,
    };
  }

  static restore(snapshot: OrderKeeperSnapshot): OrderKeeper {
    const keeper = new OrderKeeper(snapshot.nextOrderId, snapshot.nextExecutionId);
    for (const order of snapshot.orders) keeper.#orders.set(order.orderId, orderFromWire(order));
    for (const id of snapshot.open) keeper.#open.add(id);
    for (const fill of snapshot.fills) {
      keeper.#fills.push({
        ...fill,
        price: Decimal.of(fill.price),
        size: Decimal.of(fill.size),
        fee: Decimal.of(fill.fee),
        realizedPnl: Decimal.of(fill.realizedPnl),
      });
    }
    return keeper;
  }

  #put(order: SimulatedOrder, change: SimulatedChange, reports: SimulationReport[]): SimulatedOrder {
    this.#orders.set(order.orderId, order);
    reports.push({ kind: 'order', change, order });
    return order;
  }

  /** Orders and fills stand in the order of their beginning, so looking ends at the first that is young. */
  #forgetBefore(ts: EpochMs): void {
    for (const order of this.#orders.values()) {
      if (order.orderTs >= ts) break;
      if (!this.#open.has(order.orderId) && order.updatedTs < ts) this.#orders.delete(order.orderId);
    }
    const first = this.#fills.findIndex((fill) => fill.ts >= ts);
    if (first !== 0) this.#fills = first === -1 ? [] : this.#fills.slice(first);
  }
}

function isPriced(order: SimulatedOrder): order is SimulatedOrder & { readonly price: Decimal } {
  return order.state === 'working' && order.price !== undefined;
}

function isWaiting(order: SimulatedOrder): order is SimulatedOrder & { readonly triggerPrice: Decimal } {
  return order.state === 'waiting';
}

function taken(closes: readonly LotShare[], positionId: number | undefined, size: Decimal): readonly LotShare[] {
  if (closes.length === 0) return closes;
  return closes
    .map((share) => (share.positionId === positionId ? { ...share, size: share.size.minus(size) } : share))
    .filter((share) => share.size.isPositive());
}

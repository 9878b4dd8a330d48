import { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import type { SimulatedFill, SimulatedOrder, SimulatedRequest, SimulationReport } from './types.js';

type Wire<T> = {
  readonly [K in keyof T]: NonNullable<T[K]> extends Decimal
    ? undefined extends T[K]
      ? string | undefined
      : string
    : T[K];
};

export interface OrderKeeperSnapshot {
  readonly orders: readonly Wire<SimulatedOrder>[];
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
  /** Ids of working orders, oldest first. */
  readonly #working = new Set<number>();
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

  working(symbol?: string): SimulatedOrder[] {
    const found: SimulatedOrder[] = [];
    for (const id of this.#working) {
      const order = this.#orders.get(id) as SimulatedOrder;
      if (symbol === undefined || order.symbol === symbol) found.push(order);
    }
    return found;
  }

  /** Buys, then sells; each by price, best first, then by age: the order in which the market reaches them. */
  workingOn(symbol: string): SimulatedOrder[] {
    if (this.#working.size === 0) return [];
    return this.working(symbol).sort((a, b) => {
      if (a.side !== b.side) return a.side === 'buy' ? -1 : 1;
      const [left, right] = [a.price as Decimal, b.price as Decimal];
      return a.side === 'buy' ? right.compare(left) : left.compare(right);
    });
  }

  reservedOf(positionId: number): Decimal {
    let total = Decimal.zero;
    for (const id of this.#working) {
      const order = this.#orders.get(id) as SimulatedOrder;
      if (order.positionId === positionId) total = total.plus(order.size).minus(order.filledSize);
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

  accept(request: SimulatedRequest, ts: EpochMs, reports: SimulationReport[]): SimulatedOrder {
    this.#forgetBefore(ts - KEPT_MS);
    const order: SimulatedOrder = {
      ...request,
      orderId: this.#nextOrderId++,
      timeInForce: request.type === 'market' ? 'FAK' : 'FAS',
      filledSize: Decimal.zero,
      state: 'working',
      orderTs: ts,
      updatedTs: ts,
    };
    this.#orders.set(order.orderId, order);
    this.#working.add(order.orderId);
    reports.push({ kind: 'order', change: 'accepted', order });
    return order;
  }

  fill(orderId: number, part: FillPart, reports: SimulationReport[]): SimulatedFill {
    const before = this.#orders.get(orderId) as SimulatedOrder;
    const filledSize = before.filledSize.plus(part.size);
    const done = filledSize.eq(before.size);
    const order: SimulatedOrder = { ...before, filledSize, state: done ? 'filled' : 'working', updatedTs: part.ts };
    this.#orders.set(orderId, order);
    if (done) this.#working.delete(orderId);
    const { symbol, side, effect } = order;
    const fill = { executionId: this.#nextExecutionId++, orderId, symbol, side, effect, ...part };
    this.#fills.push(fill);
    reports.push({ kind: 'fill', fill, order });
    return fill;
  }

  /** Ends a working order; one that is already final stays as it is and null comes back. */
  end(
    orderId: number,
    state: 'canceled' | 'expired',
    reason: string,
    ts: EpochMs,
    reports: SimulationReport[],
  ): SimulatedOrder | null {
    const before = this.#orders.get(orderId) as SimulatedOrder;
    if (before.state !== 'working') return null;
    const order: SimulatedOrder = { ...before, state, reason, updatedTs: ts };
    this.#orders.set(orderId, order);
    this.#working.delete(orderId);
    reports.push({ kind: 'order', change: state, order });
    return order;
  }

  snapshot(): OrderKeeperSnapshot {
    return {
      orders: [...this.#orders.values()].map(({ price, ...order }) => ({
        ...order,
        size: order.size.toString(),
        filledSize: order.filledSize.toString(),
        ...(price === undefined ? {} : { price: price.toString() }),
      })),
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
    for (const { price, ...order } of snapshot.orders) {
      keeper.#orders.set(order.orderId, {
        ...order,
        size: Decimal.of(order.size),
        filledSize: Decimal.of(order.filledSize),
        ...(price === undefined ? {} : { price: Decimal.of(price) }),
      });
      if (order.state === 'working') keeper.#working.add(order.orderId);
    }
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

  /** Orders and fills stand in the order of their beginning, so looking ends at the first that is young. */
  #forgetBefore(ts: EpochMs): void {
    for (const order of this.#orders.values()) {
      if (order.orderTs >= ts) break;
      if (order.state !== 'working' && order.updatedTs < ts) this.#orders.delete(order.orderId);
    }
    const first = this.#fills.findIndex((fill) => fill.ts >= ts);
    if (first !== 0) this.#fills = first === -1 ? [] : this.#fills.slice(first);
  }
}

import { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import type { Protect } from '../events/signal.js';
import type { OrderChange } from '../exchange/broker.js';
import { bound } from './advance.js';
import type { ClientOrderId, ExchangeOrderId, Order, OrderTerms } from './order.js';
import { isFinal } from './transitions.js';

/** An order with what must be remembered beside it. */
export interface TrackedOrder {
  order: Order;
  /** Time of the signal behind it, for looking at its age once more before sending. */
  readonly signalTs: EpochMs;
  /** The amend that was asked for and not answered yet. */
  amending: OrderChange | null;
  /** It must go: the cancel is repeated until it has ended. */
  cancelWanted: boolean;
  /** Wall time at which a cancel or amend was last asked for; null before. */
  requestWallTs: EpochMs | null;
  /** Wall time of the last answer to an amend; null before. A list read earlier does not show its price. */
  changedWallTs: EpochMs | null;
  /** Wall time at which an amend was last refused, or taken and not done; null before. */
  refusedWallTs: EpochMs | null;
  /** How often in a row that was so. */
  refusals: number;
  /** Sum of price × size over the booked fills. */
  notional: Decimal;
  /** Execution ids booked. */
  executionIds: string[];
  /** Largest filled size the exchange has reported; above `filledSize` while fills are on their way. */
  reportedSize: Decimal;
  /** Events published so far: the number in the next event's id. */
  events: number;
  /** Market time of sending; null before. Outlives SUBMITTED, so that a VOID order that had an effect is recognised. */
  sentTs: EpochMs | null;
  /** Sweeps since sending that showed no match; counted while in doubt. */
  emptySweeps: number;
  /** Why sweeps cannot resolve it; an operator must. Null when they can. */
  unresolvable: string | null;
  /** The order that takes the place of this one, which has ended; null when none does. */
  replacedBy: ClientOrderId | null;
  /** Which of the orders of its leg it is, 0 first. */
  readonly number: number;
  /** Entries only: how what it fills is protected. */
  readonly protect: Protect | null;
  /** How often its leg was moved to another price. */
  reprices: number;
  /** Market time since which it rests at its price; null before. */
  restingSince: EpochMs | null;
  /** What takes its place once it has ended: an order at the touch, or a market order; null: nothing. */
  next: 'touch' | 'market' | null;
  /** Wall time at which it was seen to have ended without being filled; null before. */
  endedWallTs: EpochMs | null;
}

/** The orders in memory, by our id and by the exchange's. Mutable; finished orders leave by `drop`. */
export class OrderLedger {
  /**
   * Those that may be unsettled or await a successor, so that looking for them does not cost more the more were finished. Whoever looks
   * one up may change it: it is watched again until it is found done.
   */
  readonly #live = new Set<TrackedOrder>();
  readonly #orders = new Map<ClientOrderId, TrackedOrder>();
  readonly #byExchangeId = new Map<ExchangeOrderId, TrackedOrder>();

  constructor(tracked: readonly TrackedOrder[] = []) {
    for (const one of tracked) this.#index({ ...one, executionIds: [...one.executionIds] });
  }

  add(
    terms: OrderTerms,
    signalTs: EpochMs,
    more: Partial<Pick<TrackedOrder, 'number' | 'protect' | 'reprices'>> = {},
  ): TrackedOrder {
    const tracked: TrackedOrder = {
      order: {
        terms,
        status: 'PENDING',
        request: 'none',
        filledSize: Decimal.zero,
        updatedTs: terms.createdTs,
      },
      signalTs,
      amending: null,
      cancelWanted: false,
      requestWallTs: null,
      changedWallTs: null,
      refusedWallTs: null,
      refusals: 0,
      notional: Decimal.zero,
      executionIds: [],
      reportedSize: Decimal.zero,
      events: 0,
      sentTs: null,
      emptySweeps: 0,
      unresolvable: null,
      replacedBy: null,
      number: 0,
      protect: null,
      reprices: 0,
      restingSince: null,
      next: null,
      endedWallTs: null,
      ...more,
    };
    this.#index(tracked);
    return tracked;
  }

  get(id: ClientOrderId): TrackedOrder | undefined {
    return this.#watched(this.#orders.get(id));
  }

  byExchangeId(id: ExchangeOrderId): TrackedOrder | undefined {
    return this.#watched(this.#byExchangeId.get(id));
  }

  /** Ties an exchange's id to an order. A VOID or REJECTED order keeps its status: the tie alone is news. */
  bind(tracked: TrackedOrder, exchangeOrderId: ExchangeOrderId, ts: EpochMs): void {
    const { order } = tracked;
    if (order.status === 'SUBMITTED') tracked.order = bound(order, exchangeOrderId, ts);
    else if (order.status === 'VOID' || order.status === 'REJECTED') tracked.order = { ...order, exchangeOrderId };
    else return;
    this.#byExchangeId.set(exchangeOrderId, tracked);
    this.#live.add(tracked);
  }

  /** In the order in which they were recorded; for looking only. */
  each(): Iterable<TrackedOrder> {
    return this.#orders.values();
  }

  /** A copy of those. */
  all(symbol?: string): readonly TrackedOrder[] {
    const all = [...this.#orders.values()];
    return symbol === undefined ? all : all.filter(({ order }) => order.terms.symbol === symbol);
  }

  /** Not final, or final with fills still on their way. */
  unsettled(symbol?: string): readonly TrackedOrder[] {
    const unsettled: TrackedOrder[] = [];
    for (const tracked of this.#live) {
      if (!isSettled(tracked)) {
        if (symbol === undefined || tracked.order.terms.symbol === symbol) unsettled.push(tracked);
      } else if (!awaitsSuccessor(tracked)) this.#live.delete(tracked);
    }
    return unsettled;
  }

  /** The one placement of a symbol whose outcome is not known yet. */
  unanswered(symbol: string): TrackedOrder | undefined {
    for (const tracked of this.#live) {
      const { status, terms } = tracked.order;
      if (status === 'SUBMITTED' && terms.symbol === symbol) return tracked;
    }
    return undefined;
  }

  /** Recorded and not sent; in the order in which they were recorded. */
  pending(symbol: string): readonly TrackedOrder[] {
    const pending: TrackedOrder[] = [];
    for (const tracked of this.#live) {
      const { status, terms } = tracked.order;
      if (status === 'PENDING' && terms.symbol === symbol) pending.push(tracked);
    }
    return pending;
  }

  /** Whether an order is recorded and not sent. */
  hasPending(): boolean {
    for (const { order } of this.#live) if (order.status === 'PENDING') return true;
    return false;
  }

  hasSuccessorsToPlace(): boolean {
    for (const tracked of this.#live) if (awaitsSuccessor(tracked)) return true;
    return false;
  }

  /** Forgets settled orders last changed before `before`, unless another order of their signal still waits. */
  drop(symbol: string, before: EpochMs): void {
    const busy = new Set(this.unsettled(symbol).map(({ order }) => order.terms.signalId));
    for (const tracked of this.all(symbol)) {
      const { order } = tracked;
      if (
        !isSettled(tracked) ||
        awaitsSuccessor(tracked) ||
        order.updatedTs >= before ||
        busy.has(order.terms.signalId)
      )
        continue;
      this.#orders.delete(order.terms.clientOrderId);
      this.#live.delete(tracked);
      if ('exchangeOrderId' in order && order.exchangeOrderId !== undefined) {
        this.#byExchangeId.delete(order.exchangeOrderId);
      }
    }
  }

  snapshot(): readonly TrackedOrder[] {
    return [...this.#orders.values()];
  }

  #watched(tracked: TrackedOrder | undefined): TrackedOrder | undefined {
    if (tracked !== undefined) this.#live.add(tracked);
    return tracked;
  }

  #index(tracked: TrackedOrder): void {
    const { order } = tracked;
    // A protective order may be recorded once more under its id before it leaves; only the newer one leaves.
    const before = this.#orders.get(order.terms.clientOrderId);
    if (before !== undefined) this.#live.delete(before);
    this.#orders.set(order.terms.clientOrderId, tracked);
    this.#live.add(tracked);
    if ('exchangeOrderId' in order && order.exchangeOrderId !== undefined) {
      this.#byExchangeId.set(order.exchangeOrderId, tracked);
    }
  }
}

export function isSettled(tracked: TrackedOrder): boolean {
  const { order, reportedSize } = tracked;
  // By executions, and so of nothing less than its size.
  if (order.status === 'FILLED') return true;
  return isFinal(order.status) && order.filledSize.gte(Decimal.min(reportedSize, order.terms.size));
}

/** It ended with something left to do, and the order that does it is not recorded yet. */
export function awaitsSuccessor({ order, next }: TrackedOrder): boolean {
  return next !== null && (order.status === 'CANCELED' || order.status === 'EXPIRED');
}

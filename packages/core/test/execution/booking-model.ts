import { type Books, Decimal, type ExecutorStep, type FillRecord } from '@alpha-engine/core';
import { expect } from 'vitest';

/** What the books must be, from nothing but the fills that were booked. */
export class BookingModel {
  /** Last price by symbol. */
  readonly marks = new Map<string, number>();
  /** Orders of which more was filled than was ordered, as an alarm said. */
  alarms = 0;
  readonly #capital: Decimal;
  readonly #booked = new Map<string, FillRecord>();
  /** By client order id. */
  readonly #filled = new Map<string, Decimal>();
  /** By lot. */
  readonly #held = new Map<string, Decimal>();

  constructor(capital: Decimal) {
    this.#capital = capital;
  }

  knows(executionId: string): boolean {
    return this.#booked.has(executionId);
  }

  /** After every step. */
  check(step: ExecutorStep, books: () => Books): void {
    this.alarms += step.notices.filter(({ kind }) => kind === 'alarm').length;
    for (const record of step.fills) this.#book(record);
    for (const { filledSize, terms } of step.orders) {
      const filled = this.#filled.get(terms.clientOrderId) ?? Decimal.zero;
      expect(filledSize.toString(), terms.clientOrderId).toBe(filled.toString());
      if (this.alarms === 0) expect(filled.lte(terms.size), `${terms.clientOrderId} is filled ${filled}`).toBe(true);
    }
    if (step.fills.length > 0) this.compare(books());
  }

  /** Every lot is the sum of its own fills; and of cash, what is held, and fees, nothing came and nothing went. */
  compare({ equity, lots }: Books): void {
    const open = [...this.#held].filter(([, size]) => size.isPositive()).map(([id, size]) => `${id} ${size}`);
    expect(lots.map(({ positionId, size }) => `${positionId} ${size}`).toSorted()).toEqual(open.toSorted());
    // A close that overtook its opening is booked, and its lot is not there yet.
    if (this.marks.size < 2 || [...this.#held.values()].some((size) => size.isNegative())) return;
    const worth = [...this.#booked.values()].map(({ fill: { fee, price, side, size, symbol } }) => {
      const signed = side === 'buy' ? size : size.negated();
      return signed.times(Decimal.of(this.marks.get(symbol)!).minus(price)).minus(fee);
    });
    expect(equity.equity.toString()).toBe(this.#capital.plus(Decimal.sum(worth)).toString());
  }

  #book(record: FillRecord): void {
    const { clientOrderId, fill } = record;
    expect(this.knows(fill.executionId), `${fill.executionId} is booked already`).toBe(false);
    this.#booked.set(fill.executionId, record);
    const add = (to: Map<string, Decimal>, key: string, size: Decimal) =>
      to.set(key, size.plus(to.get(key) ?? Decimal.zero));
    if (clientOrderId !== null) add(this.#filled, clientOrderId, fill.size);
    if (fill.positionId !== undefined)
      add(this.#held, fill.positionId, fill.effect === 'open' ? fill.size : fill.size.negated());
  }
}

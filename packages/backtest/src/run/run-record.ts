import type { DenialEvent, ExecutorStep, Order, SignalEvent } from '@alpha-engine/core';
import type { SimulationReport } from '@alpha-engine/core/simulation';
import { TradeBook } from './trade-book.js';
import type { EngineListener, StrategyFailure } from './virtual-engine.js';

/** What a run leaves behind: grows with what was traded, not with the bars. */
export class RunRecord implements EngineListener {
  readonly book = new TradeBook();
  readonly denials: DenialEvent[] = [];
  readonly alarms: string[] = [];
  readonly failures: StrategyFailure[] = [];
  readonly #orders = new Map<string, Order>();
  /** Everything that was heard so far: while it stays, nothing has changed. */
  happenings = 0;
  signals = 0;
  /** Hears every signal; they are not kept here. */
  hear: ((signal: SignalEvent) => void) | null = null;

  onSignal(event: SignalEvent): void {
    this.happenings += 1;
    this.signals += 1;
    this.hear?.(event);
  }

  onStep({ events, fills, notices, orders }: ExecutorStep): void {
    this.happenings += 1;
    for (const order of orders) this.#orders.set(order.terms.clientOrderId, order);
    for (const { fill, strategy } of fills) this.book.take(strategy, fill);
    for (const event of events) if (event.type === 'denial') this.denials.push(event);
    for (const notice of notices) {
      if (notice.kind === 'alarm') this.alarms.push(notice.message);
      else if (notice.kind === 'halted') this.alarms.push(notice.reason);
    }
  }

  onReport(report: SimulationReport): void {
    this.happenings += 1;
    if (report.kind === 'holding_fee') this.book.holdingFee(String(report.fee.positionId), report.fee.amount);
  }

  onFailure(failure: StrategyFailure): void {
    this.failures.push(failure);
  }

  /** In the order of their making, each in its last state. */
  orders(): readonly Order[] {
    return [...this.#orders.values()];
  }
}

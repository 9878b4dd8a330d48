import type { Bar, DenialEvent, ExecutorStep, FillRecord, Order, SignalEvent } from '@alpha-engine/core';
import type { SimulationReport } from '@alpha-engine/core/simulation';
import { TradeBook } from './trade-book.js';
import type { EngineListener, StrategyFailure } from './virtual-engine.js';

/** Is told what a run does not keep, as it comes. */
export interface RunListener {
  signal?(event: SignalEvent): void;
  fill?(fill: FillRecord): void;
  /** As it closed; recorded events only. */
  bar?(bar: Bar): void;
}

/** What a run leaves behind: grows with what was traded, not with the bars. */
export class RunRecord implements EngineListener {
  readonly book = new TradeBook();
  readonly denials: DenialEvent[] = [];
  readonly alarms: string[] = [];
  readonly failures: StrategyFailure[] = [];
  readonly #orders = new Map<string, Order>();
  /** How many; a strategy may decide to hold at every bar. */
  signals = 0;
  /** Everything that was heard so far: while it stays, nothing has changed. */
  happenings = 0;
  /** Hears what is not kept here. */
  hear: RunListener | null = null;

  onSignal(event: SignalEvent): void {
    this.happenings += 1;
    this.signals += 1;
    this.hear?.signal?.(event);
  }

  onStep({ events, fills, notices, orders }: ExecutorStep): void {
    this.happenings += 1;
    for (const order of orders) this.#orders.set(order.terms.clientOrderId, order);
    for (const filled of fills) {
      this.book.take(filled.strategy, filled.fill);
      this.hear?.fill?.(filled);
    }
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

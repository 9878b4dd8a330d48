import type { DenialEvent, OrderEvent } from '../events/order.js';
import type { TradingStateEvent } from '../events/trading-state.js';
import type { Order } from '../orders/order.js';
import type {
  EquityRecord,
  ExecutorAction,
  ExecutorNotice,
  ExecutorStep,
  FillRecord,
  PositionRecord,
  VerdictRecord,
} from './executor-types.js';

/** Collects what one step comes to. Rows that change twice in a step are kept once, in their last state. */
export class StepOutput {
  // Most steps change no row.
  #orders: Map<string, Order> | null = null;
  #positions: Map<string, PositionRecord> | null = null;
  readonly verdicts: VerdictRecord[] = [];
  readonly fills: FillRecord[] = [];
  readonly equity: EquityRecord[] = [];
  readonly events: (OrderEvent | DenialEvent)[] = [];
  readonly states: TradingStateEvent[] = [];
  readonly actions: ExecutorAction[] = [];
  readonly notices: ExecutorNotice[] = [];

  order(order: Order): void {
    this.#orders ??= new Map();
    this.#orders.set(order.terms.clientOrderId, order);
  }

  position(position: PositionRecord): void {
    this.#positions ??= new Map();
    this.#positions.set(`${position.symbol} ${position.strategy}`, position);
  }

  build(): ExecutorStep {
    return {
      verdicts: this.verdicts,
      orders: this.#orders === null ? [] : [...this.#orders.values()],
      fills: this.fills,
      positions: this.#positions === null ? [] : [...this.#positions.values()],
      equity: this.equity,
      events: this.events,
      states: this.states,
      actions: this.actions,
      notices: this.notices,
    };
  }
}

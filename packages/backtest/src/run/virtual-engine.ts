import {
  type ApprovedOrder,
  type Bar,
  type DenialEvent,
  type EpochMs,
  Executor,
  type ExecutorAction,
  type ExecutorConfig,
  type ExecutorInput,
  type ExecutorStep,
  type InstanceSpec,
  type OrderEvent,
  type RunnerInput,
  type SignalEvent,
  StrategyRunner,
} from '@alpha-engine/core';
import {
  rejectionText,
  requestOf,
  type SimulatedExchange,
  type SimulationReport,
  shownFill,
  shownOrder,
  shownPosition,
} from '@alpha-engine/core/simulation';
import type { BarMarket } from '../fills/bar-market.js';

/** Hears everything that happens, in order. */
export interface EngineListener {
  onSignal(event: SignalEvent): void;
  onStep(step: ExecutorStep): void;
  onReport(report: SimulationReport): void;
  onFailure(instanceId: string, message: string): void;
}

export interface VirtualEngineOptions {
  readonly instances: readonly InstanceSpec[];
  readonly config: ExecutorConfig;
  readonly exchange: SimulatedExchange;
  readonly markets: ReadonlyMap<string, BarMarket>;
  readonly listener: EngineListener;
}

/**
 * The runner and the executor of every mode, driven synchronously in virtual time: what the loops of `core/process` do with a
 * bus, a record and a broker, this does with function calls. Market time is what `now` says; wall time is the same, so that whatever
 * waits, waits in market time. The executor's requests are answered by the simulated exchange at the same moment.
 */
export class VirtualEngine {
  now: EpochMs = 0;
  readonly executor: Executor;
  readonly #runner: StrategyRunner;
  readonly #options: VirtualEngineOptions;
  #inbox: ExecutorInput[] = [];

  constructor(options: VirtualEngineOptions) {
    this.#options = options;
    this.#runner = new StrategyRunner({ instances: options.instances, nextBatch: 1 });
    this.executor = new Executor(options.config);
  }

  /** The books begin: the balances are what the account starts with, and every symbol agrees with the exchange. */
  begin(now: EpochMs): void {
    this.now = now;
    this.#answerBalances();
    this.tell({ kind: 'clock' });
    this.settle();
  }

  /** A closed bar to the strategies. Gives back what they decided; nothing of it has reached the executor yet. */
  close(bar: Bar, kind: 'bar' | 'warmup'): readonly SignalEvent[] {
    return this.#step([{ kind, bar }]);
  }

  tell(input: ExecutorInput): void {
    this.#inbox.push(input);
  }

  /** What the exchange did by itself. */
  report(reports: readonly SimulationReport[]): void {
    for (const report of reports) {
      this.#options.listener.onReport(report);
      if (report.kind === 'order') this.tell({ kind: 'order_update', order: shownOrder(report.order) });
      else if (report.kind === 'fill') this.tell({ kind: 'fill_update', fill: shownFill(report.fill) });
    }
  }

  /** Lets everything happen that follows at this moment, until nothing more is to do. */
  settle(): void {
    while (this.#inbox.length > 0) {
      const inputs = this.#inbox;
      this.#inbox = [];
      this.#execute(inputs);
    }
  }

  #execute(inputs: readonly ExecutorInput[]): void {
    const at = { marketTs: this.now, wallTs: this.now };
    const step = this.executor.step(inputs.map((input) => ({ ...input, at })));
    this.#options.listener.onStep(step);
    if (step.events.length > 0) this.#feedBack(step.events);
    for (const action of step.actions) if (action.kind !== 'submit') this.#do(action);
    for (const action of step.actions) if (action.kind === 'submit') this.#place(action.order);
  }

  /** What became of orders, to the strategies; what they decide on a fill is judged at once. */
  #feedBack(events: readonly (OrderEvent | DenialEvent)[]): void {
    const signals = this.#step(events.map((event) => ({ kind: 'order', event })));
    for (const event of signals) this.tell({ kind: 'signal', event });
  }

  #step(inputs: readonly RunnerInput[]): readonly SignalEvent[] {
    const { signals, notices } = this.#runner.step(inputs);
    const { listener } = this.#options;
    for (const { event } of signals) listener.onSignal(event);
    for (const notice of notices) {
      if (notice.kind === 'strategy_failed') listener.onFailure(notice.instanceId, notice.message);
    }
    return signals.length === 0 ? NO_SIGNALS : signals.map(({ event }) => event);
  }

  #place(order: ApprovedOrder): void {
    const { clientOrderId, effect, symbol } = order;
    const { exchange, markets } = this.#options;
    this.#execute([{ kind: 'submitting', clientOrderId }]);
    const place = () => exchange.place(requestOf(order), this.now);
    const outcome = markets.get(symbol)?.placing(effect, this.now, place) ?? place();
    if (outcome.accepted) {
      this.tell({ kind: 'accepted', clientOrderId, exchangeOrderId: String(outcome.order.orderId) });
      this.report(outcome.reports);
      return;
    }
    const message = `The simulated exchange refused it: ${rejectionText(outcome.rejection)}.`;
    const error = 'EXCHANGE_REFUSED' as const;
    this.tell({ kind: 'refused', clientOrderId, code: outcome.rejection.code, message, error });
  }

  #do(action: Exclude<ExecutorAction, { kind: 'submit' }>): void {
    const { exchange } = this.#options;
    switch (action.kind) {
      case 'balances':
        this.#answerBalances();
        return;
      case 'sweep':
        this.#answerSweep(action);
        return;
      case 'cancel': {
        const outcome = exchange.cancel(Number(action.exchangeOrderId), this.now);
        const known = outcome.accepted || outcome.code === 'already_final';
        this.tell(answered('cancel_answered', action.clientOrderId, known));
        if (outcome.accepted) this.report(outcome.reports);
        return;
      }
      case 'amend': {
        const outcome = exchange.amend(Number(action.exchangeOrderId), action.change, this.now);
        this.tell(answered('amend_answered', action.clientOrderId, outcome.accepted));
        if (outcome.accepted) this.report(outcome.reports);
        return;
      }
    }
  }

  #answerBalances(): void {
    const begun = { marketTs: this.now, wallTs: this.now };
    this.tell({ kind: 'balances', balances: this.#options.exchange.balances(), begun });
  }

  #answerSweep({ symbol, fillsFrom, orderIds }: Extract<ExecutorAction, { kind: 'sweep' }>): void {
    const { exchange } = this.#options;
    const openOrders = exchange.openOrders(symbol).map(shownOrder);
    const fills = exchange.fills({ symbol, from: fillsFrom }).map(shownFill);
    const ids = new Set(orderIds);
    for (const { exchangeOrderId } of [...openOrders, ...fills]) {
      if (!this.executor.isBound(exchangeOrderId)) ids.add(exchangeOrderId);
    }
    const orders = [...ids].flatMap((id) => {
      const order = exchange.order(Number(id));
      return order === undefined ? [] : [shownOrder(order)];
    });
    const positions = exchange.positions(symbol).map(shownPosition);
    const begun = { marketTs: this.now, wallTs: this.now };
    this.tell({ kind: 'sweep', sweep: { symbol, begun, openOrders, fills, orders, positions } });
  }
}

const NO_SIGNALS: readonly SignalEvent[] = [];

function answered(kind: 'cancel_answered' | 'amend_answered', clientOrderId: string, done: boolean): ExecutorInput {
  return { kind, clientOrderId, outcome: done ? 'accepted' : 'refused' };
}

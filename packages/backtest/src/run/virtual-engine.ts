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
  type MarketEvent,
  type OrderEvent,
  type RunnerInput,
  type RunnerStep,
  type SignalEvent,
  type StepTime,
  StrategyRunner,
  type SymbolSweep,
  type Timeframe,
  type TradeEvent,
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

/** A strategy that threw, when, and what it said. */
export interface StrategyFailure {
  readonly instanceId: string;
  readonly ts: EpochMs;
  readonly message: string;
}

/** Hears everything that happens, in order. */
export interface EngineListener {
  onSignal(event: SignalEvent): void;
  onStep(step: ExecutorStep): void;
  onReport(report: SimulationReport): void;
  onFailure(failure: StrategyFailure): void;
}

/**
 * Brings something over a leg between the executor and the exchange: does it now, or when it has arrived. What comes back is settled
 * by whoever brings it later.
 */
export type Carry = (leg: 'order' | 'answer', act: () => void) => void;

export interface VirtualEngineOptions {
  readonly instances: readonly InstanceSpec[];
  readonly config: ExecutorConfig;
  readonly exchange: SimulatedExchange;
  readonly markets: ReadonlyMap<string, BarMarket>;
  readonly listener: EngineListener;
  /** Default: at once. */
  readonly carry?: Carry;
}

/**
 * The runner and the executor of every mode, driven synchronously in virtual time: what the loops of `core/process` do with a
 * bus, a record and a broker, this does with function calls. Market time is what `now` says; wall time is the same, so that whatever
 * waits, waits in market time. The executor's requests are answered by the simulated exchange at the same moment, or as `carry` brings them.
 */
export class VirtualEngine {
  now: EpochMs = 0;
  readonly executor: Executor;
  readonly #runner: StrategyRunner;
  readonly #options: VirtualEngineOptions;
  readonly #carry: Carry;
  #inbox: ExecutorInput[] = [];

  constructor(options: VirtualEngineOptions) {
    this.#options = options;
    this.#carry = options.carry ?? ((_leg, act) => act());
    this.#runner = new StrategyRunner({ instances: options.instances, nextBatch: 1, keepsInputs: false });
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
    if (!this.#runner.hearBar(bar, kind === 'warmup')) return NO_SIGNALS;
    return this.#step([], bar.closeTs).signals.map(({ event }) => event);
  }

  /** A bar from before the run, of any timeframe that a strategy reads. */
  warm(bar: Bar): void {
    this.#step([{ kind: 'warmup', bar }], bar.closeTs);
  }

  /** A trade from before the run: the bars that are built of it warm the strategies up. */
  warmTrade(event: TradeEvent): void {
    if (this.#runner.warm(event)) this.#step([]);
  }

  /** Closes the bars that end by this moment, which no later trade, and no later shorter bar, will. */
  closeUntil(ts: EpochMs, kind: 'bar' | 'warmup'): RunnerStep {
    this.#runner.closeUntil(ts, kind);
    return this.#step([]);
  }

  /** Timeframes that the strategies read of a symbol. */
  timeframes(symbol: string): readonly Timeframe[] {
    return this.#runner.timeframes(symbol);
  }

  /** A market event to the strategies. Null when nothing came of it: no bar, no signal. */
  hear(event: MarketEvent): RunnerStep | null {
    return this.#runner.hear(event) ? this.#step([]) : null;
  }

  /** Market time to the strategies: bars close that no trade closed. */
  tick(): RunnerStep {
    return this.#step([{ kind: 'clock', ts: this.now }]);
  }

  tell(input: ExecutorInput): void {
    this.#inbox.push(input);
  }

  /** What the exchange did by itself. */
  report(reports: readonly SimulationReport[]): void {
    if (reports.length === 0) return;
    for (const report of reports) this.#options.listener.onReport(report);
    this.#carry('answer', () => {
      for (const report of reports) {
        if (report.kind === 'order') this.tell({ kind: 'order_update', order: shownOrder(report.order) });
        else if (report.kind === 'fill') this.tell({ kind: 'fill_update', fill: shownFill(report.fill) });
      }
    });
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
    const at = this.#time();
    // They are nobody else's, and a copy costs more than the key.
    const step = this.executor.step(inputs.map((input) => Object.assign(input, { at })));
    this.#options.listener.onStep(step);
    if (step.events.length > 0) this.#feedBack(step.events);
    for (const action of step.actions) if (action.kind !== 'submit') this.#do(action);
    for (const action of step.actions) if (action.kind === 'submit') this.#place(action.order);
  }

  /** What became of orders, to the strategies; what they decide on a fill is judged at once. */
  #feedBack(events: readonly (OrderEvent | DenialEvent)[]): void {
    const { signals } = this.#step(events.map((event) => ({ kind: 'order', event })));
    for (const { event } of signals) this.tell({ kind: 'signal', event });
  }

  /** `ts` is when what the strategies hear happened. */
  #step(inputs: readonly RunnerInput[], ts = this.now): RunnerStep {
    const step = this.#runner.step(inputs);
    const { signals, notices } = step;
    const { listener } = this.#options;
    for (const { event } of signals) listener.onSignal(event);
    for (const notice of notices) {
      if (notice.kind !== 'strategy_failed') continue;
      listener.onFailure({ instanceId: notice.instanceId, ts, message: notice.message });
    }
    return step;
  }

  #place(order: ApprovedOrder): void {
    const { clientOrderId, effect, symbol } = order;
    const { exchange, markets } = this.#options;
    this.#execute([{ kind: 'submitting', clientOrderId }]);
    this.#carry('order', () => {
      const place = () => exchange.place(requestOf(order), this.now);
      const outcome = markets.get(symbol)?.placing(effect, this.now, place) ?? place();
      if (outcome.accepted) {
        this.#answer({ kind: 'accepted', clientOrderId, exchangeOrderId: String(outcome.order.orderId) });
        this.report(outcome.reports);
        return;
      }
      const message = `The simulated exchange refused it: ${rejectionText(outcome.rejection)}.`;
      const error = 'EXCHANGE_REFUSED' as const;
      this.#answer({ kind: 'refused', clientOrderId, code: outcome.rejection.code, message, error });
    });
  }

  #do(action: Exclude<ExecutorAction, { kind: 'submit' }>): void {
    const { exchange } = this.#options;
    if (action.kind === 'balances') {
      this.#answerBalances();
      return;
    }
    const begun = this.#time();
    this.#carry('order', () => {
      if (action.kind === 'sweep') {
        this.#answer({ kind: 'sweep', sweep: this.#look(action, begun) });
        return;
      }
      const id = Number(action.exchangeOrderId);
      const outcome =
        action.kind === 'cancel' ? exchange.cancel(id, this.now) : exchange.amend(id, action.change, this.now);
      const ended = !outcome.accepted && action.kind === 'cancel' && outcome.code === 'already_final';
      const done = outcome.accepted || ended ? 'accepted' : 'refused';
      this.#answer({ kind: `${action.kind}_answered`, clientOrderId: action.clientOrderId, outcome: done });
      if (outcome.accepted) this.report(outcome.reports);
    });
  }

  #answer(input: ExecutorInput): void {
    this.#carry('answer', () => this.tell(input));
  }

  #answerBalances(): void {
    const begun = this.#time();
    this.#carry('order', () => {
      this.#answer({ kind: 'balances', balances: this.#options.exchange.balances(), begun });
    });
  }

  #look({ symbol, fillsFrom, orderIds }: Extract<ExecutorAction, { kind: 'sweep' }>, begun: StepTime): SymbolSweep {
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
    return { symbol, begun, openOrders, fills, orders, positions: exchange.positions(symbol).map(shownPosition) };
  }

  #time(): StepTime {
    return { marketTs: this.now, wallTs: this.now };
  }
}

const NO_SIGNALS: readonly SignalEvent[] = [];

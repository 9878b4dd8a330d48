import type { Batch, EventBus, Subscription } from '../bus/event-bus.js';
import { marketStreams, type Series, type StreamName } from '../bus/streams.js';
import type { ControlEvent } from '../events/control.js';
import { ALL_SYMBOLS } from '../events/status.js';
import type { Broker } from '../exchange/broker.js';
import type { Difference } from '../execution/compare-books.js';
import { Executor } from '../execution/executor.js';
import { lastEventSeqs } from '../execution/executor-snapshot.js';
import type {
  ExecutorConfig,
  ExecutorInput,
  ExecutorNotice,
  ExecutorStep,
  StepTime,
  TimedExecutorInput,
} from '../execution/executor-types.js';
import {
  type ExecutionBeginning,
  type ExecutionLogEntry,
  eventIdsOf,
  logConfig,
  logExecutorInputs,
} from '../record/execution-log.js';
import { mergeStreams } from '../record/merge-streams.js';
import type { PaperBroker } from '../simulation/paper-broker.js';
import type { SimulatedExchangeSnapshot } from '../simulation/snapshot-up-to-date.js';
import type { Store } from '../store/store.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { Hold } from './brain-ownership.js';
import { executionBrain } from './claims.js';
import { closeBooks } from './close-books.js';
import { ExchangeDesk } from './exchange-desk.js';
import { Inbox } from './inbox.js';
import { Recorder } from './recorder.js';
import { unless } from './unless.js';

export interface ExecutionBrainOptions {
  readonly exchange: string;
  readonly bus: EventBus;
  readonly store: Store;
  readonly hold: Hold;
  readonly logger: Logger;
  readonly marketClock: Clock;
  readonly wallClock: Clock;
  readonly broker: Broker;
  readonly config: ExecutorConfig;
  /** This machine's clock less the exchange's, as last measured, milliseconds; null where they differ on purpose. */
  readonly clockSkewMs?: () => number | null;
  /** The broker, when it is the simulated one in process: it lives on the market events this brain reads, and in its checkpoint. */
  readonly paper?: PaperBroker;
}

/** What one batch or answer is called in the inbox. */
type Arrival = { readonly batch: Batch; readonly taken: () => void } | { readonly input: ExecutorInput };

interface Checkpointed {
  readonly executor: unknown;
  readonly paper?: SimulatedExchangeSnapshot;
}

const READ_LIMIT = 500;
const READ_WAIT_MS = 1000;
/** How often the executor is told the time when nothing else happens. */
const CLOCK_EVERY_MS = 250;
/** Between two commits with nothing but quotes, at most this long (wall time). */
const LAZY_COMMIT_MS = 1000;
/** Clocks that are kept in memory at most, when nothing else happens for long. */
const MOST_LOGGED = 1000;

/**
 * The execution brain's loop: signals, quotes, commands and the exchange's answers in; step; record; then send, publish and
 * acknowledge. Two things run beside it, a reader of the bus and a listener on the private stream; both only fill the inbox.
 */
export class ExecutionBrain {
  readonly executor: Executor;
  readonly desk: ExchangeDesk;
  readonly #options: ExecutionBrainOptions;
  readonly #recorder: Recorder;
  readonly #subscription: Subscription;
  readonly #inbox = new Inbox<Arrival>();
  /** What this process began with, until it is recorded. */
  #began: ExecutionBeginning | null;
  /** Inputs of the steps that are not committed yet, for the input log. */
  #logged: TimedExecutorInput[] = [];
  #pendingSince: number | null = null;
  #toldSkewMs: number | null = null;

  private constructor(options: ExecutionBrainOptions, recorder: Recorder, subscription: Subscription) {
    const state = recorder.state as Checkpointed | undefined;
    this.#options = options;
    this.#recorder = recorder;
    this.#subscription = subscription;
    this.executor = new Executor(options.config, state?.executor);
    this.#began = { state: state?.executor ?? null, config: logConfig(options.config) };
    if (options.paper && state?.paper !== undefined) options.paper.restore(state.paper);
    this.desk = new ExchangeDesk({
      broker: options.broker,
      hold: options.hold,
      horizonMs: options.config.inDoubtHorizonMs,
      maxDataAgeMs: options.config.maxDataAgeMs,
      wallClock: options.wallClock,
      logger: options.logger,
      deliver: (input) => this.#inbox.push({ input }),
      time: () => this.#time(),
      isBound: (id) => this.executor.isBound(id),
    });
  }

  /** Takes over the brain: whoever had it before is fenced off. */
  static async open(options: ExecutionBrainOptions): Promise<ExecutionBrain> {
    const { bus, exchange, hold, logger, marketClock, store } = options;
    const brain = executionBrain(exchange);
    const recorder = await Recorder.open({
      ...{ brain, store, hold, bus, series: orderSeries(options), logger, marketClock },
      lastSeqs: (state) => lastEventSeqs((state as Checkpointed).executor, exchange),
    });
    const streams = streamsOf(options);
    const subscription = await bus.subscribe({ group: brain, consumer: `${brain}:${process.pid}`, streams });
    try {
      await recorder.seek(subscription, streams);
      return new ExecutionBrain(options, recorder, subscription);
    } catch (error) {
      await subscription.close();
      throw error;
    }
  }

  /** Gives up a brain that never ran. */
  close(): Promise<void> {
    return this.#subscription.close();
  }

  /** Instead of `run`: compares, books what the exchange proves and what an operator accepts, and sends nothing. */
  async reconcile(word: ControlEvent): Promise<readonly Difference[] | null> {
    try {
      await this.desk.readBalances(new AbortController().signal);
      await this.#recordLast([this.#timed({ kind: 'control', event: word })]);
      return await this.#closeBooks();
    } finally {
      await this.#recorder.settle();
      await this.#subscription.close();
    }
  }

  /** Until `signal` aborts; answers in what the books differ from the exchange's then, or null when it could not be read. */
  async run(signal: AbortSignal): Promise<readonly Difference[] | null> {
    const reader = new AbortController();
    const listener = new AbortController();
    const stop = AbortSignal.any([signal, reader.signal]);
    let deaf: unknown;
    const reading = this.#readBus(stop).catch((error: unknown) => {
      deaf = error;
      reader.abort();
    });
    // Open to the end: it tells what became of the last requests.
    const listening = this.desk.listen(listener.signal);
    try {
      const begun = await this.#begin(stop);
      while (!stop.aborted) await this.#turn(stop);
      // A brain that cannot hear its signals any more must not go on. Unanswered requests are in doubt for the next start.
      if (deaf !== undefined) throw deaf;
      if (!begun) return null;
      return await this.#finish();
    } finally {
      reader.abort();
      await this.desk.settle();
      await this.#recorder.settle();
      listener.abort();
      await this.#subscription.close();
      await Promise.all([reading, listening]);
    }
  }

  /** False when `signal` aborts before the exchange told the balances: nothing was done by then. */
  async #begin(signal: AbortSignal): Promise<boolean> {
    try {
      await unless(signal, this.desk.readBalances(signal));
      return true;
    } catch (error) {
      if (signal.aborted && error === signal.reason) return false;
      throw error;
    }
  }

  /** Answers of requests in flight, and the updates that came with them, are still taken and recorded; nothing new is sent. */
  async #finish(): Promise<readonly Difference[] | null> {
    await this.desk.settle();
    await this.#recordLast([]);
    return this.#closeBooks();
  }

  #closeBooks(): Promise<readonly Difference[] | null> {
    const { broker, config, logger } = this.#options;
    return closeBooks({
      ...{ broker, logger, desk: this.desk, executor: this.executor, instruments: config.instruments },
      record: (read) => this.#recordLast(read.map((input) => this.#timed(input))),
      time: () => this.#time(),
    });
  }

  /** A step on the way out: recorded like any other, but what it asks for is left to the next start. */
  async #recordLast(looked: readonly TimedExecutorInput[]): Promise<void> {
    const inputs = [...(await this.#take(0, new AbortController().signal)), ...looked];
    const step = this.executor.step(inputs);
    this.#logged.push(...inputs);
    await this.#record(step);
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const inputs = [...this.#skew(), ...(await this.#take(CLOCK_EVERY_MS, signal))];
    if (signal.aborted && inputs.length === 0) return;
    const clock = this.#timed({ kind: 'clock' });
    let step = this.executor.step([...inputs, clock]);
    this.#logged.push(...inputs, clock);
    await this.#recordIfDue(inputs.length > 0, step);

    // What the gate approved is committed by now; say that it is about to be sent, commit that, and only then send.
    let approved = this.#act(step, signal);
    while (approved.length > 0) {
      const sentWallTs = this.#options.wallClock.now();
      const submitting = approved.map((clientOrderId) => this.#timed({ kind: 'submitting', clientOrderId }));
      step = this.executor.step(submitting);
      this.#logged.push(...submitting);
      await this.#record(step);
      for (const clientOrderId of approved) this.desk.send(clientOrderId, sentWallTs);
      approved = this.#act(step, signal);
    }
  }

  /** Does what needs no further commit; answers the orders that do. */
  #act(step: ExecutorStep, signal: AbortSignal): string[] {
    const approved: string[] = [];
    for (const action of step.actions) {
      if (action.kind !== 'submit') this.desk.do(action);
      else if (!signal.aborted) {
        this.desk.hold(action.order);
        approved.push(action.order.clientOrderId);
      }
    }
    return approved;
  }

  async #recordIfDue(arrived: boolean, step: ExecutorStep): Promise<void> {
    if (arrived) this.#pendingSince ??= performance.now();
    const overdue = this.#pendingSince !== null && performance.now() - this.#pendingSince >= LAZY_COMMIT_MS;
    if (changes(step) || overdue || this.#logged.length >= MOST_LOGGED) await this.#record(step);
  }

  async #record(step: ExecutorStep): Promise<void> {
    this.#notice(step.notices);
    const { paper } = this.#options;
    const state: Checkpointed = { executor: this.executor.snapshot(), ...(paper && { paper: paper.snapshot() }) };
    const inputs: ExecutionLogEntry = {
      ...(this.#began && { began: this.#began }),
      inputs: logExecutorInputs(this.#logged),
      events: eventIdsOf(step),
    };
    const rows = {
      inputs,
      verdicts: step.verdicts,
      orders: step.orders,
      orderEvents: step.events,
      fills: step.fills,
      positions: step.positions,
      equity: step.equity,
      outbox: [...step.events, ...step.states],
    };
    await this.#recorder.record(rows, state, this.#subscription);
    this.#began = null;
    this.#logged = [];
    this.#pendingSince = null;
  }

  async #take(waitMs: number, signal: AbortSignal): Promise<TimedExecutorInput[]> {
    const inputs: TimedExecutorInput[] = [];
    for (const arrival of await this.#inbox.take(waitMs, signal)) {
      if ('input' in arrival) inputs.push(this.#timed(arrival.input));
      else {
        inputs.push(...this.#inputsOf(arrival.batch));
        arrival.taken();
      }
    }
    // Quotes before signals: a signal is judged by the newest prices that arrived with it.
    return [...inputs.filter(({ kind }) => kind !== 'signal'), ...inputs.filter(({ kind }) => kind === 'signal')];
  }

  #inputsOf(batch: Batch): TimedExecutorInput[] {
    const inputs: TimedExecutorInput[] = [];
    for (const { event, id, stream } of mergeStreams(batch.deliveries)) {
      this.#recorder.advance(stream, id);
      if (event.type === 'trade' || event.type === 'orderbook' || event.type === 'ticker')
        this.#options.paper?.onMarket(event);
      if (event.type === 'ticker') inputs.push(this.#timed({ kind: 'quote', event }));
      else if (event.type === 'signal' || event.type === 'status' || event.type === 'control') {
        inputs.push(this.#timed({ kind: event.type, event } as ExecutorInput));
      }
    }
    return inputs;
  }

  async #readBus(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const batch = await this.#subscription.read({ limit: READ_LIMIT, waitMs: READ_WAIT_MS, signal });
      // Nobody takes it any more, and a signal that was aborted tells nobody: waiting for either would never end.
      if (signal.aborted) return;
      // That nothing is there is worth a look at the clock.
      if (batch.deliveries.length === 0 && !batch.drained) continue;
      await new Promise<void>((resolve) => {
        const taken = () => {
          signal.removeEventListener('abort', taken);
          resolve();
        };
        signal.addEventListener('abort', taken, { once: true });
        this.#inbox.push({ batch, taken });
      });
    }
  }

  #notice(notices: readonly ExecutorNotice[]): void {
    const { logger } = this.#options;
    for (const notice of notices) {
      if (notice.kind === 'reconciled') logger.info({ ...notice }, 'books agree with the exchange');
      else if (notice.kind === 'resumed') logger.info({ ...notice }, 'a halt is over');
      else if (notice.kind === 'repaired') logger.warn({ ...notice }, 'repaired from what the exchange proves');
      else logger.error({ ...notice }, notice.kind === 'halted' ? 'trading is halted' : 'alarm');
    }
  }

  /** Told when it was measured anew. */
  #skew(): readonly TimedExecutorInput[] {
    const skewMs = this.#options.clockSkewMs?.() ?? null;
    if (skewMs === null || skewMs === this.#toldSkewMs) return [];
    this.#toldSkewMs = skewMs;
    return [this.#timed({ kind: 'clock_skew', skewMs })];
  }

  #timed(input: ExecutorInput): TimedExecutorInput {
    return { ...input, at: this.#time() };
  }

  #time(): StepTime {
    return { marketTs: this.#options.marketClock.now(), wallTs: this.#options.wallClock.now() };
  }
}

function changes(step: ExecutorStep): boolean {
  const { actions, equity, events, fills, notices, orders, positions, states, verdicts } = step;
  return [actions, equity, events, fills, notices, orders, positions, states, verdicts].some((rows) => rows.length > 0);
}

function streamsOf({ bus: { partition }, config, exchange, paper }: ExecutionBrainOptions): StreamName[] {
  const market = paper ? (['md:orderbook', 'md:trade', 'md:ticker'] as const) : (['md:ticker'] as const);
  const symbols = config.instruments.map(({ symbol }) => symbol);
  return [
    ...[...market, 'md:status' as const].flatMap((stream) => marketStreams(stream, { exchange, symbols, partition })),
    `ctl:${exchange}`,
    `signal:${exchange}`,
  ];
}

function orderSeries({ config, exchange }: ExecutionBrainOptions): Series[] {
  const stream = `order:${exchange}`;
  return [
    { stream, exchange, symbol: ALL_SYMBOLS, type: 'trading_state' },
    ...config.instruments.flatMap(({ symbol }) =>
      (['order', 'denial', 'trading_state'] as const).map((type) => ({ stream, exchange, symbol, type })),
    ),
  ];
}

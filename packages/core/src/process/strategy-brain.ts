import type { Batch, Delivery, EventBus, Subscription } from '../bus/event-bus.js';
import { MARKET_STREAMS, marketStreams, type Series, type StreamName } from '../bus/streams.js';
import type { MarketHistory } from '../exchange/market-history.js';
import { type LoggedRead, logRead } from '../record/logged-read.js';
import { runnerInputs } from '../record/runner-inputs.js';
import { rebuildRecords, type StrategyBeginning, type StrategyLogEntry } from '../record/strategy-log.js';
import type { Store } from '../store/store.js';
import { lastSignalSeqs, signalSeries } from '../strategy/runner-state.js';
import type {
  FedInput,
  InstanceSpec,
  RunnerNotice,
  RunnerSnapshot,
  RunnerStep,
  SignalRecord,
} from '../strategy/runner-types.js';
import { StrategyRunner } from '../strategy/strategy-runner.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { Hold } from './brain-ownership.js';
import { strategyBrain } from './claims.js';
import { Recorder } from './recorder.js';
import { warmupInputs } from './warmup.js';

export interface StrategyBrainOptions {
  readonly exchange: string;
  /** Tells engines apart that share the symbols of an exchange. Absent: the only one. */
  readonly name?: string;
  readonly bus: EventBus;
  readonly store: Store;
  readonly hold: Hold;
  readonly logger: Logger;
  readonly marketClock: Clock;
  readonly instances: readonly InstanceSpec[];
  /** Where a new instance's position starts, by `label|symbol`; default flat. */
  readonly initialTargets?: Readonly<Record<string, 'long' | 'short' | 'flat'>>;
  /** For warm-up bars the Store does not have. */
  readonly history?: MarketHistory;
  /** What the engine was started with; kept for a replay. No secrets. */
  readonly session?: Readonly<Record<string, unknown>>;
}

export interface StrategyBrainReport {
  /** Market events read from the bus and applied by this process. */
  readonly consumed: number;
  readonly bars: number;
  readonly signals: number;
  readonly gaps: number;
}

/** Between two commits with nothing worth recording, at most this long (wall time): a crash then reads a little again. */
const LAZY_COMMIT_MS = 250;
const READ_LIMIT = 500;
const READ_WAIT_MS = 100;

/**
 * The strategy brain's loop: read a batch, step, record, publish the signals, acknowledge. All the waiting of the
 * StrategyRunner happens here. Ends when `signal` aborts, with everything it stepped committed.
 */
export class StrategyBrain {
  readonly #options: StrategyBrainOptions;
  readonly #recorder: Recorder;
  readonly #runner: StrategyRunner;
  readonly #subscription: Subscription;
  readonly #counts = { consumed: 0, bars: 0, signals: 0, gaps: 0 };

  /** What this process began with, until it is recorded. */
  #began: StrategyBeginning | null;
  /** Stepped and not committed yet. */
  #reads: LoggedRead[] = [];
  #fed: FedInput[] = [];
  #pendingSince: number | null = null;

  private constructor(
    options: StrategyBrainOptions,
    recorder: Recorder,
    runner: StrategyRunner,
    subscription: Subscription,
  ) {
    this.#options = options;
    this.#recorder = recorder;
    this.#runner = runner;
    this.#subscription = subscription;
    this.#began = beginningOf(options, recorder);
  }

  /**
   * Takes over the brain and rebuilds its strategies from the record. Throws `REBUILD_DIFFERS` when they decide otherwise
   * now, and the reason of `signal` when it aborts before the brain is warm.
   */
  static async open(options: StrategyBrainOptions, signal: AbortSignal): Promise<StrategyBrain> {
    const { bus, exchange, hold, instances, logger, marketClock, store } = options;
    const brain = strategyBrain(options);
    const recorder = await Recorder.open({
      ...{ brain, store, hold, bus, series: seriesOf(options), logger, marketClock },
      lastSeqs: (state) => lastSignalSeqs(state as RunnerSnapshot),
    });
    const snapshot = recorder.state as RunnerSnapshot | undefined;
    const runner = new StrategyRunner({
      instances,
      nextBatch: recorder.nextBatch,
      lastSeqs: recorder.lastSeqs,
      ...(snapshot && { snapshot }),
      ...(options.initialTargets && { initialTargets: options.initialTargets }),
    });
    const since = runner.needsRebuildSince();
    if (since !== null) {
      logger.info({ brain, since }, 'rebuilding strategies from the record');
      await runner.rebuild(rebuildRecords(store, brain, exchange, since, { signal }));
    }
    const streams = streamsOf(options);
    const subscription = await bus.subscribe({ group: brain, consumer: `${brain}:${process.pid}`, streams });
    try {
      await recorder.seek(subscription, streams);
      const opened = new StrategyBrain(options, recorder, runner, subscription);
      await opened.#warmUp(signal);
      return opened;
    } catch (error) {
      await subscription.close();
      throw error;
    }
  }

  async run(signal: AbortSignal): Promise<StrategyBrainReport> {
    try {
      while (!signal.aborted) {
        const batch = await this.#subscription.read({ limit: READ_LIMIT, waitMs: READ_WAIT_MS, signal });
        await this.#handle(batch);
      }
      if (this.#pendingSince !== null) await this.#record([], []);
    } finally {
      await this.#recorder.settle();
      await this.#subscription.close();
    }
    return this.#counts;
  }

  async #handle(batch: Batch): Promise<void> {
    for (const { stream, id } of batch.deliveries) this.#recorder.advance(stream, id);
    // Market time is only worth telling when nothing older waits on the bus.
    const clock = batch.drained ? this.#options.marketClock.now() : undefined;
    const inputs = runnerInputs(batch.deliveries, clock);
    for (const { kind } of inputs) if (kind === 'market') this.#counts.consumed++;

    const step = this.#runner.step(inputs);
    this.#notice(step.notices);
    if (batch.deliveries.length > 0 || step.bars.length > 0) {
      this.#reads.push(logRead(this.#options.exchange, batch.deliveries, clock));
    }
    this.#fed.push(...step.fed);
    await this.#recordIfDue(batch, step);
  }

  async #recordIfDue(batch: Batch, step: RunnerStep): Promise<void> {
    if (batch.deliveries.length > 0) this.#pendingSince ??= performance.now();
    const worthRecording = step.bars.length > 0 || step.signals.length > 0 || step.fed.length > 0;
    const overdue = this.#pendingSince !== null && performance.now() - this.#pendingSince >= LAZY_COMMIT_MS;
    if (worthRecording || overdue) await this.#record(step.bars, step.signals);
  }

  async #record(bars: RunnerStep['bars'], signals: readonly SignalRecord[]): Promise<void> {
    const inputs: StrategyLogEntry = {
      ...(this.#began && { began: this.#began }),
      reads: this.#reads,
      fed: this.#fed,
      signalIds: signals.map(({ event }) => event.id),
    };
    const outbox = signals.map(({ event }) => event);
    await this.#recorder.record({ bars, signals, inputs, outbox }, this.#runner.snapshot(), this.#subscription);
    this.#counts.bars += bars.length;
    this.#counts.signals += signals.length;
    this.#began = null;
    this.#reads = [];
    this.#fed = [];
    this.#pendingSince = null;
  }

  async #warmUp(signal: AbortSignal): Promise<void> {
    const first = this.#recorder.state === undefined ? await firstTrade(this.#options) : undefined;
    const inputs = await warmupInputs(this.#runner.warmupNeeds(), {
      ...this.#options,
      ...(first && { readsFrom: first.event.ts }),
      signal,
    });
    if (inputs.length === 0) return;
    const step = this.#runner.step(inputs);
    this.#notice(step.notices);
    this.#fed.push(...step.fed);
    const bars = inputs.flatMap((input) => (input.kind === 'warmup' ? [input.bar] : []));
    await this.#record([...bars, ...step.bars], step.signals);
  }

  #notice(notices: readonly RunnerNotice[]): void {
    const { logger } = this.#options;
    for (const notice of notices) {
      if (notice.kind === 'gap') this.#counts.gaps++;
      if (notice.kind === 'strategy_failed') logger.error({ ...notice }, 'A strategy threw; its instance is halted.');
      else
        logger.warn(
          { ...notice },
          notice.kind === 'gap' ? 'Events are missing on the bus.' : 'A late trade was left out of its bar.',
        );
    }
  }
}

function beginningOf(options: StrategyBrainOptions, recorder: Recorder): StrategyBeginning {
  return {
    state: (recorder.state as RunnerSnapshot | undefined) ?? null,
    lastSeqs: [...recorder.lastSeqs],
    initialTargets: options.initialTargets ?? null,
    instances: options.instances.map(({ strategy, params, exchange, symbol, timeframe, codeHash }) => ({
      strategy: strategy.name,
      ...{ params, exchange, symbol, timeframe, codeHash },
    })),
    session: options.session ?? {},
  };
}

function streamsOf({ bus: { partition }, exchange, instances }: StrategyBrainOptions): StreamName[] {
  const symbols = instances.map(({ symbol }) => symbol);
  return [
    ...MARKET_STREAMS.flatMap((stream) => marketStreams(stream, { exchange, symbols, partition })),
    `order:${exchange}`,
  ];
}

/** The oldest trade the bus still has of our symbols. */
async function firstTrade({ bus, exchange, instances }: StrategyBrainOptions): Promise<Delivery | undefined> {
  const symbols = instances.map(({ symbol }) => symbol);
  const { partition } = bus;
  const firsts: Delivery[] = [];
  for (const stream of marketStreams('md:trade', { exchange, symbols, partition })) {
    firsts.push(...(await bus.range(stream, null, 1)));
  }
  return firsts.sort((a, b) => a.event.ts - b.event.ts)[0];
}

function seriesOf({ exchange, instances }: StrategyBrainOptions): Series[] {
  const symbols = [...new Set(instances.map(({ symbol }) => symbol))];
  return symbols.map((symbol) => signalSeries(exchange, symbol));
}

import {
  type Bar,
  BarReader,
  type BrainName,
  type EpochMs,
  type InputLogRow,
  type InstanceSpec,
  instanceIdOf,
  parseSeriesKey,
  type RunnerInput,
  type RunnerStep,
  rebuildRecords,
  runnerInputs,
  type SignalRecord,
  type StrategyBeginning,
  type StrategyLogEntry,
  StrategyRunner,
} from '@alpha-engine/core';
import { causeOfSignal } from './cause-chain.js';
import { firstDifference, type ValueDifference } from './difference.js';
import type { ComparedKind, Divergence } from './divergence.js';
import { firstBatch, logRows } from './log-rows.js';
import type { RecordedSignals, ReplayedBrain, ReplayOptions } from './replay-options.js';
import { SignalNames } from './signal-names.js';

export interface StrategyReplay {
  readonly replayed: ReplayedBrain;
  readonly bars: number;
  readonly signals: number;
  /** Signals that a batch says came of it. */
  readonly named: ReadonlySet<string>;
  /** Signals of this time and later came of what was replayed. */
  readonly since: EpochMs;
  readonly divergence: Divergence | null;
}

interface Found {
  readonly kind: ComparedKind;
  readonly what: string;
  readonly difference: ValueDifference;
  readonly bar?: { readonly recorded: Bar | null; readonly replayed: Bar | null };
  readonly recorded?: SignalRecord | null;
  readonly replayed?: SignalRecord | null;
}

/** Runs the recorded reads of a strategy brain through a runner again, and compares batch by batch, to the first difference. */
export async function replayStrategy(
  options: ReplayOptions,
  brain: BrainName,
  signals: RecordedSignals,
): Promise<StrategyReplay> {
  const run = new StrategyRun(options, brain, signals);
  return run.run();
}

class StrategyRun {
  readonly #options: ReplayOptions;
  readonly #brain: BrainName;
  readonly #signals: RecordedSignals;
  readonly #names = new SignalNames();
  readonly #bars: BarReader;
  readonly #counts = { inputs: 0, bars: 0, signals: 0, processes: 0 };
  #runner: StrategyRunner | null = null;
  readonly #named = new Set<string>();
  #since = Number.NEGATIVE_INFINITY;
  #ids = '';

  constructor(options: ReplayOptions, brain: BrainName, signals: RecordedSignals) {
    this.#options = options;
    this.#brain = brain;
    this.#signals = signals;
    this.#bars = new BarReader(options.store, options.exchange);
  }

  async run(): Promise<StrategyReplay> {
    const { from, signal, store, to } = this.#options;
    const checkpoint = await store.checkpoint(this.#brain);
    const last = checkpoint?.batch ?? 0;
    const first = await firstBatch(store, this.#brain, this.#options.changed ? undefined : from);
    let [rows, fromTs, toTs, lastBatch] = [0, 0, 0, first];
    let divergence: Divergence | null = null;
    let lastRow: InputLogRow | null = null;
    for await (const row of logRows(store, this.#brain, { first, last, to })) {
      signal?.throwIfAborted();
      if (rows === 0) fromTs = row.ts;
      rows += 1;
      [toTs, lastBatch, lastRow] = [row.ts, row.batch, row];
      const found = await this.#row(row);
      if (found !== null) {
        divergence = await this.#divergence(row, found);
        break;
      }
    }
    const complete = divergence === null && rows > 0 && lastBatch === last;
    if (complete && checkpoint !== null && lastRow !== null && !this.#options.changed) {
      const found = this.#state(checkpoint.state, 'at the end');
      if (found !== null) divergence = await this.#divergence(lastRow, found);
    }
    const { inputs, bars, signals, processes } = this.#counts;
    return {
      replayed: {
        ...{ brain: this.#brain, firstBatch: first, lastBatch, fromTs, toTs, batches: rows },
        ...{ processes, inputs, complete },
      },
      ...{ bars, signals, named: this.#named, since: this.#since },
      divergence,
    };
  }

  async #row({ batch, inputs, ts }: InputLogRow): Promise<Found | null> {
    const entry = inputs as StrategyLogEntry;
    for (const id of entry.signalIds) this.#named.add(id);
    if (entry.began !== undefined) {
      // Nothing can be older than the first process of a brain.
      if (this.#runner === null && entry.began.state !== null) this.#since = ts;
      const found = await this.#begin(entry.began, batch);
      if (found !== null) return found;
    }
    const runner = this.#runner;
    if (runner === null) return null;
    const steps: RunnerStep[] = [];
    const warmup: RunnerInput[] = [];
    for (const fed of entry.fed) {
      if (fed.kind === 'warmup') warmup.push({ kind: 'warmup', bar: await this.#bars.get(fed) });
    }
    if (warmup.length > 0) steps.push(this.#step(runner, warmup));
    for (const read of entry.reads) {
      const deliveries = await this.#options.entries.entries(read, ts);
      steps.push(this.#step(runner, runnerInputs(deliveries, read.clock)));
    }
    return this.#compare(entry, steps);
  }

  #step(runner: StrategyRunner, inputs: readonly RunnerInput[]): RunnerStep {
    this.#counts.inputs += inputs.length;
    return runner.step(this.#options.changed ? inputs.map((input) => this.#names.renamed(input)) : inputs);
  }

  /** A process went on from a checkpoint: the runner here must have come to the same, and goes on as it is. */
  async #begin(began: StrategyBeginning, batch: number): Promise<Found | null> {
    const { changed, exchange, instances, store, signal } = this.#options;
    this.#counts.processes += 1;
    if (this.#runner !== null && !changed && began.state !== null) {
      const found = this.#state(began.state, 'where a process went on');
      if (found !== null) return found;
    }
    const specs = await instances(began);
    const ids = specs.map(instanceIdOf).join(' ');
    if (this.#runner !== null && this.#ids === ids && (changed || !isOvertaken(began))) return null;
    this.#ids = ids;
    const state = changed ? withoutInstances(began, specs) : began.state;
    const runner = new StrategyRunner({
      instances: specs,
      nextBatch: batch,
      lastSeqs: new Map(began.lastSeqs),
      ...(state && { snapshot: state }),
      ...(began.initialTargets && { initialTargets: began.initialTargets }),
    });
    const since = runner.needsRebuildSince();
    if (since !== null) {
      const records = rebuildRecords(store, this.#brain, exchange, since, { before: batch, ...(signal && { signal }) });
      await runner.rebuild(records);
    }
    this.#runner = runner;
    return null;
  }

  #state(recorded: unknown, where: string): Found | null {
    const difference = firstDifference(recorded, this.#runner?.snapshot() ?? null);
    if (difference === null) return null;
    return { kind: 'state', what: `What the strategies keep is another ${where}.`, difference };
  }

  async #compare(entry: StrategyLogEntry, steps: readonly RunnerStep[]): Promise<Found | null> {
    for (const bar of steps.flatMap(({ bars }) => bars)) {
      const found = await this.#compareBar(bar);
      if (found !== null) return found;
      this.#counts.bars += 1;
    }
    const found = this.#compareSignals(
      entry,
      steps.flatMap(({ signals }) => signals),
    );
    if (found !== null) return found;
    if (this.#options.changed) return null;
    const difference = firstDifference(
      entry.fed,
      steps.flatMap(({ fed }) => fed),
    );
    return difference && { kind: 'input', what: 'Something else reached the strategies.', difference };
  }

  /** Symbol by symbol: how the decisions of two symbols met says nothing of either. */
  #compareSignals({ signalIds }: StrategyLogEntry, replayed: readonly SignalRecord[]): Found | null {
    const recorded = signalIds.map((id) => ({ id, signal: this.#signals.get(id) ?? null }));
    const symbols = [
      ...recorded.map(({ signal }) => signal?.event.symbol),
      ...replayed.map(({ event }) => event.symbol),
    ];
    const differing: Found[] = [];
    for (const symbol of new Set(symbols)) {
      const then = recorded.filter(({ signal }) => signal?.event.symbol === symbol);
      const now = replayed.filter(({ event }) => event.symbol === symbol);
      for (let index = 0; index < Math.max(then.length, now.length); index++) {
        const found = this.#compareSignal(then[index]?.id, then[index]?.signal ?? null, now[index] ?? null);
        if (found !== null) {
          differing.push(found);
          break;
        }
        this.#counts.signals += 1;
      }
    }
    const tsOf = ({ recorded, replayed }: Found) =>
      Math.min(recorded?.event.ts ?? Number.POSITIVE_INFINITY, replayed?.event.ts ?? Number.POSITIVE_INFINITY);
    return differing.toSorted((a, b) => tsOf(a) - tsOf(b))[0] ?? null;
  }

  async #compareBar(bar: Bar): Promise<Found | null> {
    const { symbol, timeframe, openTs } = bar;
    const recorded = await this.#bars.find(bar);
    const difference = firstDifference(recorded, bar);
    if (difference === null) return null;
    const what = `The bar of ${symbol} ${timeframe} at ${new Date(openTs).toISOString()} is another one.`;
    return { kind: 'bar', what, difference, bar: { recorded, replayed: bar } };
  }

  #compareSignal(id: string | undefined, recorded: SignalRecord | null, replayed: SignalRecord | null): Found | null {
    const { changed } = this.#options;
    const difference = changed
      ? firstDifference(decisionOf(recorded), decisionOf(replayed))
      : firstDifference(recorded ?? (id === undefined ? null : { event: { id } }), replayed);
    if (difference === null) {
      if (id !== undefined && replayed !== null) this.#names.same(id, replayed.event.id);
      return null;
    }
    const what = `The strategy ${saidOf(replayed)} where ${recordedOf(recorded, id)}.`;
    return { kind: 'signal', what, difference, recorded, replayed };
  }

  async #divergence(row: InputLogRow, { kind, what, difference, bar, recorded, replayed }: Found): Promise<Divergence> {
    const chain = await causeOfSignal(this.#options.store, {
      reads: (row.inputs as StrategyLogEntry).reads,
      recorded: recorded ?? null,
      replayed: replayed ?? null,
      ...(bar && { bar }),
    });
    return { brain: this.#brain, batch: row.batch, ts: row.ts, kind, what, difference, chain };
  }
}

/** With other parameters the instances are other ones: what is compared is what they decide. */
function decisionOf(signal: SignalRecord | null): unknown {
  if (signal === null) return null;
  const { action, confidence, price_ref, symbol, ts } = signal.event;
  return { action, symbol, ts, confidence, price_ref };
}

function saidOf(signal: SignalRecord | null): string {
  if (signal === null) return 'decides nothing';
  const { action, symbol, ts } = signal.event;
  return `decides ${action} on ${symbol} at ${new Date(ts).toISOString()}`;
}

function recordedOf(signal: SignalRecord | null, id: string | undefined): string {
  if (id === undefined) return 'nothing is recorded';
  if (signal === null) return `signal ${id} is recorded, which is not in the database`;
  const { action, symbol, ts } = signal.event;
  return `${action} on ${symbol} at ${new Date(ts).toISOString()} is recorded`;
}

/** Another brain had signalled further on one of its symbols. */
function isOvertaken({ lastSeqs, state }: StrategyBeginning): boolean {
  const { signalSeq = {} } = (state?.state ?? {}) as { readonly signalSeq?: Readonly<Record<string, number>> };
  return lastSeqs.some(([key, seq]) => {
    const { exchange, symbol } = parseSeriesKey(key);
    return seq > (signalSeq[`${exchange}|${symbol}`] ?? 0);
  });
}

/** The checkpoint without what it says of the instances that stand for these now. */
function withoutInstances(began: StrategyBeginning, specs: readonly InstanceSpec[]): StrategyBeginning['state'] {
  if (began.state === null) return null;
  const state = began.state.state as { readonly instances: Readonly<Record<string, unknown>> };
  const known = new Set(specs.map(instanceIdOf));
  const instances = Object.fromEntries(Object.entries(state.instances).filter(([id]) => known.has(id)));
  return { ...began.state, state: { ...state, instances } };
}

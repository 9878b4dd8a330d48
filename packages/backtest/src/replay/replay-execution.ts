import {
  type BrainName,
  type DenialEvent,
  type ExecutionBeginning,
  type ExecutionLogEntry,
  Executor,
  type ExecutorStep,
  eventIdsOf,
  type FillRecord,
  type InputLogRow,
  type Order,
  type OrderEvent,
  type PositionRecord,
  readConfig,
  readExecutorInputs,
  type VerdictRecord,
} from '@alpha-engine/core';
import { causeOfVerdict } from './cause-chain.js';
import { differentRow, type Kept, type RowsOf } from './compare-rows.js';
import { firstDifference, type ValueDifference } from './difference.js';
import type { ComparedKind, Divergence } from './divergence.js';
import { firstBatch, logRows } from './log-rows.js';
import type { RecordedSignals, ReplayedBrain, ReplayOptions } from './replay-options.js';

/** The numbers are of what was compared and equal. */
export interface ExecutionReplay {
  readonly replayed: ReplayedBrain;
  /** Nothing came after: also what later batches may change was compared, and what only the record has was looked for. */
  readonly settled: boolean;
  readonly verdicts: number;
  readonly orderEvents: number;
  readonly orders: number;
  readonly fills: number;
  readonly divergence: Divergence | null;
}

interface Found {
  readonly kind: ComparedKind;
  readonly what: string;
  readonly difference: ValueDifference;
  readonly signalId?: string | null;
}

interface ComparedRows {
  readonly divergence: Divergence | null;
  readonly settled: boolean;
  readonly verdicts: number;
  readonly orders: number;
  readonly fills: number;
}

const NO_ROWS: ComparedRows = { divergence: null, settled: false, verdicts: 0, orders: 0, fills: 0 };

/** Runs the recorded inputs of an execution brain, answers of the exchange included, through an executor again. */
export async function replayExecution(
  options: ReplayOptions,
  brain: BrainName,
  signals: RecordedSignals,
): Promise<ExecutionReplay> {
  const events = new Map((await options.store.orderEvents()).map((event) => [String(event.id), event]));
  return new ExecutionRun(options, brain, signals, events).run();
}

class ExecutionRun {
  readonly #options: ReplayOptions;
  readonly #brain: BrainName;
  readonly #signals: RecordedSignals;
  readonly #events: ReadonlyMap<string, OrderEvent | DenialEvent>;
  readonly #verdicts = new Map<string, Kept<VerdictRecord>>();
  readonly #orders = new Map<string, Kept<Order>>();
  readonly #fills = new Map<string, Kept<FillRecord>>();
  readonly #positions = new Map<string, Kept<PositionRecord>>();
  /** Events that a batch says came of it. */
  readonly #named = new Set<string>();
  #executor: Executor | null = null;
  /** Rows of this time and later came of what is replayed. */
  #since = Number.NEGATIVE_INFINITY;
  #inputs = 0;
  #processes = 0;
  #orderEvents = 0;

  constructor(
    options: ReplayOptions,
    brain: BrainName,
    signals: RecordedSignals,
    events: ReadonlyMap<string, OrderEvent | DenialEvent>,
  ) {
    this.#options = options;
    this.#brain = brain;
    this.#signals = signals;
    this.#events = events;
  }

  async run(): Promise<ExecutionReplay> {
    const { from, signal, store, to } = this.#options;
    const checkpoint = await store.checkpoint(this.#brain);
    const last = checkpoint?.batch ?? 0;
    const first = await firstBatch(store, this.#brain, from);
    let [rows, fromTs, toTs, lastBatch] = [0, 0, 0, first];
    let divergence: Divergence | null = null;
    let lastRow: InputLogRow | null = null;
    for await (const row of logRows(store, this.#brain, { first, last, to })) {
      signal?.throwIfAborted();
      if (rows === 0) fromTs = row.ts;
      rows += 1;
      [toTs, lastBatch, lastRow] = [row.ts, row.batch, row];
      const found = this.#row(row);
      if (found !== null) {
        divergence = await this.#divergence(row, found);
        break;
      }
    }
    const complete = divergence === null && rows > 0 && lastBatch === last;
    if (complete && checkpoint !== null && lastRow !== null) divergence = await this.#end(checkpoint.state, lastRow);
    const compared = divergence === null && lastRow !== null ? await this.#rows(lastRow, complete) : NO_ROWS;
    const { fills, orders, settled, verdicts } = compared;
    return {
      replayed: {
        ...{ brain: this.#brain, firstBatch: first, lastBatch, fromTs, toTs, complete },
        ...{ batches: rows, processes: this.#processes, inputs: this.#inputs },
      },
      ...{ settled, verdicts, orders, fills, orderEvents: this.#orderEvents },
      divergence: divergence ?? compared.divergence,
    };
  }

  #row(row: InputLogRow): Found | null {
    const entry = row.inputs as ExecutionLogEntry;
    if (entry.began !== undefined) {
      const found = this.#begin(entry.began, row);
      if (found !== null) return found;
    }
    if (this.#executor === null) return null;
    const inputs = readExecutorInputs(entry.inputs);
    this.#inputs += inputs.length;
    const step = this.#executor.step(inputs);
    this.#keep(step, row);
    return this.#compareEvents(entry.events, step);
  }

  /** A process went on from a checkpoint: the executor here must have come to the same. What a process alone knows begins anew. */
  #begin({ state, config }: ExecutionBeginning, { ts }: InputLogRow): Found | null {
    this.#processes += 1;
    // Nothing can be older than the first process of a brain.
    if (this.#executor === null && state !== null) this.#since = ts;
    if (this.#executor !== null) {
      const found = this.#state(state, 'where a process went on');
      if (found !== null) return found;
    }
    this.#executor = new Executor(readConfig(config), state ?? undefined);
    return null;
  }

  #state(recorded: unknown, where: string): Found | null {
    const difference = firstDifference(recorded, this.#executor?.snapshot() ?? null);
    return difference && { kind: 'state', what: `The books are others ${where}.`, difference };
  }

  #keep(step: ExecutorStep, at: InputLogRow): void {
    for (const row of step.verdicts) this.#verdicts.set(row.signalId, { row, at });
    for (const row of step.orders) this.#orders.set(row.terms.clientOrderId, { row, at });
    for (const row of step.fills) this.#fills.set(row.fill.executionId, { row, at });
    for (const row of step.positions) this.#positions.set(`${row.symbol} ${row.strategy}`, { row, at });
  }

  #compareEvents(ids: readonly string[], step: ExecutorStep): Found | null {
    const now = eventIdsOf(step);
    for (const id of ids) this.#named.add(id);
    const byId = new Map(step.events.map((event) => [String(event.id), event]));
    for (let index = 0; index < Math.max(ids.length, now.length); index++) {
      const [id, nowId] = [ids[index], now[index]];
      const recorded = id === undefined ? null : (this.#events.get(id) ?? { id });
      const replayed = nowId === undefined ? null : (byId.get(nowId) ?? { id: nowId });
      const difference = firstDifference(recorded, replayed);
      if (difference !== null) {
        const what = `The executor says ${saidOf(replayed)} where ${saidOf(recorded)} is recorded.`;
        return { kind: 'order event', what, difference, signalId: signalIdOf(recorded) ?? signalIdOf(replayed) };
      }
      this.#orderEvents += 1;
    }
    return null;
  }

  async #end(state: unknown, lastRow: InputLogRow): Promise<Divergence | null> {
    const found = this.#state((state as { readonly executor: unknown }).executor, 'at the end') ?? this.#unnamed();
    return found && this.#divergence(lastRow, found);
  }

  /** The events were read before the last batch was known: each of them must be of a batch that was replayed. */
  #unnamed(): Found | null {
    const { exchange } = this.#options;
    for (const [id, recorded] of this.#events) {
      if (recorded.exchange !== exchange || recorded.ts < this.#since || this.#named.has(id)) continue;
      const what = `The executor says nothing where ${saidOf(recorded)} is recorded.`;
      const difference = { path: '', recorded, replayed: null };
      return { kind: 'order event', what, difference, signalId: signalIdOf(recorded) };
    }
    return null;
  }

  /**
   * Rows that later batches may change, and those that only the record has, can be compared at the end only, and only while nobody
   * changes them. Fills stay as they are, but for the order they are found to be of; so do the verdicts on signals.
   */
  async #rows(lastRow: InputLogRow, complete: boolean): Promise<ComparedRows> {
    const { exchange, store } = this.#options;
    const verdicts = new Map((await store.verdicts()).map((one) => [one.signalId, one]));
    const orders = new Map((await store.orders()).map(({ order }) => [order.terms.clientOrderId, order]));
    const fills = new Map((await store.fills()).map((one) => [one.fill.executionId, one]));
    const held = (await store.positions()).filter((one) => one.exchange === exchange);
    const positions = new Map(held.map((one) => [`${one.symbol} ${one.strategy}`, one]));
    const settled = complete && (await store.checkpoint(this.#brain))?.batch === lastRow.batch;
    const alone = (await store.brains()).filter((name) => name.startsWith('execution:')).length === 1;
    const isOurs = (whose: string | undefined, ts: number) =>
      settled && ts >= this.#since && (whose === undefined ? alone : whose === exchange);

    const ofVerdicts: RowsOf<VerdictRecord> = {
      kind: 'verdict',
      // The second try of a command has its own verdict, under the name of the first.
      replayed: settled ? this.#verdicts : picked(this.#verdicts, ({ signalId }) => this.#signals.has(signalId)),
      recorded: verdicts,
      signalOf: ({ signalId }) => signalId,
      isExpected: ({ signalId, ts }) => isOurs(this.#signals.get(signalId)?.event.exchange, ts),
    };
    const ofOrders: RowsOf<Order> = {
      kind: 'order',
      replayed: settled ? this.#orders : new Map(),
      recorded: orders,
      signalOf: ({ terms }) => terms.signalId,
      isExpected: ({ terms }) => isOurs(terms.exchange, terms.createdTs),
    };
    const exchangeOf = (id: string | null) => (id === null ? undefined : orders.get(id)?.terms.exchange);
    const ofFills: RowsOf<FillRecord> = {
      kind: 'fill',
      replayed: this.#fills,
      recorded: fills,
      signalOf: () => null,
      isExpected: ({ clientOrderId, fill }) => isOurs(exchangeOf(clientOrderId), fill.ts),
      recordedAs: (then, now) => (settled || now.clientOrderId !== null ? then : { ...now, fill: then.fill }),
    };
    const ofPositions: RowsOf<PositionRecord> = {
      kind: 'position',
      replayed: settled ? this.#positions : new Map(),
      recorded: positions,
      signalOf: () => null,
      isExpected: (row) => isOurs(row.exchange, row.updatedTs),
    };
    const found =
      differentRow(ofVerdicts) ?? differentRow(ofOrders) ?? differentRow(ofFills) ?? differentRow(ofPositions);
    if (found !== null) return { ...NO_ROWS, divergence: await this.#divergence(found.at ?? lastRow, found) };
    const counts = { verdicts: ofVerdicts.replayed.size, orders: ofOrders.replayed.size, fills: ofFills.replayed.size };
    return { divergence: null, settled, ...counts };
  }

  async #divergence(row: InputLogRow, { kind, what, difference, signalId = null }: Found): Promise<Divergence> {
    const { inputs } = row.inputs as ExecutionLogEntry;
    const input = inputs.findLast((one) => !Array.isArray(one)) ?? inputs.at(-1) ?? null;
    const verdict = signalId === null ? null : (this.#verdicts.get(signalId)?.row ?? null);
    const chain = await causeOfVerdict(this.#options.store, { input, signalId, verdict });
    return { brain: this.#brain, batch: row.batch, ts: row.ts, kind, what, difference, chain };
  }
}

function picked<Row>(rows: ReadonlyMap<string, Kept<Row>>, is: (row: Row) => boolean): ReadonlyMap<string, Kept<Row>> {
  return new Map([...rows].filter(([, { row }]) => is(row)));
}

type Said = OrderEvent | DenialEvent | { readonly id: string } | null;

function signalIdOf(event: Said): string | null {
  return event !== null && 'data' in event ? (event.data.signal_id ?? null) : null;
}

function saidOf(event: Said): string {
  if (event === null) return 'nothing';
  if (!('data' in event)) return `event ${event.id}`;
  if (event.type === 'denial') return `a denial (${event.data.code}) on ${event.symbol}`;
  return `${event.data.status} of order ${event.data.client_order_id} on ${event.symbol}`;
}

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
import { firstDifference, type ValueDifference } from './difference.js';
import type { ComparedKind, Divergence } from './divergence.js';
import { firstBatch, logRows } from './log-rows.js';
import type { ReplayedBrain, ReplayOptions } from './replay-options.js';

export interface ExecutionReplay {
  readonly replayed: ReplayedBrain;
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

/** A row that came of the replay, with the batch it was last changed in. */
interface Kept<Row> {
  readonly row: Row;
  readonly at: InputLogRow;
}

/** Runs the recorded inputs of an execution brain, answers of the exchange included, through an executor again. */
export async function replayExecution(options: ReplayOptions, brain: BrainName): Promise<ExecutionReplay> {
  const events = new Map((await options.store.orderEvents()).map((event) => [String(event.id), event]));
  return new ExecutionRun(options, brain, events).run();
}

class ExecutionRun {
  readonly #options: ReplayOptions;
  readonly #brain: BrainName;
  readonly #events: ReadonlyMap<string, OrderEvent | DenialEvent>;
  readonly #verdicts = new Map<string, Kept<VerdictRecord>>();
  readonly #orders = new Map<string, Kept<Order>>();
  readonly #fills = new Map<string, Kept<FillRecord>>();
  readonly #positions = new Map<string, Kept<PositionRecord>>();
  #executor: Executor | null = null;
  #inputs = 0;
  #processes = 0;
  #orderEvents = 0;

  constructor(options: ReplayOptions, brain: BrainName, events: ReadonlyMap<string, OrderEvent | DenialEvent>) {
    this.#options = options;
    this.#brain = brain;
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
    const complete = divergence === null && lastBatch === last;
    if (complete && checkpoint !== null && lastRow !== null) divergence = await this.#end(checkpoint.state, lastRow);
    return {
      replayed: {
        ...{ brain: this.#brain, firstBatch: first, lastBatch, fromTs, toTs, complete },
        ...{ processes: this.#processes, inputs: this.#inputs },
      },
      verdicts: this.#verdicts.size,
      orderEvents: this.#orderEvents,
      orders: this.#orders.size,
      fills: this.#fills.size,
      divergence,
    };
  }

  #row(row: InputLogRow): Found | null {
    const entry = row.inputs as ExecutionLogEntry;
    if (entry.began !== undefined) {
      const found = this.#begin(entry.began);
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
  #begin({ state, config }: ExecutionBeginning): Found | null {
    this.#processes += 1;
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

  /** Rows that later batches may change can be compared at the end only, and only while nobody changes them. */
  async #end(state: unknown, lastRow: InputLogRow): Promise<Divergence | null> {
    const { store } = this.#options;
    const found = this.#state((state as { readonly executor: unknown }).executor, 'at the end');
    if (found !== null) return this.#divergence(lastRow, found);
    const verdicts = new Map((await store.verdicts()).map((one) => [one.signalId, one]));
    const orders = new Map((await store.orders()).map(({ order }) => [order.terms.clientOrderId, order]));
    const fills = new Map((await store.fills()).map((one) => [one.fill.executionId, one]));
    const positions = new Map((await store.positions()).map((one) => [`${one.symbol} ${one.strategy}`, one]));
    const after = await store.checkpoint(this.#brain);
    if (after === null || after.batch !== lastRow.batch) return null;
    return (
      (await this.#compareRows('verdict', this.#verdicts, verdicts, ({ signalId }) => signalId)) ??
      (await this.#compareRows('order', this.#orders, orders, ({ terms }) => terms.signalId)) ??
      (await this.#compareRows('fill', this.#fills, fills, () => null)) ??
      (await this.#compareRows('position', this.#positions, positions, () => null))
    );
  }

  async #compareRows<Row>(
    kind: ComparedKind,
    replayed: ReadonlyMap<string, Kept<Row>>,
    recorded: ReadonlyMap<string, Row>,
    signalOf: (row: Row) => string | null,
  ): Promise<Divergence | null> {
    for (const [key, { row, at }] of replayed) {
      const difference = firstDifference(recorded.get(key) ?? null, row);
      if (difference === null) continue;
      const found = { kind, what: `The ${kind} ${key} is recorded otherwise.`, difference, signalId: signalOf(row) };
      return this.#divergence(at, found);
    }
    return null;
  }

  async #divergence(row: InputLogRow, { kind, what, difference, signalId = null }: Found): Promise<Divergence> {
    const { inputs } = row.inputs as ExecutionLogEntry;
    const input = inputs.findLast((one) => !Array.isArray(one)) ?? inputs.at(-1) ?? null;
    const verdict = signalId === null ? null : (this.#verdicts.get(signalId)?.row ?? null);
    const chain = await causeOfVerdict(this.#options.store, { input, signalId, verdict });
    return { brain: this.#brain, batch: row.batch, ts: row.ts, kind, what, difference, chain };
  }
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

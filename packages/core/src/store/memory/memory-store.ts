import { Decimal } from '../../decimal/decimal.js';
import { AlphaError } from '../../errors/alpha-error.js';
import type { EpochMs } from '../../events/common.js';
import type { AlphaEvent } from '../../events/event.js';
import type { DenialEvent, OrderEvent } from '../../events/order.js';
import type { EquityRecord, FillRecord, PositionRecord, VerdictRecord } from '../../execution/executor-types.js';
import { type Bar, type BarKey, type BarSeries, barKeyOf, compareBarKeys } from '../../market/bar.js';
import type { Order } from '../../orders/order.js';
import type { SignalRecord } from '../../strategy/runner-types.js';
import type { LogRecord } from '../../telemetry/log-sink.js';
import type { RawEventQuery, RawSegment } from '../raw-events.js';
import type {
  BarQuery,
  BrainName,
  Checkpoint,
  CompactedPage,
  DecisionRow,
  InputLogPage,
  InputLogRow,
  InputLogStart,
  KeepInputs,
  OrderRow,
  Ownership,
  SessionRecord,
  StepRecord,
  Store,
  StoreCounts,
  ThinnedWindow,
} from '../store.js';
import { MemoryRawEvents } from './memory-raw-events.js';

interface Brain {
  fence: number;
  batch: number;
  /** JSON text, null before the first commit. */
  checkpoint: string | null;
  readonly inputs: Map<number, { readonly ts: EpochMs; inputs: string }>;
  outbox: { readonly batch: number; readonly event: AlphaEvent }[];
  readonly equity: Map<EpochMs, EquityRecord>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * A record inside one process, for back-tests and tests. It keeps every promise of the port but durability: it is gone with
 * the process. Every method is done when it returns, so that a commit is whole or not there.
 */
export class MemoryStore implements Store {
  readonly #brains = new Map<BrainName, Brain>();
  readonly #bars = new Map<string, Bar>();
  readonly #signals = new Map<string, SignalRecord>();
  readonly #verdicts = new Map<string, VerdictRecord>();
  readonly #sessions: SessionRecord[] = [];
  readonly #orders = new Map<string, Order>();
  readonly #orderEvents = new Map<string, OrderEvent | DenialEvent>();
  readonly #fills = new Map<string, FillRecord>();
  readonly #positions = new Map<string, PositionRecord>();
  readonly #raw = new MemoryRawEvents();
  #logs: LogRecord[] = [];

  async migrate(): Promise<void> {}

  async checkSchema(): Promise<void> {}

  async takeOver(brain: BrainName): Promise<Ownership> {
    const row = this.#brains.get(brain) ?? newBrain();
    this.#brains.set(brain, row);
    row.fence += 1;
    return { brain, fence: row.fence, checkpoint: checkpointOf(row) };
  }

  async commit(record: StepRecord): Promise<void> {
    const row = this.#ownedBy(record);
    if (row.batch === record.batch) return;
    for (const { clientOrderId } of record.fills ?? []) this.#assertOrder(clientOrderId, record);

    row.batch = record.batch;
    row.checkpoint = JSON.stringify(record.checkpoint);
    for (const bar of record.bars ?? []) this.#bars.set(barKey(bar), bar);
    for (const signal of record.signals ?? []) setOnce(this.#signals, String(signal.event.id), signal);
    for (const verdict of record.verdicts ?? []) this.#verdicts.set(verdict.signalId, verdict);
    for (const order of record.orders ?? []) this.#keepOrder(order);
    for (const event of record.orderEvents ?? []) setOnce(this.#orderEvents, String(event.id), event);
    for (const fill of record.fills ?? []) this.#keepFill(fill);
    for (const one of record.positions ?? []) {
      this.#positions.set(JSON.stringify([one.exchange, one.symbol, one.strategy]), one);
    }
    for (const equity of record.equity ?? []) row.equity.set(equity.ts, equity);
    const { batch, inputs, outbox = [], publishedBatch, ts } = record;
    if (inputs !== null && inputs !== undefined) row.inputs.set(batch, { ts, inputs: JSON.stringify(inputs) });
    if (publishedBatch !== undefined) row.outbox = row.outbox.filter((one) => one.batch > publishedBatch);
    row.outbox.push(...outbox.map((event) => ({ batch, event })));
  }

  async unpublished(brain: BrainName): Promise<readonly { readonly batch: number; readonly event: AlphaEvent }[]> {
    return plain([...(this.#brains.get(brain)?.outbox ?? [])]);
  }

  async *inputLog(brain: BrainName, after: number): AsyncGenerator<InputLogRow> {
    for (const [batch, { ts, inputs }] of this.#brains.get(brain)?.inputs ?? []) {
      if (batch > after) yield { batch, ts, inputs: JSON.parse(inputs) };
    }
  }

  async inputLogStarts(brain: BrainName): Promise<readonly InputLogStart[]> {
    const rows = [...(this.#brains.get(brain)?.inputs ?? [])];
    return rows.filter(([, { inputs }]) => inputs.startsWith('{"began":')).map(([batch, { ts }]) => ({ batch, ts }));
  }

  async startSession(session: SessionRecord): Promise<void> {
    if (!this.#sessions.some(({ sessionId }) => sessionId === session.sessionId)) this.#sessions.push(plain(session));
  }

  async compactInputLog(brain: BrainName, page: InputLogPage, keep: KeepInputs): Promise<CompactedPage> {
    const log = this.#brains.get(brain)?.inputs ?? new Map<number, { readonly ts: EpochMs; inputs: string }>();
    const rows = [...log].filter(([batch]) => batch > page.after).slice(0, page.limit);
    const young = rows.findIndex(([, { ts }]) => ts >= page.before);
    const old = young < 0 ? rows : rows.slice(0, young);
    let removed = 0;
    let changed = 0;
    for (const [batch, row] of old) {
      const inputs = JSON.parse(row.inputs) as unknown;
      const kept = keep(inputs);
      if (kept === null) {
        removed += 1;
        log.delete(batch);
      } else if (kept !== inputs) {
        changed += 1;
        row.inputs = JSON.stringify(kept);
      }
    }
    const next = young < 0 && rows.length === page.limit ? (old.at(-1)?.[0] ?? null) : null;
    return { next, removed, changed };
  }

  async thinEquity(after: EpochMs, before: EpochMs): Promise<ThinnedWindow> {
    const limit = before - (before % MINUTE_MS);
    const curves = [...this.#brains.values()].map(({ equity }) => equity);
    const times = curves.flatMap((curve) => [...curve.keys()]).filter((ts) => ts >= after && ts < limit);
    if (times.length === 0) return { next: null, removed: 0 };
    const oldest = times.reduce((least, ts) => Math.min(least, ts));
    const from = oldest - (oldest % MINUTE_MS);
    const to = Math.min(from + HOUR_MS, limit);
    let removed = 0;
    for (const curve of curves) {
      const last = new Map<number, EpochMs>();
      const hour = [...curve.keys()].filter((ts) => ts >= from && ts < to);
      for (const ts of hour) last.set(minuteOf(ts), Math.max(ts, last.get(minuteOf(ts)) ?? ts));
      for (const ts of hour) if (last.get(minuteOf(ts)) !== ts && curve.delete(ts)) removed += 1;
    }
    return { next: to, removed };
  }

  async dropLogs(before: EpochMs, limit: number): Promise<number> {
    const old = this.#logs.filter(({ ts }) => ts < before).toSorted((a, b) => a.ts - b.ts);
    const gone = new Set(old.slice(0, limit));
    this.#logs = this.#logs.filter((line) => !gone.has(line));
    return gone.size;
  }

  async appendRawEvents(events: readonly AlphaEvent[]): Promise<number> {
    return this.#raw.append(events);
  }

  async rawSegments(query: RawEventQuery = {}): Promise<readonly RawSegment[]> {
    return this.#raw.segments(query);
  }

  async *rawEvents(
    series: Pick<RawSegment, 'exchange' | 'symbol' | 'type'>,
    range: { readonly from: EpochMs; readonly to: EpochMs },
  ): AsyncGenerator<readonly AlphaEvent[]> {
    const events = this.#raw.read(series, range);
    if (events.length > 0) yield events;
  }

  async dropRawEvents(before: EpochMs): Promise<number> {
    return this.#raw.drop(before);
  }

  async appendLogs(records: readonly LogRecord[]): Promise<void> {
    this.#logs.push(...records);
  }

  async bars({ exchange, symbol, timeframe, from, to, limit }: BarQuery): Promise<readonly Bar[]> {
    const bars = [...this.#bars.values()]
      .filter((bar) => bar.exchange === exchange && bar.symbol === symbol && bar.timeframe === timeframe)
      .filter(({ openTs }) => (from === undefined || openTs >= from) && (to === undefined || openTs < to))
      .toSorted(compareBarKeys);
    if (limit === undefined) return bars;
    return from === undefined ? newest(bars, limit) : bars.slice(0, limit);
  }

  async signals(query: Parameters<Store['signals']>[0] = {}): Promise<readonly SignalRecord[]> {
    const { id = '', symbol } = query;
    const found = [...this.#signals.values()].filter(
      ({ event }) => is(symbol, event.symbol) && event.id.startsWith(id),
    );
    return plain(
      newest(
        byTime(found, ({ event }) => event.ts),
        query.limit,
      ),
    );
  }

  async orders(query: Parameters<Store['orders']>[0] = {}): Promise<readonly OrderRow[]> {
    const { id, limit, statuses, symbol } = query;
    const found = [...this.#orders.values()].filter(
      (order) =>
        is(symbol, order.terms.symbol) &&
        (statuses?.includes(order.status) ?? true) &&
        (id === undefined || isNamed(order, id)),
    );
    return newest(
      byTime(found, ({ terms }) => terms.createdTs),
      limit,
    ).map((order) => this.#orderRow(order));
  }

  async orderEvents(clientOrderId?: string): Promise<readonly (OrderEvent | DenialEvent)[]> {
    const events = [...this.#orderEvents.values()];
    if (clientOrderId === undefined) return events;
    return events.filter((event) => event.type === 'order' && event.data.client_order_id === clientOrderId);
  }

  async fills(query: { readonly symbol?: string; readonly limit?: number } = {}): Promise<readonly FillRecord[]> {
    const found = [...this.#fills.values()].filter(({ fill }) => is(query.symbol, fill.symbol));
    return newest(
      byTime(found, ({ fill }) => fill.ts),
      query.limit,
    );
  }

  async positions(): Promise<readonly PositionRecord[]> {
    return [...this.#positions].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, position]) => position);
  }

  async decision(signalId: string, since: EpochMs): Promise<DecisionRow | null> {
    const found = [...this.#brains].flatMap(([brain, { inputs }]) =>
      brain.startsWith('strategy:') ? [...inputs].map(([batch, row]) => ({ brain, batch, ...row })) : [],
    );
    const text = JSON.stringify(signalId);
    const row = byTime(found, ({ ts }) => ts).find((one) => one.ts >= since && one.inputs.includes(text));
    return row === undefined ? null : { ...row, inputs: JSON.parse(row.inputs) };
  }

  async verdicts(query: Parameters<Store['verdicts']>[0] = {}): Promise<readonly VerdictRecord[]> {
    const found = [...this.#verdicts.values()].filter(
      ({ approved, signalId }) => is(query.approved, approved) && is(query.signalId, signalId),
    );
    return plain(
      newest(
        byTime(found, ({ ts }) => ts),
        query.limit,
      ),
    );
  }

  async latestEquity(): Promise<EquityRecord | null> {
    const all = [...this.#brains.values()].flatMap(({ equity }) => [...equity.values()]);
    return byTime(all, ({ ts }) => ts).at(-1) ?? null;
  }

  async *equity(
    brain: BrainName,
    { from, to }: Parameters<Store['equity']>[1],
  ): AsyncGenerator<readonly EquityRecord[]> {
    const all = [...(this.#brains.get(brain)?.equity.values() ?? [])].filter(({ ts }) => ts >= from && ts < to);
    if (all.length > 0) yield byTime(all, ({ ts }) => ts);
  }

  async sessions(): Promise<readonly SessionRecord[]> {
    return plain(byTime(this.#sessions, ({ startedTs }) => startedTs));
  }

  async checkpoint(brain: BrainName): Promise<Checkpoint | null> {
    const row = this.#brains.get(brain);
    return row === undefined ? null : checkpointOf(row);
  }

  async brains(): Promise<readonly BrainName[]> {
    return [...this.#brains.keys()].toSorted();
  }

  async counts(): Promise<StoreCounts> {
    return {
      bars: this.#bars.size,
      signals: this.#signals.size,
      denials: [...this.#verdicts.values()].filter(({ approved }) => !approved).length,
      orders: this.#orders.size,
      fills: this.#fills.size,
    };
  }

  async close(): Promise<void> {}

  /** The row of a brain whose next batch, or last one, this is. */
  #ownedBy({ batch, brain, fence }: StepRecord): Brain {
    const row = this.#brains.get(brain);
    if (row === undefined || row.fence !== fence) {
      throw new AlphaError('STORE_FENCED', `Another engine took over ${brain}; this one has stopped.`, {
        context: { brain, fence, current: row?.fence ?? null },
      });
    }
    if (batch === row.batch || batch === row.batch + 1) return row;
    throw failed(`Batch ${batch} of ${brain} does not follow batch ${row.batch}, the last one committed.`);
  }

  #assertOrder(clientOrderId: string | null, { orders = [] }: StepRecord): void {
    if (clientOrderId === null || this.#orders.has(clientOrderId)) return;
    if (orders.some(({ terms }) => terms.clientOrderId === clientOrderId)) return;
    throw failed(`A fill names the order ${clientOrderId}, which is not in the record.`);
  }

  #keepOrder(order: Order): void {
    const { clientOrderId } = order.terms;
    const { terms } = this.#orders.get(clientOrderId) ?? order;
    this.#orders.set(clientOrderId, { ...order, terms });
  }

  /** A fill booked as external may be bound to its order later; it is never unbound. */
  #keepFill(record: FillRecord): void {
    const { executionId } = record.fill;
    const clientOrderId = record.clientOrderId ?? this.#fills.get(executionId)?.clientOrderId ?? null;
    this.#fills.set(executionId, { ...record, clientOrderId });
  }

  #orderRow(order: Order): OrderRow {
    const { clientOrderId, signalId } = order.terms;
    const fills = [...this.#fills.values()].filter((one) => one.clientOrderId === clientOrderId);
    const signal = this.#signals.get(signalId);
    const bar = signal?.bar ?? undefined;
    const stored =
      bar && this.#bars.get(barKey({ ...bar, exchange: order.terms.exchange, symbol: order.terms.symbol }));
    return {
      order,
      fees: Decimal.sum(fills.map(({ fill }) => fill.fee)),
      realizedPnl: Decimal.sum(fills.map(({ fill }) => fill.realizedPnl ?? Decimal.zero)),
      signal: signal === undefined ? null : { id: signalId, action: signal.event.action, ts: signal.event.ts },
      bar: stored === undefined ? null : { timeframe: stored.timeframe, ...barKeyOf(stored) },
    };
  }
}

function newBrain(): Brain {
  return { fence: 0, batch: 0, checkpoint: null, inputs: new Map(), outbox: [], equity: new Map() };
}

function checkpointOf({ batch, checkpoint }: Brain): Checkpoint | null {
  return checkpoint === null ? null : { batch, ...(JSON.parse(checkpoint) as Omit<Checkpoint, 'batch'>) };
}

function barKey({ exchange, openTs, ordinal = 0, symbol, timeframe }: BarSeries & BarKey): string {
  return `${exchange}|${symbol}|${timeframe}|${openTs}|${ordinal}`;
}

function setOnce<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  if (!map.has(key)) map.set(key, value);
}

function is<Value>(wanted: Value | undefined, value: Value): boolean {
  return wanted === undefined || wanted === value;
}

/** By time; of the same moment, in the order of their arrival. */
function byTime<Row>(rows: readonly Row[], ts: (row: Row) => EpochMs): readonly Row[] {
  return rows.toSorted((a, b) => ts(a) - ts(b));
}

function newest<Row>(rows: readonly Row[], limit: number | undefined): readonly Row[] {
  return limit === undefined ? rows : rows.slice(Math.max(0, rows.length - limit));
}

function minuteOf(ts: EpochMs): number {
  return Math.floor(ts / MINUTE_MS);
}

/** What others wrote into events comes back as JSON, as from a database. */
function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

function failed(message: string): AlphaError {
  return new AlphaError('STORE_FAILED', `${message} Start the engine again.`);
}

function isNamed(order: Order, id: string): boolean {
  const { clientOrderId, signalId } = order.terms;
  const theirs = 'exchangeOrderId' in order ? order.exchangeOrderId : undefined;
  return clientOrderId.startsWith(id) || signalId === id || theirs === id;
}

import type { EntryId } from '../bus/event-bus.js';
import type { StreamName } from '../bus/streams.js';
import type { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import type { AlphaEvent } from '../events/event.js';
import type { DenialEvent, OrderEvent, OrderStatus } from '../events/order.js';
import type { EquityRecord, FillRecord, PositionRecord, VerdictRecord } from '../execution/executor-types.js';
import type { Bar, BarKey } from '../market/bar.js';
import type { Timeframe } from '../market/timeframe.js';
import type { Order } from '../orders/order.js';
import type { SignalRecord } from '../strategy/runner-types.js';
import type { LogRecord } from '../telemetry/log-sink.js';
import type { RawEventQuery, RawSegment } from './raw-events.js';

/** A brain's name: `strategy` or `execution`, with what tells two of a kind apart (`execution:gmo`). */
export type BrainName = string;

/** Where a brain stands: the last batch it committed. */
export interface Checkpoint {
  readonly batch: number;
  /** The group's place in each stream after that batch. */
  readonly positions: Readonly<Record<StreamName, EntryId>>;
  /** The brain's own snapshot, plain JSON. */
  readonly state: unknown;
}

export interface Ownership {
  readonly brain: BrainName;
  /** Higher than that of every owner before; every commit checks it. */
  readonly fence: number;
  readonly checkpoint: Checkpoint | null;
}

/** One row of the input log: what a batch was made of, in order, as the brain wants it kept. Plain JSON. */
export interface InputLogRow {
  readonly batch: number;
  readonly ts: EpochMs;
  readonly inputs: unknown;
}

/** A row whose inputs have the key `began`. */
export type InputLogStart = Pick<InputLogRow, 'batch' | 'ts'>;

/** A row of the input log, with whose it is. */
export interface DecisionRow extends InputLogRow {
  readonly brain: BrainName;
}

/** Which rows of the input log: those after a batch and before a time, so many at most. */
export interface InputLogPage {
  readonly after: number;
  readonly before: EpochMs;
  readonly limit: number;
}

/** What must stay of a row's inputs: the same, something smaller, or null for nothing. */
export type KeepInputs = (inputs: unknown) => unknown;

export interface CompactedPage {
  /** The batch to go on after; null when no older row is left. */
  readonly next: number | null;
  readonly removed: number;
  readonly changed: number;
}

export interface ThinnedWindow {
  /** The time to go on from; null when nothing older is left. */
  readonly next: EpochMs | null;
  readonly removed: number;
}

/**
 * Everything one batch of a brain changes, in one transaction. Rows are upserts by their natural keys; a repeated commit of
 * the same batch with the same fence is a success and changes nothing.
 */
export interface StepRecord {
  readonly brain: BrainName;
  readonly fence: number;
  /** Checkpoint's batch + 1. */
  readonly batch: number;
  readonly ts: EpochMs;
  readonly checkpoint: Omit<Checkpoint, 'batch'>;
  /** Null when the batch has nothing worth replaying. */
  readonly inputs: unknown;
  readonly bars?: readonly Bar[];
  readonly signals?: readonly SignalRecord[];
  readonly verdicts?: readonly VerdictRecord[];
  readonly orders?: readonly Order[];
  readonly orderEvents?: readonly (OrderEvent | DenialEvent)[];
  readonly fills?: readonly FillRecord[];
  readonly positions?: readonly PositionRecord[];
  readonly equity?: readonly EquityRecord[];
  /** Events to publish once this is committed; kept until `published` of a later record covers them. */
  readonly outbox?: readonly AlphaEvent[];
  /** Every outbox event of batches up to this one is on the bus. */
  readonly publishedBatch?: number;
}

export interface SessionRecord {
  readonly sessionId: string;
  readonly brain: BrainName;
  readonly startedTs: EpochMs;
  /** Code hash, Node version, parameters, limits, trading rules, fees, balances: plain JSON, no secrets. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A stored order as queries return it: the order, its fills' sums, and the keys back to signal and bar. */
export interface OrderRow {
  readonly order: Order;
  readonly fees: Decimal;
  readonly realizedPnl: Decimal;
  readonly signal: { readonly id: string; readonly action: string; readonly ts: EpochMs } | null;
  readonly bar: ({ readonly timeframe: Timeframe } & BarKey) | null;
}

export interface BarQuery {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  /** With no `from`, the newest so many; results are always ascending. `from` is inclusive, `to` is not. */
  readonly limit?: number;
}

export interface StoreCounts {
  readonly bars: number;
  readonly signals: number;
  readonly denials: number;
  readonly orders: number;
  readonly fills: number;
}

/** The record: what happened, what was decided, what was done. Throws `STORE_*` errors. */
export interface Store {
  /** Brings the schema up to date. Throws `STORE_NEWER_SCHEMA` or `STORE_MIGRATION_CHANGED` and changes nothing. */
  migrate(): Promise<void>;
  /** For those who only read: throws `STORE_EMPTY` or `STORE_OLDER_SCHEMA` where `migrate` has something to do, and what it throws. */
  checkSchema(): Promise<void>;

  /** Becomes the owner of a brain: every owner before is fenced off from now on. */
  takeOver(brain: BrainName): Promise<Ownership>;
  /** Compare-and-set on (batch, fence). Throws `STORE_FENCED` when another owner took over. Safe to retry. */
  commit(record: StepRecord): Promise<void>;
  /** Outbox events not known to be on the bus, in commit order. */
  unpublished(brain: BrainName): Promise<readonly { readonly batch: number; readonly event: AlphaEvent }[]>;
  /** Input-log rows of a brain with `batch > after`, ascending. */
  inputLog(brain: BrainName, after: number): AsyncIterable<InputLogRow>;
  /** The rows of it that a process of the brain began with, ascending: where a replay can begin. */
  inputLogStarts(brain: BrainName): Promise<readonly InputLogStart[]>;
  startSession(session: SessionRecord): Promise<void>;

  // What time makes smaller: each call is one short transaction, so that no brain waits for it.
  /** Puts in place of a page of old inputs what `keep` makes of them; a row of which nothing stays is removed. */
  compactInputLog(brain: BrainName, page: InputLogPage, keep: KeepInputs): Promise<CompactedPage>;
  /** Leaves one row a minute of an hour of equity, the last; begins with the oldest row not before `after`. */
  thinEquity(after: EpochMs, before: EpochMs): Promise<ThinnedWindow>;
  /** Removes log lines, the oldest first. Returns how many; fewer than `limit` means that none older is left. */
  dropLogs(before: EpochMs, limit: number): Promise<number>;

  /** Skips what is there already: the same series, `seq` and `ts`. Returns how many were new. */
  appendRawEvents(events: readonly AlphaEvent[]): Promise<number>;
  /** By exchange, symbol, type and day. Counts every row that is meant, which takes its time. */
  rawSegments(query?: RawEventQuery): Promise<readonly RawSegment[]>;
  /** Pages of one series in the order of `seq`; those without one come last, by `ts`. `from` is inclusive, `to` is not. */
  rawEvents(
    series: Pick<RawSegment, 'exchange' | 'symbol' | 'type'>,
    range: { readonly from: EpochMs; readonly to: EpochMs },
  ): AsyncIterable<readonly AlphaEvent[]>;
  /** Drops the days of raw events that ended at or before this time. Returns how many days. */
  dropRawEvents(before: EpochMs): Promise<number>;
  appendLogs(records: readonly LogRecord[]): Promise<void>;

  bars(query: BarQuery): Promise<readonly Bar[]>;
  /** `id`: of the signal, or its beginning. */
  signals(query?: {
    readonly id?: string;
    readonly symbol?: string;
    readonly limit?: number;
  }): Promise<readonly SignalRecord[]>;
  /** The batch in which a strategy brain took this decision; null when its inputs are not kept any more. `since`: not before this time. */
  decision(signalId: string, since: EpochMs): Promise<DecisionRow | null>;
  /** Oldest first here and below; a limit keeps the newest. `id`: the order's or its beginning, the exchange's, or its signal's. */
  orders(query?: {
    readonly id?: string;
    readonly symbol?: string;
    readonly statuses?: readonly OrderStatus[];
    readonly limit?: number;
  }): Promise<readonly OrderRow[]>;
  /** Of one order, or with no id everything that was said of orders and denials. */
  orderEvents(clientOrderId?: string): Promise<readonly (OrderEvent | DenialEvent)[]>;
  fills(query?: { readonly symbol?: string; readonly limit?: number }): Promise<readonly FillRecord[]>;
  positions(): Promise<readonly PositionRecord[]>;
  verdicts(query?: {
    readonly signalId?: string;
    readonly approved?: boolean;
    readonly limit?: number;
  }): Promise<readonly VerdictRecord[]>;
  latestEquity(): Promise<EquityRecord | null>;
  /** Pages of a brain's equity, oldest first. `from` is inclusive, `to` is not. */
  equity(
    brain: BrainName,
    range: { readonly from: EpochMs; readonly to: EpochMs },
  ): AsyncIterable<readonly EquityRecord[]>;
  /** Every start of an engine, oldest first. */
  sessions(): Promise<readonly SessionRecord[]>;
  checkpoint(brain: BrainName): Promise<Checkpoint | null>;
  brains(): Promise<readonly BrainName[]>;
  counts(): Promise<StoreCounts>;

  /** Idempotent. */
  close(): Promise<void>;
}

import { type SeriesKey, seriesKey } from '../bus/streams.js';
import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs } from '../events/common.js';
import type { EventType } from '../events/event.js';
import type { SignalEvent } from '../events/signal.js';
import type { Balance, ExchangeFill, ExchangeOrder } from '../exchange/broker.js';
import { Ledger, type LedgerSnapshot } from '../ledger/ledger.js';
import { OrderLedger, type TrackedOrder } from '../orders/order-ledger.js';
import type { ExecutorConfig, StepTime } from './executor-types.js';
import { fromPlain, toPlain } from './plain-state.js';

export type IdentifiedSignal = SignalEvent & { readonly id: string };

/** Best quotes, quote per base. */
export interface Mark {
  readonly bid: number;
  readonly ask: number;
  readonly ts: EpochMs;
}

/** What the executor keeps of one symbol. */
export interface SymbolState {
  /** Market time at which these books began: what the exchange shows from before is not ours to explain. */
  begunTs: EpochMs | null;
  /** Market time at which the last sweep that agreed began: fills before it are all booked. */
  agreedTs: EpochMs | null;
  /** Wall time of the last answer to a placement: a sweep begun before it proves nothing about positions. */
  answeredWallTs: EpochMs | null;
  mark: Mark | null;
  /** What is wrong with the feed, by channel (`*`: all of them). */
  feedProblems: Record<string, string>;
  /** Why openings are halted, or null. */
  halt: string | null;

  // Below: of this process only, never in a snapshot.
  reconciled: boolean;
  /** Consecutive sweeps whose positions differed from the books. */
  mismatches: number;
  /** The last alarm, so that the same words are not said every second. */
  lastAlarm: string | null;
  /** A sweep is needed at once. */
  sweepWanted: boolean;
  /** Wall time of the last request for a sweep, and whether it came back. */
  askedWallTs: EpochMs | null;
  sweepOut: boolean;
  /** An order was handed to the loop and its `submitting` has not come yet. */
  offered: string | null;
}

/** Frames about an order id that no answer has named yet. */
export interface UnboundOrder {
  readonly symbol: string;
  order: ExchangeOrder | null;
  readonly fills: ExchangeFill[];
}

/** Everything the executor knows; mutable, and only the step changes it. */
export interface ExecutorState {
  readonly orders: OrderLedger;
  readonly ledger: Ledger;
  readonly symbols: Map<string, SymbolState>;
  /** By exchange order id. */
  readonly unbound: Map<string, UnboundOrder>;
  /** Orders and fills that are not ours and were dealt with: id → market time. */
  readonly external: Map<string, EpochMs>;
  /** Signals that wait: for reconciliation, or for an order of their strategy to finish. */
  waiting: IdentifiedSignal[];
  /** Signals decided: id → their time. */
  readonly decided: Map<string, EpochMs>;
  /** Latest signal by strategy and symbol, which tells a repeated signal after its id was forgotten. */
  readonly latestSignal: Map<string, EpochMs>;
  /** Last `seq` by symbol and event type. */
  readonly seq: Map<string, number>;
  /** Why openings are halted on the whole account, or null. */
  accountHalt: string | null;
  drawdownStopped: boolean;
  baseline: readonly Balance[] | null;
  lastEquity: { readonly second: number; readonly text: string } | null;
  /** Clocks at the first input of this process; never in a snapshot. */
  first: StepTime | null;
}

const VERSION = 1;

export function freshState(config: ExecutorConfig): ExecutorState {
  return {
    orders: new OrderLedger(),
    ledger: new Ledger(config.capital),
    symbols: new Map(config.instruments.map(({ symbol }) => [symbol, freshSymbol()])),
    unbound: new Map(),
    external: new Map(),
    waiting: [],
    decided: new Map(),
    latestSignal: new Map(),
    seq: new Map(),
    accountHalt: null,
    drawdownStopped: false,
    baseline: null,
    lastEquity: null,
    first: null,
  };
}

function freshSymbol(): SymbolState {
  return {
    begunTs: null,
    agreedTs: null,
    answeredWallTs: null,
    mark: null,
    feedProblems: {},
    halt: null,
    reconciled: false,
    mismatches: 0,
    lastAlarm: null,
    sweepWanted: true,
    askedWallTs: null,
    sweepOut: false,
    offered: null,
  };
}

type KeptSymbol = Pick<SymbolState, 'begunTs' | 'agreedTs' | 'answeredWallTs' | 'mark' | 'feedProblems' | 'halt'>;

interface Snapshot {
  readonly version: number;
  readonly orders: readonly TrackedOrder[];
  readonly ledger: LedgerSnapshot;
  readonly symbols: Readonly<Record<string, KeptSymbol>>;
  readonly unbound: Readonly<Record<string, UnboundOrder>>;
  readonly external: Readonly<Record<string, EpochMs>>;
  readonly waiting: readonly IdentifiedSignal[];
  readonly decided: Readonly<Record<string, EpochMs>>;
  readonly latestSignal: Readonly<Record<string, EpochMs>>;
  readonly seq: Readonly<Record<string, number>>;
  readonly accountHalt: string | null;
  readonly drawdownStopped: boolean;
  readonly baseline: readonly Balance[] | null;
  readonly lastEquity: ExecutorState['lastEquity'];
}

export function snapshotOf(state: ExecutorState): unknown {
  const symbols = [...state.symbols].map(([symbol, kept]): [string, KeptSymbol] => {
    const { begunTs, agreedTs, answeredWallTs, mark, feedProblems, halt } = kept;
    return [symbol, { begunTs, agreedTs, answeredWallTs, mark, feedProblems, halt }];
  });
  const snapshot: Snapshot = {
    version: VERSION,
    orders: state.orders.snapshot(),
    ledger: state.ledger.snapshot(),
    symbols: Object.fromEntries(symbols),
    unbound: Object.fromEntries(state.unbound),
    external: Object.fromEntries(state.external),
    waiting: state.waiting,
    decided: Object.fromEntries(state.decided),
    latestSignal: Object.fromEntries(state.latestSignal),
    seq: Object.fromEntries(state.seq),
    accountHalt: state.accountHalt,
    drawdownStopped: state.drawdownStopped,
    baseline: state.baseline,
    lastEquity: state.lastEquity,
  };
  return toPlain(snapshot);
}

/**
 * Continues from a snapshot. Nothing is reconciled yet, and a placement that was sent but never named is in doubt: whether
 * its answer was lost with the process, nobody can tell.
 */
export function restoredState(config: ExecutorConfig, snapshot: unknown): ExecutorState {
  const kept = toPlain(snapshot) as Snapshot;
  if (kept?.version !== VERSION) {
    throw new AlphaError(
      'STORE_NEWER_SCHEMA',
      `The executor's checkpoint has version ${String(kept?.version)}; this program reads version ${VERSION}. Use the version that wrote it.`,
      { context: { version: kept?.version } },
    );
  }
  const state = freshState(config);
  const orders = new OrderLedger(fromPlain<TrackedOrder[]>(kept.orders));
  const ledger = new Ledger(config.capital, fromPlain<LedgerSnapshot>(kept.ledger));
  for (const [symbol, one] of Object.entries(kept.symbols)) {
    // A symbol that is not traded any more is watched for as long as something of it is open.
    const watched = state.symbols.has(symbol) || orders.unsettled(symbol).length > 0 || ledger.lots(symbol).length > 0;
    if (watched) state.symbols.set(symbol, { ...freshSymbol(), ...one });
  }
  for (const tracked of orders.all()) {
    if (tracked.order.status === 'SUBMITTED') tracked.order = { ...tracked.order, request: 'place_in_doubt' };
  }
  return {
    ...state,
    orders,
    ledger,
    unbound: new Map(Object.entries(fromPlain<Record<string, UnboundOrder>>(kept.unbound))),
    external: new Map(Object.entries(kept.external)),
    waiting: [...kept.waiting],
    decided: new Map(Object.entries(kept.decided)),
    latestSignal: new Map(Object.entries(kept.latestSignal)),
    seq: new Map(Object.entries(kept.seq)),
    accountHalt: kept.accountHalt,
    drawdownStopped: kept.drawdownStopped,
    baseline: fromPlain<readonly Balance[] | null>(kept.baseline),
    lastEquity: kept.lastEquity,
  };
}

/** Last `seq` of every series of order events and denials that a snapshot knows. */
export function lastEventSeqs(snapshot: unknown, exchange: string): ReadonlyMap<SeriesKey, number> {
  const { seq } = toPlain(snapshot) as Snapshot;
  const seqs = Object.entries(seq).map(([key, last]) => {
    const [symbol = '', type = ''] = key.split(' ');
    return [seriesKey({ stream: `order:${exchange}`, exchange, symbol, type: type as EventType }), last] as const;
  });
  return new Map(seqs);
}

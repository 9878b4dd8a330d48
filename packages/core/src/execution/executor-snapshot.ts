import { type SeriesKey, seriesKey } from '../bus/streams.js';
import { Decimal } from '../decimal/decimal.js';
import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs } from '../events/common.js';
import type { EventType } from '../events/event.js';
import { ALL_SYMBOLS } from '../events/status.js';
import type { Balance } from '../exchange/broker.js';
import { lastRoll } from '../instrument/holding-fee.js';
import { Ledger, type LedgerSnapshot } from '../ledger/ledger.js';
import { clientOrderId } from '../orders/client-order-id.js';
import type { OrderTerms } from '../orders/order.js';
import { OrderLedger, type TrackedOrder } from '../orders/order-ledger.js';
import { RiskBook, type RiskSnapshot } from '../risk/risk-book.js';
import type { TradedAssets, Transfer } from './books.js';
import {
  type ExecutorState,
  freshState,
  freshSymbol,
  type HoldingFeeDue,
  type IdentifiedSignal,
  type SymbolState,
  type UnboundOrder,
} from './executor-state.js';
import type { ExecutorConfig } from './executor-types.js';
import { fromPlain, toPlain } from './plain-state.js';
import type { Guard } from './protection/guard.js';

/** 2: orders have a time in force and a purpose. */
const VERSION = 2;

type KeptSymbol = Pick<SymbolState, 'begunTs' | 'agreedTs' | 'answeredWallTs' | 'mark' | 'feedProblems'>;

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
  readonly guards?: Readonly<Record<string, Guard>>;
  readonly guardCount?: number;
  /** Absent in version 1. */
  readonly risk?: RiskSnapshot;
  readonly baseline: readonly Balance[] | null;
  readonly assets?: Readonly<Record<string, TradedAssets>>;
  readonly transfers?: readonly Transfer[];
  readonly rolledTs?: EpochMs | null;
  readonly holdingFees?: readonly HoldingFeeDue[];
  readonly lastEquity: { readonly second: number; readonly text: string } | null;
}

export function snapshotOf(state: ExecutorState): unknown {
  const { lastEquity } = state;
  const symbols = [...state.symbols].map(([symbol, kept]): [string, KeptSymbol] => {
    const { begunTs, agreedTs, answeredWallTs, mark, feedProblems } = kept;
    return [symbol, { begunTs, agreedTs, answeredWallTs, mark, feedProblems }];
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
    guards: Object.fromEntries(state.guards),
    guardCount: state.guardCount,
    risk: state.risk.snapshot(),
    baseline: state.baseline,
    assets: Object.fromEntries(state.assets),
    transfers: state.account.transfers,
    rolledTs: state.account.rolledTs,
    holdingFees: state.account.holdingFees,
    lastEquity: lastEquity && { second: lastEquity.second, text: lastEquity.equity.toString() },
  };
  return toPlain(snapshot);
}

/**
 * Continues from a snapshot. Nothing is reconciled yet, and a placement that was sent but never named is in doubt: whether
 * its answer was lost with the process, nobody can tell.
 */
export function restoredState(config: ExecutorConfig, snapshot: unknown): ExecutorState {
  const kept = toPlain(snapshot) as Snapshot;
  if (kept?.version !== VERSION && kept?.version !== 1) {
    throw new AlphaError(
      'STORE_NEWER_SCHEMA',
      `The executor's checkpoint has version ${String(kept?.version)}; this program reads versions 1 to ${VERSION}. Use the version that wrote it.`,
      { context: { version: kept?.version } },
    );
  }
  const symbols = freshState(config).symbols;
  const orders = new OrderLedger(fromPlain<TrackedOrder[]>(kept.orders).map(upToDate));
  const ledger = new Ledger(config.capital, fromPlain<LedgerSnapshot>(kept.ledger));
  for (const [symbol, one] of Object.entries(kept.symbols)) {
    // A symbol that is not traded any more is watched for as long as something of it is open.
    const watched = symbols.has(symbol) || orders.unsettled(symbol).length > 0 || ledger.lots(symbol).length > 0;
    if (!watched) continue;
    const { begunTs, agreedTs, answeredWallTs, mark, feedProblems } = one;
    symbols.set(symbol, { ...freshSymbol(), begunTs, agreedTs, answeredWallTs, mark, feedProblems });
  }
  for (const tracked of orders.all()) {
    if (tracked.order.status === 'SUBMITTED') tracked.order = { ...tracked.order, request: 'place_in_doubt' };
    // Whether the request left, or its answer came, nobody can tell.
    if (tracked.order.request === 'cancel') tracked.order = { ...tracked.order, request: 'cancel_in_doubt' };
    if (tracked.order.request === 'amend') tracked.order = { ...tracked.order, request: 'amend_in_doubt' };
  }
  // The same object: its exposures look at it.
  const state = freshState(config, { orders, ledger, symbols, risk: riskOf(config, kept) });
  return Object.assign(state, {
    unbound: new Map(Object.entries(fromPlain<Record<string, UnboundOrder>>(kept.unbound))),
    external: new Map(Object.entries(kept.external)),
    waiting: [...kept.waiting],
    decided: new Map(Object.entries(kept.decided)),
    latestSignal: new Map(Object.entries(kept.latestSignal)),
    seq: new Map(Object.entries(kept.seq)),
    guards: new Map(guardsOf(kept)),
    guardCount: kept.guardCount ?? 0,
    baseline: fromPlain<readonly Balance[] | null>(kept.baseline),
    assets: new Map([...Object.entries(kept.assets ?? {}), ...state.assets]),
    account: {
      ...state.account,
      transfers: fromPlain<readonly Transfer[]>(kept.transfers ?? []),
      rolledTs: kept.rolledTs ?? lastSeenRoll(kept),
      holdingFees: fromPlain<readonly HoldingFeeDue[]>(kept.holdingFees ?? []),
    },
    lastEquity: kept.lastEquity && { second: kept.lastEquity.second, equity: Decimal.of(kept.lastEquity.text) },
  });
}

/** Version 1 kept one reason for each symbol, one for the account, and whether a fall had stopped openings. */
interface HaltsOfVersion1 {
  readonly accountHalt?: string | null;
  readonly drawdownStopped?: boolean;
  readonly symbols: Readonly<Record<string, { readonly halt?: string | null }>>;
}

function riskOf(config: ExecutorConfig, kept: Snapshot): RiskBook {
  if (kept.risk !== undefined) return new RiskBook(config, fromPlain<RiskSnapshot>(kept.risk));
  const risk = new RiskBook(config);
  const { accountHalt, drawdownStopped, symbols } = kept as unknown as HaltsOfVersion1;
  const halts = Object.entries(symbols).map(([symbol, { halt }]) => [symbol, halt, 'unexplained'] as const);
  const fallen = drawdownStopped === true ? 'Equity had fallen too far before the update.' : null;
  for (const [scope, reason, cause] of [
    ...halts,
    [ALL_SYMBOLS, accountHalt, 'unexplained'] as const,
    [ALL_SYMBOLS, fallen, 'drawdown'] as const,
  ]) {
    if (typeof reason === 'string') risk.states.add(scope, { cause, reason, sinceTs: 0 });
  }
  return risk;
}

function guardsOf({ guards = {} }: Snapshot): [string, Guard][] {
  return Object.entries(fromPlain<Record<string, Guard>>(guards)).map(([key, guard]) => [
    key,
    { ...guard, stuck: guard.stuck ?? false },
  ]);
}

/** Version 1 knew market orders only, and no amends. */
function upToDate(tracked: TrackedOrder): TrackedOrder {
  const terms: OrderTerms = {
    ...{ timeInForce: 'ioc', purpose: tracked.order.terms.effect === 'open' ? 'entry' : 'exit' },
    ...tracked.order.terms,
  };
  const changes = {
    amending: null,
    cancelWanted: false,
    requestWallTs: null,
    changedWallTs: null,
    refusedWallTs: null,
    refusals: 0,
  };
  const place = { protect: null, reprices: 0, restingSince: null, next: null, endedWallTs: null };
  const { signalId, leg, clientOrderId: id } = terms;
  const number = [0, 1, 2].find((candidate) => clientOrderId(signalId, leg, candidate) === id) ?? 0;
  return { ...changes, ...place, ...tracked, number: tracked.number ?? number, order: { ...tracked.order, terms } };
}

/** A record from before rolls were kept: the last one before the books agreed last, so that the nights since then are not forgotten. */
function lastSeenRoll({ symbols }: Snapshot): EpochMs | null {
  const agreed = Object.values(symbols).flatMap(({ agreedTs }) => (agreedTs === null ? [] : [agreedTs]));
  return agreed.length === 0 ? null : lastRoll(Math.max(...agreed));
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

import type { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import type { SignalEvent } from '../events/signal.js';
import type { Balance, ExchangeFill, ExchangeOrder, Margin } from '../exchange/broker.js';
import { Ledger } from '../ledger/ledger.js';
import { OrderLedger } from '../orders/order-ledger.js';
import type { Prices } from '../risk/check.js';
import { ExposureBook } from '../risk/exposure-book.js';
import { RiskBook } from '../risk/risk-book.js';
import type { TradedAssets, Transfer } from './books.js';
import type { EquityRecord, ExecutorConfig, StepTime } from './executor-types.js';
import type { Mark } from './mark.js';
import { pricesOf } from './prices-of.js';
import type { Guard } from './protection/guard.js';

export type IdentifiedSignal = SignalEvent & { readonly id: string };

/** What the executor keeps of one symbol. */
export interface SymbolState {
  /** Market time at which these books began: what the exchange shows from before is not ours to explain. */
  begunTs: EpochMs | null;
  /** Market time at which the last sweep that agreed began: fills before it are all booked. */
  agreedTs: EpochMs | null;
  /** Wall time of the last answer to a placement: a sweep begun before it proves nothing about positions. */
  answeredWallTs: EpochMs | null;
  mark: Mark | null;
  /** The mark as exact numbers, once somebody asked; never in a snapshot. */
  prices: Prices | null;
  /** What is wrong with the feed, by channel (`*`: all of them). */
  feedProblems: Record<string, string>;

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
  /** Wall time at which the last sweep that came back began; null before. */
  sweptWallTs: EpochMs | null;
  /** An order was handed to the loop and its `submitting` has not come yet. */
  offered: string | null;
}

/** Frames about an order id that no answer has named yet. */
export interface UnboundOrder {
  readonly symbol: string;
  order: ExchangeOrder | null;
  readonly fills: ExchangeFill[];
}

/** What one lot should pay for its nights, quote currency. */
export interface HoldingFeeDue {
  readonly symbol: string;
  readonly strategy: string;
  /** Absent in records from before it was kept: 1. */
  readonly nights?: number;
  readonly expected: Decimal;
}

/** What the executor keeps of the balances. */
export interface AccountState {
  transfers: readonly Transfer[];
  /** The last roll of the business day that was seen, market time. */
  rolledTs: EpochMs | null;
  /** What lots should have paid for their nights and no balance has shown yet. */
  holdingFees: readonly HoldingFeeDue[];

  // Below: of this process only, never in a snapshot.
  agreed: boolean;
  /** Consecutive looks that differed from the books. */
  mismatches: number;
  lastAlarm: string | null;
  /** Told before every symbol agreed: compared when they do, unless a fill was booked since. */
  kept: { readonly balances: readonly Balance[]; readonly begun: StepTime } | null;
  /** When the next look is needed; null: by the timer. */
  wanted: 'now' | 'soon' | null;
  /** Wall time of the last request, and whether it came back. */
  askedWallTs: EpochMs | null;
  out: boolean;
  /** Wall time at which a fill was booked last: a look begun before proves nothing. */
  bookedWallTs: EpochMs | null;
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
  /** What protects open positions, by symbol and lot (leverage) or strategy (spot). */
  readonly guards: Map<string, Guard>;
  /** Guards ever made: each has a leg of its own. */
  guardCount: number;
  readonly risk: RiskBook;
  readonly exposures: ExposureBook;
  /** At the last fill or quote; null after a start. Not in a snapshot. */
  equity: EquityRecord | null;
  baseline: readonly Balance[] | null;
  /** By symbol, of every symbol these books ever had. */
  readonly assets: Map<string, TradedAssets>;
  readonly account: AccountState;
  /** Differences an operator accepted, by key, and the wall time of that. Of this process only. */
  readonly accepted: Map<string, EpochMs>;
  /** As last told; null before, or where there is no margin account. Not in a snapshot. */
  margin: Margin | null;
  /** As last recorded. */
  lastEquity: { readonly second: number; readonly equity: Decimal } | null;
  /** Clocks at the first input of this process; never in a snapshot. */
  first: StepTime | null;
}

/** Parts that a snapshot restores. */
export interface KeptParts {
  readonly orders: OrderLedger;
  readonly ledger: Ledger;
  readonly symbols: Map<string, SymbolState>;
  readonly risk: RiskBook;
}

export function freshState(config: ExecutorConfig, kept?: KeptParts): ExecutorState {
  const parts = kept ?? {
    orders: new OrderLedger(),
    ledger: new Ledger(config.capital),
    symbols: new Map(config.instruments.map(({ symbol }) => [symbol, freshSymbol()])),
    risk: new RiskBook(config),
  };
  const state: ExecutorState = {
    ...parts,
    exposures: new ExposureBook(parts.symbols.keys(), {
      ...parts,
      instruments: new Map(config.instruments.map((instrument) => [instrument.symbol, instrument])),
      prices: (symbol) => {
        const known = parts.symbols.get(symbol);
        return known === undefined ? null : pricesOf(known);
      },
      baseline: () => state.baseline,
      transfers: () => state.account.transfers,
    }),
    equity: null,
    unbound: new Map(),
    external: new Map(),
    waiting: [],
    decided: new Map(),
    latestSignal: new Map(),
    seq: new Map(),
    guards: new Map(),
    guardCount: 0,
    baseline: null,
    assets: new Map(config.instruments.map(({ symbol, kind, base, quote }) => [symbol, { kind, base, quote }])),
    account: freshAccount(),
    accepted: new Map(),
    margin: null,
    lastEquity: null,
    first: null,
  };
  return state;
}

function freshAccount(): AccountState {
  return {
    transfers: [],
    rolledTs: null,
    holdingFees: [],
    agreed: false,
    mismatches: 0,
    lastAlarm: null,
    kept: null,
    wanted: 'now',
    askedWallTs: null,
    out: false,
    bookedWallTs: null,
  };
}

export function freshSymbol(): SymbolState {
  return {
    begunTs: null,
    agreedTs: null,
    answeredWallTs: null,
    mark: null,
    prices: null,
    feedProblems: {},
    reconciled: false,
    mismatches: 0,
    lastAlarm: null,
    sweepWanted: true,
    askedWallTs: null,
    sweepOut: false,
    sweptWallTs: null,
    offered: null,
  };
}

import type { Decimal } from '../decimal/decimal.js';
import type { ErrorCode } from '../errors/codes.js';
import type { EpochMs } from '../events/common.js';
import type { ControlEvent } from '../events/control.js';
import type { TickerEvent } from '../events/market.js';
import type { DenialEvent, OrderEvent } from '../events/order.js';
import type { Protect, SignalEvent } from '../events/signal.js';
import type { StatusEvent } from '../events/status.js';
import type { TradingStateEvent } from '../events/trading-state.js';
import type {
  Balance,
  ExchangeFill,
  ExchangeOrder,
  ExchangePosition,
  Margin,
  OrderChange,
  OrderKind,
} from '../exchange/broker.js';
import type { Instrument } from '../instrument/instrument.js';
import type { ClientOrderId, ExchangeOrderId, Order } from '../orders/order.js';
import type { ApprovedOrder } from '../risk/approved-order.js';
import type { HaltCause } from '../risk/halt-causes.js';
import type { RiskLimits } from '../risk/limits.js';
import type { OrderPolicy } from './policies/order-policy.js';
import type { Sizing } from './sizing/size-entry.js';

export interface ExecutorConfig {
  readonly exchange: string;
  readonly instruments: readonly Instrument[];
  /** Base coin per entry signal, where `sizing` says nothing else. */
  readonly orderSize: Decimal;
  /** Absent: `orderSize` for every entry. */
  readonly sizing?: Sizing;
  /** What protects entries whose signal asks for nothing else. Absent: nothing. */
  readonly protect?: Protect;
  /** Base coin per symbol, unfilled openings included. */
  readonly maxPositionSize: Decimal;
  /** Absent: `defaultLimits`. */
  readonly limits?: Partial<RiskLimits>;
  /** Fraction of the equity peak; 0.2 means a fall of 20 % halts openings. */
  readonly maxDrawdown: Decimal;
  /** Ledger equity at the beginning, quote currency. */
  readonly capital: Decimal;
  /** Entries older than this are denied; exits never are. Market milliseconds. */
  readonly maxSignalAgeMs: number;
  /** Openings are denied when the symbol's last quote is older than this. Market milliseconds. */
  readonly maxDataAgeMs: number;
  /** From `Broker.horizonMs`. Wall milliseconds. */
  readonly inDoubtHorizonMs: number;
  /** Orders found at the exchange that we did not place: halt (true, the default) or book as external. */
  readonly exclusive: boolean;
  /** From `Broker.orderKinds`, by symbol: what the exchange takes. */
  readonly orderKinds: Readonly<Record<string, readonly OrderKind[]>>;
  /** How entries and exits are placed. Absent: market orders. */
  readonly orderPolicy?: { readonly entry: OrderPolicy; readonly exit: OrderPolicy };
}

/** Both clocks at the moment an input was taken; part of the record, so that a step never reads a clock. */
export interface StepTime {
  readonly marketTs: EpochMs;
  readonly wallTs: EpochMs;
}

/** What the exchange showed in one sweep over a symbol, read in this order: open orders, fills, then the unbound orders by id. */
export interface SymbolSweep {
  readonly symbol: string;
  /** Clocks just before the first request. */
  readonly begun: StepTime;
  readonly openOrders: readonly ExchangeOrder[];
  readonly fills: readonly ExchangeFill[];
  /** Orders named by fills, open orders or private frames that are not bound to an order of ours. */
  readonly orders: readonly ExchangeOrder[];
  readonly positions: readonly ExchangePosition[];
}

/** Everything an executor can be told. */
export type ExecutorInput =
  | { readonly kind: 'signal'; readonly event: SignalEvent }
  | { readonly kind: 'quote'; readonly event: TickerEvent }
  | { readonly kind: 'status'; readonly event: StatusEvent }
  | { readonly kind: 'control'; readonly event: ControlEvent }
  | { readonly kind: 'clock' }
  /** This machine's clock less the exchange's, milliseconds. */
  | { readonly kind: 'clock_skew'; readonly skewMs: number }
  /** Private messages may have been missed (the stream connected again): read every symbol's orders and fills once more. */
  | { readonly kind: 'resync' }
  /** The loop is about to send: after this is committed, and not before, the first byte leaves. */
  | { readonly kind: 'submitting'; readonly clientOrderId: ClientOrderId }
  | { readonly kind: 'accepted'; readonly clientOrderId: ClientOrderId; readonly exchangeOrderId: ExchangeOrderId }
  | {
      readonly kind: 'refused';
      readonly clientOrderId: ClientOrderId;
      /** The exchange's own code where it gave one, else ours. */
      readonly code: string;
      readonly message: string;
      /** Ours: what kind of refusal it is. */
      readonly error?: ErrorCode;
    }
  | { readonly kind: 'unanswered'; readonly clientOrderId: ClientOrderId; readonly message: string }
  | {
      readonly kind: 'cancel_answered';
      readonly clientOrderId: ClientOrderId;
      readonly outcome: 'accepted' | 'refused' | 'in_doubt';
      readonly message?: string;
    }
  | {
      readonly kind: 'amend_answered';
      readonly clientOrderId: ClientOrderId;
      readonly outcome: 'accepted' | 'refused' | 'in_doubt';
      readonly message?: string;
    }
  | { readonly kind: 'order_update'; readonly order: ExchangeOrder }
  | { readonly kind: 'fill_update'; readonly fill: ExchangeFill }
  | { readonly kind: 'sweep'; readonly sweep: SymbolSweep }
  /** A lot as the exchange told it by itself; size zero: closed. */
  | { readonly kind: 'position_update'; readonly position: ExchangePosition }
  | { readonly kind: 'margin'; readonly margin: Margin }
  /** What the account holds; the first of a record are its baseline. `begun`: clocks just before the request. */
  | { readonly kind: 'balances'; readonly balances: readonly Balance[]; readonly begun: StepTime };

export type TimedExecutorInput = ExecutorInput & { readonly at: StepTime };

/** What the loop must do after the step is committed. */
export type ExecutorAction =
  /** Feed `submitting`, commit, then `broker.place`, then feed the answer. */
  | { readonly kind: 'submit'; readonly order: ApprovedOrder }
  | { readonly kind: 'cancel'; readonly clientOrderId: ClientOrderId; readonly exchangeOrderId: ExchangeOrderId }
  | {
      readonly kind: 'amend';
      readonly clientOrderId: ClientOrderId;
      readonly exchangeOrderId: ExchangeOrderId;
      readonly change: OrderChange;
    }
  /** Read the exchange's view of the symbol and feed it back as `sweep`. `orderIds` are ids the executor wants read as well. */
  | {
      readonly kind: 'sweep';
      readonly symbol: string;
      readonly fillsFrom: EpochMs;
      readonly orderIds: readonly ExchangeOrderId[];
    }
  /** Read the balances and feed them back as `balances`. */
  | { readonly kind: 'balances' };

/** A verdict of the gate, kept for every signal. */
export interface VerdictRecord {
  readonly signalId: string;
  readonly approved: boolean;
  /** Code of the check that denied; absent when approved. */
  readonly code?: string;
  readonly message?: string;
  /** Values the checks looked at, by check code. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly ts: EpochMs;
}

export interface FillRecord {
  readonly fill: ExchangeFill;
  readonly clientOrderId: ClientOrderId | null;
  readonly strategy: string;
}

/** Net position of one strategy on one symbol. `size` is signed base coin. */
export interface PositionRecord {
  readonly exchange: string;
  readonly symbol: string;
  readonly strategy: string;
  readonly size: Decimal;
  /** Average entry price of what is open; zero when flat. */
  readonly averagePrice: Decimal;
  readonly realizedPnl: Decimal;
  readonly fees: Decimal;
  readonly updatedTs: EpochMs;
}

export interface EquityRecord {
  readonly ts: EpochMs;
  /** Capital + realised − fees + unrealised, quote currency. */
  readonly equity: Decimal;
  readonly realizedPnl: Decimal;
  readonly unrealizedPnl: Decimal;
  readonly fees: Decimal;
  readonly drawdown: Decimal;
}

export type ExecutorNotice =
  | { readonly kind: 'halted'; readonly symbol: string; readonly reason: string }
  | { readonly kind: 'resumed'; readonly symbol: string; readonly cause: HaltCause }
  | { readonly kind: 'reconciled'; readonly symbol: string }
  | { readonly kind: 'repaired'; readonly symbol: string; readonly what: string }
  | { readonly kind: 'alarm'; readonly symbol: string; readonly message: string };

/** What one batch of inputs came to: rows to store, events to publish, things to do. Data only. */
export interface ExecutorStep {
  readonly verdicts: readonly VerdictRecord[];
  /** Orders in their state after the step, each once. */
  readonly orders: readonly Order[];
  readonly fills: readonly FillRecord[];
  readonly positions: readonly PositionRecord[];
  readonly equity: readonly EquityRecord[];
  /** For `order:<exchange>`; `id` and `seq` set. */
  readonly events: readonly (OrderEvent | DenialEvent)[];
  /** For the same stream, after them. */
  readonly states: readonly TradingStateEvent[];
  readonly actions: readonly ExecutorAction[];
  readonly notices: readonly ExecutorNotice[];
}

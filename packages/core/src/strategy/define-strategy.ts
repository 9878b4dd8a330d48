import type { z } from 'zod';
import type { EpochMs } from '../events/common.js';
import type { OrderBookEvent, TickerEvent, TradeEvent } from '../events/market.js';
import type { OrderEvent } from '../events/order.js';
import type { Protect } from '../events/signal.js';
import type { Bar } from '../market/bar.js';

export interface SignalOptions {
  readonly reason?: string;
  /** 0 to 1. Default 1. */
  readonly confidence?: number;
  readonly meta?: Readonly<Record<string, unknown>>;
  /** Entries only: stop-loss, take-profit and trail, as prices, distances or per cent. Absent: as the engine's settings say. */
  readonly protect?: Protect;
}

/** Direction of the instance's target. It changes when the strategy signals; a denied, rejected or canceled order corrects it. */
export interface TargetPosition {
  readonly side: 'long' | 'short' | 'flat';
  readonly isLong: boolean;
  readonly isShort: boolean;
  readonly isFlat: boolean;
}

export interface StrategyContext {
  readonly symbol: string;
  /** Market time of the input being handled: a bar's close, an event's `ts`. */
  readonly now: EpochMs;
  readonly position: TargetPosition;
  /** What the exchange filled so far: signed base size of this strategy on this symbol. */
  readonly filled: { readonly size: number };
  enterLong(options?: SignalOptions): void;
  enterShort(options?: SignalOptions): void;
  exit(options?: SignalOptions): void;
  /** Says that the strategy looked and decided to do nothing; recorded, never traded. */
  hold(options?: SignalOptions): void;
}

/** Bars of a further timeframe. They come when they have closed, in their place among all others, and never before. */
export interface FurtherBars {
  /** As `StrategyInstance.warmup`, of these bars. Default 0. */
  readonly warmup?: number;
  onBar(bar: Bar, ctx: StrategyContext): void;
}

/** Callbacks are synchronous and see nothing but their arguments: that is what makes replay and recovery exact. */
export interface StrategyInstance {
  /** Bars needed before the first decision. Orders are impossible until they are in. Default 0. */
  readonly warmup?: number;
  /** Each closed bar of the timeframe the strategy was started with. */
  onBar?(bar: Bar, ctx: StrategyContext): void;
  /**
   * Further timeframes beside that one, by name: `{ '1h': { warmup: 50, onBar: (bar) => … } }`. Of bars that close at the same time the
   * shorter comes first.
   */
  readonly timeframes?: Readonly<Record<string, FurtherBars>>;
  onTrade?(event: TradeEvent, ctx: StrategyContext): void;
  onOrderBook?(event: OrderBookEvent, ctx: StrategyContext): void;
  onTicker?(event: TickerEvent, ctx: StrategyContext): void;
  onFill?(event: OrderEvent, ctx: StrategyContext): void;
  /** What the strategy looks at, by name, as it is now: kept with every signal as `meta.indicators`, for `alpha why`. */
  indicators?(): Readonly<Record<string, unknown>>;
  /** Required of strategies on ticks (`onTrade`, `onOrderBook`, `onTicker`): plain JSON, from which `restore` continues exactly. */
  snapshot?(): unknown;
  restore?(state: unknown): void;
}

export interface Strategy<Params = unknown> {
  readonly apiVersion: 1;
  readonly name: string;
  /** What signals are signed with and positions are owned by. */
  readonly label: string;
  readonly description: string;
  readonly params: z.ZodType<Params>;
  create(params: Params): StrategyInstance;
}

export interface StrategyDefinition<Schema extends z.ZodType> {
  readonly name: string;
  /** Default: the name. */
  readonly label?: string;
  readonly description?: string;
  readonly params: Schema;
  create(params: z.output<Schema>): StrategyInstance;
}

/** Recognised by shape and `apiVersion`, not by class, so that a plug-in with its own copy of core still works. */
export function defineStrategy<Schema extends z.ZodType>(
  definition: StrategyDefinition<Schema>,
): Strategy<z.output<Schema>> {
  return {
    apiVersion: 1,
    name: definition.name,
    label: definition.label ?? definition.name,
    description: definition.description ?? '',
    params: definition.params as unknown as z.ZodType<z.output<Schema>>,
    create: (params) => definition.create(params),
  };
}

import type { EpochMs } from '../events/common.js';
import type { MarketEvent } from '../events/market.js';
import type { DenialEvent, OrderEvent } from '../events/order.js';
import type { SignalEvent } from '../events/signal.js';
import type { StatusEvent } from '../events/status.js';
import type { Bar, BarKey } from '../market/bar.js';
import type { Timeframe } from '../market/timeframe.js';
import type { Strategy } from './define-strategy.js';

/** One strategy on one symbol and timeframe with fixed parameters and code: the unit that is recorded and rebuilt. */
export interface InstanceSpec {
  readonly strategy: Strategy;
  readonly params: unknown;
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Hash of the strategy's code; changed code is a new instance. */
  readonly codeHash: string;
}

/** Everything a runner can be told. Nothing else reaches a strategy. */
export type RunnerInput =
  | { readonly kind: 'market'; readonly event: MarketEvent }
  | { readonly kind: 'status'; readonly event: StatusEvent }
  | { readonly kind: 'order'; readonly event: OrderEvent | DenialEvent }
  /** Market time, told when every stream was read to its end: may close bars past end + 2 s. */
  | { readonly kind: 'clock'; readonly ts: EpochMs }
  /**
   * A closed bar of a source that has no trades (a file of bars), one timeframe per symbol, in order of close. Longer bars that instances
   * want are put together from these; bars built of trades come by themselves. `muted`: decisions on it are, it only warms up.
   */
  | { readonly kind: 'bar'; readonly bar: Bar; readonly muted?: boolean }
  /** A bar from before the instance began: feeds indicators, decisions are muted. */
  | { readonly kind: 'warmup'; readonly bar: Bar };

/**
 * What reached the strategies, in order, as the input log keeps it: enough to run every stored bar and input again in its
 * recorded place. Bars are named by key (they are stored whole beside it); order events are kept whole.
 */
export type FedInput =
  | ({ readonly kind: 'bar' | 'warmup'; readonly symbol: string; readonly timeframe: Timeframe } & BarKey)
  | { readonly kind: 'order'; readonly event: OrderEvent | DenialEvent };

/** Found while stepping: for the log, the metrics and `md:status`. */
export type RunnerNotice =
  | { readonly kind: 'gap'; readonly series: string; readonly expectedSeq: number; readonly seenSeq: number }
  | { readonly kind: 'late_trade'; readonly symbol: string; readonly ts: EpochMs }
  | { readonly kind: 'strategy_failed'; readonly instanceId: string; readonly message: string };

/** What one batch of inputs came to. Data only: the loop records it, then publishes the signals. */
export interface RunnerStep {
  readonly bars: readonly Bar[];
  readonly signals: readonly SignalRecord[];
  readonly fed: readonly FedInput[];
  readonly notices: readonly RunnerNotice[];
}

/** A signal with the keys that lead back to what caused it. */
export interface SignalRecord {
  /** `id`, and `seq` per (exchange, symbol), are always set. */
  readonly event: SignalEvent & { readonly id: string; readonly seq: number };
  readonly instanceId: string;
  /** The bar that caused it; absent for a signal caused by a tick or a fill. */
  readonly bar?: { readonly timeframe: Timeframe } & BarKey;
}

/** Plain JSON: the runner's part of the checkpoint. */
export interface RunnerSnapshot {
  readonly version: 1;
  /** Last market `seq` applied by series key. */
  readonly highWater: Readonly<Record<string, number>>;
  /** Everything else the runner keeps (open bars, targets, signal counts, snapshots of tick strategies); its own business. */
  readonly state: unknown;
}

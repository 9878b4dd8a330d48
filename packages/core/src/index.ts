export type { DeadLetter } from './bus/dead-letter.js';
export { batchOf, type EventBatch, type Run } from './bus/event-batch.js';
export type {
  Batch,
  Claim,
  Delivery,
  EntryId,
  EventBus,
  GroupLag,
  PublishResult,
  ReadOptions,
  StreamInfo,
  SubscribeOptions,
  Subscription,
  WriterId,
} from './bus/event-bus.js';
export { MemoryBus } from './bus/memory-bus.js';
export { gaugeBus, meterBus, oldestSeconds } from './bus/meter-bus.js';
export { type LostNumbers, Publisher, type PublisherOptions } from './bus/publisher.js';
export {
  MARKET_STREAMS,
  marketStreams,
  type Partition,
  parseSeriesKey,
  partitionOf,
  type Series,
  type SeriesKey,
  type StreamName,
  seriesKey,
  seriesOf,
  streamOf,
} from './bus/streams.js';
export { Decimal, type DecimalInput } from './decimal/decimal.js';
export { AlphaError, type AlphaErrorOptions } from './errors/alpha-error.js';
export { ERROR_CODES, type ErrorCode } from './errors/codes.js';
export { decodeEvent, encodeEvent, parseEvent } from './events/codec.js';
export type { EpochMs, Side } from './events/common.js';
export { CONTROL_ACTIONS, type ControlAction, type ControlEvent } from './events/control.js';
export { type AlphaEvent, alphaEvent, EVENT_SCHEMAS, type EventType } from './events/event.js';
export type { MarketEvent, MarketEventType, OrderBookEvent, TickerEvent, TradeEvent } from './events/market.js';
export {
  type DenialEvent,
  ORDER_PURPOSES,
  ORDER_REQUESTS,
  ORDER_STATUSES,
  ORDER_TYPES,
  type OrderEvent,
  type OrderPurpose,
  type OrderRequest,
  type OrderStatus,
  type OrderType,
  TIMES_IN_FORCE,
  type TimeInForce,
} from './events/order.js';
export {
  type Protect,
  type ProtectLevel,
  SIGNAL_ACTIONS,
  type SignalAction,
  type SignalEvent,
} from './events/signal.js';
export { ALL_SYMBOLS, STATUS_STATES, type StatusEvent } from './events/status.js';
export type { TradingStateEvent } from './events/trading-state.js';
export type {
  Credentials,
  ExchangeAdapter,
  ExchangeCapabilities,
  ExchangeContext,
  ExchangeEndpoints,
  MarketClockReading,
} from './exchange/adapter.js';
export type {
  Balance,
  Broker,
  BrokerUpdate,
  ExchangeFill,
  ExchangeOrder,
  ExchangePosition,
  Margin,
  OrderChange,
  OrderKind,
} from './exchange/broker.js';
export { FeedFreshness, type FeedFreshnessOptions } from './exchange/feed-freshness.js';
export {
  LOCKSTEP_ROLES,
  type LockstepMember,
  type LockstepRole,
  type LockstepTurn,
} from './exchange/lockstep.js';
export type { ChannelSilence, FeedSubscription, MarketFeed } from './exchange/market-feed.js';
export type { ExchangeStatus, MarketHistory } from './exchange/market-history.js';
export type { TradeArchive, TradeFile, TradeFileBytes } from './exchange/trade-archive.js';
export type { Books, OpenOrder } from './execution/books.js';
export { compareBooks, type Difference, differenceKey, type ExchangeView } from './execution/compare-books.js';
export { Executor } from './execution/executor.js';
export type {
  EquityRecord,
  ExecutorAction,
  ExecutorConfig,
  ExecutorInput,
  ExecutorNotice,
  ExecutorStep,
  FillRecord,
  PositionRecord,
  StepTime,
  SymbolSweep,
  TimedExecutorInput,
  VerdictRecord,
} from './execution/executor-types.js';
export { gaugeBooks } from './execution/gauge-books.js';
export type { OrderPolicy } from './execution/policies/order-policy.js';
export type { Protection } from './execution/protection/guard.js';
export type { Sizing } from './execution/sizing/size-entry.js';
export { type Instrument, roundPrice, roundSize, type SizeProblem, sizeProblem } from './instrument/instrument.js';
export { Ledger, type LedgerSnapshot } from './ledger/ledger.js';
export type { Lot } from './ledger/lot.js';
export { type Bar, type BarKey, type BarSeries, barKeyOf, compareBarKeys } from './market/bar.js';
export { type BarBuilder, type BarBuilderSnapshot, openBarBuilder } from './market/bar-builder.js';
export { DataAgeWatch, type SilenceLimits } from './market/data-age-watch.js';
export { mergeBars } from './market/merge-bars.js';
export { RecentTrades } from './market/recent-trades.js';
export { CLOCK_GRACE_MS, TimeBarBuilder, type TimeBarSnapshot } from './market/time-bar-builder.js';
export {
  type BarRule,
  barRule,
  compareTimeframes,
  divides,
  intervalStart,
  isTimed,
  parseTimeframe,
  type Timeframe,
  timeframeMs,
} from './market/timeframe.js';
export { TradeBarBuilder, type TradeBarSnapshot } from './market/trade-bar-builder.js';
export { clientOrderId } from './orders/client-order-id.js';
export {
  type ClientOrderId,
  type ExchangeOrderId,
  type Fill,
  type Order,
  type OrderOf,
  type OrderTerms,
  workingPrice,
} from './orders/order.js';
export { canTransition, isFinal, TRANSITIONS } from './orders/transitions.js';
export { barEntries, type EntryRange, entriesOf } from './record/bar-entries.js';
export {
  type ExecutionBeginning,
  type ExecutionLogEntry,
  eventIdsOf,
  readConfig,
  readExecutorInputs,
} from './record/execution-log.js';
export {
  type LoggedOrder,
  type LoggedRange,
  type LoggedRead,
  type LoggedSeqs,
  metAgain,
} from './record/logged-read.js';
export type { StreamEvent } from './record/merge-streams.js';
export { runnerInputs } from './record/runner-inputs.js';
export {
  BarReader,
  rebuildRecords,
  type StrategyBeginning,
  type StrategyLogEntry,
} from './record/strategy-log.js';
export type { ApprovedOrder } from './risk/approved-order.js';
export type {
  Check,
  CheckResult,
  Exposure,
  Intent,
  Opening,
  Prices,
  ProtectiveLevels,
  RiskView,
  WorkingOrder,
} from './risk/check.js';
export { DENIAL_REASONS, type DenialCode } from './risk/denial.js';
export { CHECKS, RiskGate, type Verdict } from './risk/gate.js';
export { HALT_CAUSES, type HaltCause, TRADING_STATES, type TradingState } from './risk/halt-causes.js';
export { defaultLimits, type RiskLimits } from './risk/limits.js';
export { type Halt, type Halts, stateOf, TradingStates } from './risk/trading-states.js';
export type { BrainLocks, LockHolder, LockName, LockSession, Refusal } from './store/brain-locks.js';
export { MemoryStore } from './store/memory/memory-store.js';
export { meterStore } from './store/meter-store.js';
export { DAY_MS, dayOf, type RawEventQuery, type RawSegment, type SeqRange, startOfDay } from './store/raw-events.js';
export type {
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
} from './store/store.js';
export {
  defineStrategy,
  type SignalOptions,
  type Strategy,
  type StrategyContext,
  type StrategyDefinition,
  type StrategyInstance,
  type TargetPosition,
} from './strategy/define-strategy.js';
export { instanceIdOf } from './strategy/instance-id.js';
export { parseParams } from './strategy/parse-params.js';
export type { RebuildRecord } from './strategy/rebuild.js';
export type { StrategyRunnerOptions, WarmupNeed } from './strategy/runner-options.js';
export type {
  FedInput,
  InstanceSpec,
  RunnerInput,
  RunnerNotice,
  RunnerSnapshot,
  RunnerStep,
  SignalRecord,
} from './strategy/runner-types.js';
export { StrategyRunner } from './strategy/strategy-runner.js';
export { type Clock, ManualClock } from './telemetry/clock.js';
export { type LogAppender, type LogRecord, LogSink, type LogSinkOptions } from './telemetry/log-sink.js';
export { type Logger, silentLogger } from './telemetry/logger.js';
export { METRICS, type MetricName } from './telemetry/metric-names.js';
export {
  type Labels,
  type MetricSample,
  type Metrics,
  MetricsRegistry,
  silentMetrics,
} from './telemetry/metrics.js';

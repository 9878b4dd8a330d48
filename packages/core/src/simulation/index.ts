export { lastRoll } from '../instrument/holding-fee.js';
export { type Level, STALE_BOOK_MS } from './depth.js';
export { draws } from './draws.js';
export {
  ORDER_KINDS,
  rejectionText,
  requestOf,
  shownFill,
  shownOrder,
  shownPosition,
} from './exchange-view.js';
export {
  ASSUMED_LATENCY,
  type Delay,
  delaysOf,
  isInstant,
  type Latency,
  LEGS,
  type Leg,
  NO_LATENCY,
} from './latency.js';
export { parseLatencyFile } from './latency-file.js';
export { defaultLosscutPrice } from './losscut-price.js';
export { MARKET_FILLS, type MarketFill, queueOf } from './market-fill.js';
export type { SelfTradeVictim } from './matching.js';
export { PaperBroker, type PaperBrokerOptions } from './paper-broker.js';
export { type BestPrices, PlayedMarket } from './played-market.js';
export { QUEUE_MODELS, type QueueModel } from './queue.js';
export {
  SimulatedExchange,
  type SimulatedExchangeOptions,
} from './simulated-exchange.js';
export type { SimulatedExchangeSnapshot } from './snapshot-up-to-date.js';
export type {
  AmendOutcome,
  CancelOutcome,
  HoldingFee,
  LosscutOutcome,
  LotShare,
  MarginCallStatus,
  MarginState,
  OrderAmendment,
  PlaceOutcome,
  Rejection,
  SimulatedChange,
  SimulatedFill,
  SimulatedLot,
  SimulatedOrder,
  SimulatedRequest,
  SimulationReport,
} from './types.js';
export type { BulkClose, FeeRounding, LeverageRules, Slippage } from './venue.js';

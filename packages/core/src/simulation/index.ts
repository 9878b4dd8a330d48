export type { Level } from './depth.js';
export { PaperBroker, type PaperBrokerOptions } from './paper-broker.js';
export {
  type FeeRounding,
  SimulatedExchange,
  type SimulatedExchangeOptions,
  type SimulatedExchangeSnapshot,
} from './simulated-exchange.js';
export type {
  CancelOutcome,
  MarginState,
  PlaceOutcome,
  Rejection,
  SimulatedFill,
  SimulatedLot,
  SimulatedOrder,
  SimulatedRequest,
  SimulationReport,
} from './types.js';

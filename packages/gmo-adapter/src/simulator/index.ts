export type { ExchangeState } from './exchange-state.js';
export type { FaultRecord } from './faults/active-fault.js';
export type { Fault, FaultKind, FaultText } from './faults/fault.js';
export {
  type FaultScript,
  type FaultScriptText,
  parseFaultScript,
  readFaultScript,
} from './faults/fault-script.js';
export type { TapeOrigin } from './market-clock.js';
export type { GmoSimulator, GmoSimulatorOptions, MarketRecord, SimulatorClock } from './options.js';
export { PERMISSIONS, type Permission } from './permissions.js';
export { startGmoSimulator } from './server.js';
export type { Counts, SimulatorStats } from './stats.js';
export { type StillTapeOptions, stillTape } from './still-tape.js';
export {
  DEFAULT_SWITCHES,
  DEFAULT_TIMINGS,
  type SimulatorSwitches,
  type SimulatorTimings,
} from './switches.js';
export {
  defaultTapePath,
  loadTape,
  readTape,
  type Tape,
  type TapeHeader,
  type TapeLevel,
  type TapeRecord,
} from './tape.js';

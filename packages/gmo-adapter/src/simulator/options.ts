import type { Clock, Logger } from '@alpha-engine/core';
import type { SimulatedExchange } from '@alpha-engine/core/simulation';
import type { ExchangeState } from './exchange-state.js';
import type { FaultText } from './faults/fault.js';
import type { FaultScriptText } from './faults/fault-script.js';
import type { TapeOrigin } from './market-clock.js';
import type { Permission } from './permissions.js';
import type { SimulatorStats } from './stats.js';
import type { SimulatorSwitches, SimulatorTimings } from './switches.js';
import type { Tape, TapeHeader, TapeRecord } from './tape.js';

export interface GmoSimulatorOptions {
  /** A tape or its path. Default: the one that comes with the package. */
  readonly tape?: string | Tape;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Market milliseconds per wall millisecond; default 1. */
  readonly speed?: number;
  /** What the tape's start becomes in market time; default `now`. */
  readonly origin?: TapeOrigin;
  /** Market time stands still until so many public channel subscriptions are active; default 0, do not wait. */
  readonly hold?: number;
  /** How often the tape is played, one round after the other; `Infinity` is without end. Default 1: time goes on, data stop. */
  readonly rounds?: number;
  /** Market time goes on only when a collector and an engine have acted; `speed` is without meaning then, and faults are refused. */
  readonly lockstep?: boolean;
  /** The one account's key. Default `simulator-key` and `simulator-secret`. */
  readonly apiKey?: string;
  readonly apiSecret?: string;
  /** What that key may do. Default: everything. */
  readonly permissions?: readonly Permission[];
  /** By asset; default one million yen. */
  readonly balances?: Readonly<Record<string, string>>;
  readonly switches?: Partial<SimulatorSwitches>;
  readonly timings?: Partial<SimulatorTimings>;
  /** What shall go wrong, and when. Default: nothing. */
  readonly faults?: FaultScriptText;
  readonly logger?: Logger;
  /** Default: this machine's. */
  readonly wallClock?: Clock;
}

/** A record of a tape whose time is now. */
export type MarketRecord = TapeRecord extends infer Record
  ? Record extends TapeRecord
    ? Omit<Record, 'ts'>
    : never
  : never;

/** Body of `GET /sim/clock`. `speed` is 0 while held, and in lockstep. */
export interface SimulatorClock {
  readonly wallTs: number;
  readonly marketTs: number;
  readonly speed: number;
  readonly held: boolean;
  readonly ended: boolean;
  readonly lockstep: boolean;
}

export interface GmoSimulator {
  readonly port: number;
  /** Put `/public` or `/private` behind it. */
  readonly restBaseUrl: string;
  readonly wsPublicUrl: string;
  /** Put `/<token>` behind it. */
  readonly wsPrivateUrl: string;
  readonly tape: TapeHeader;
  /** The matching engine, for tests that compare books. */
  readonly exchange: SimulatedExchange;
  clock(): SimulatorClock;
  stats(): SimulatorStats;
  /** Maintenance, announced or not, wipes the tokens and cuts every socket. */
  setExchangeState(state: ExchangeState): void;
  /** What the key may do from now on; sockets keep the permissions their token was issued with. */
  setPermissions(permissions: readonly Permission[]): void;
  /** Cuts every open socket, as a lost connection does. */
  dropSockets(): void;
  /** Plays one record now, beside the tape. `TAPE_INVALID` for a symbol that is not on it. */
  play(record: MarketRecord): void;
  /** Sends this text as a frame to every public socket, whatever it is. */
  sendFrame(text: string): void;
  /** Adds a fault; its times count from now. Gives its number. Throws `FAULTS_INVALID`. */
  injectFault(fault: FaultText): number;
  /** Ends the fault of this number, or all. */
  endFaults(number?: number): void;
  /** Stops everything and frees the port. */
  close(): Promise<void>;
}

import type { EpochMs } from '@alpha-engine/core';
import type { SimulatedExchange, SimulationReport } from '@alpha-engine/core/simulation';
import type { SocketTokens } from './auth.js';
import type { Answer } from './envelopes.js';
import type { ExchangeState } from './exchange-state.js';
import type { SimulatorSwitches } from './switches.js';

export interface PrivateRestContext {
  readonly exchange: SimulatedExchange;
  readonly tokens: SocketTokens;
  readonly switches: SimulatorSwitches;
  /** Market time. */
  now(): EpochMs;
  exchangeStatus(): ExchangeState;
}

export interface PrivateRequest {
  readonly method: string;
  /** From `/v1` on. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

/** An answer, and what the request made happen at the exchange. */
export interface PrivateReply {
  readonly answer: Answer;
  readonly reports: readonly SimulationReport[];
}

import type { EpochMs } from '../events/common.js';
import type { Instrument } from '../instrument/instrument.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { Broker } from './broker.js';
import type { LockstepMember } from './lockstep.js';
import type { MarketFeed } from './market-feed.js';
import type { MarketHistory } from './market-history.js';
import type { TradeArchive } from './trade-archive.js';

export interface ExchangeCapabilities {
  /** Timeframes and order kinds are asked of the parts themselves; this is what no part can tell. */
  readonly clientOrderIds: boolean;
  readonly leverage: boolean;
  readonly spot: boolean;
}

export interface ExchangeEndpoints {
  /** Default: the real exchange. */
  readonly wsPublicUrl?: string;
  readonly wsPrivateUrl?: string;
  readonly restBaseUrl?: string;
}

export interface ExchangeContext {
  readonly endpoints: ExchangeEndpoints;
  readonly logger: Logger;
  readonly marketClock: Clock;
  readonly wallClock: Clock;
  /** Default: nothing is measured. */
  readonly metrics?: Metrics;
  /** Ends REST reads when it aborts, for a start that may be called off. Cancels and placements never end early. */
  readonly signal?: AbortSignal;
}

export interface Credentials {
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** One exchange: its parts, and what it can do. Adding an exchange is writing one of these. */
export interface ExchangeAdapter {
  readonly name: string;
  readonly capabilities: ExchangeCapabilities;
  /** Trading rules as they were when this version was made, for those who must not ask the exchange: a back-test. Default: none. */
  readonly knownInstruments?: readonly Instrument[];
  marketFeed(context: ExchangeContext): MarketFeed;
  history(context: ExchangeContext): MarketHistory;
  /** Files of past trades, where the exchange publishes them. */
  tradeArchive?(context: Pick<ExchangeContext, 'endpoints'>): TradeArchive;
  broker(context: ExchangeContext, credentials: Credentials): Broker;
  /**
   * Difference between market time and wall time: `market = anchorMarket + (wall - anchorWall) * speed`. A real exchange has
   * speed 1; our simulator tells its own. Measured over REST.
   */
  measureClock(context: ExchangeContext): Promise<MarketClockReading>;
  /** Takes part in a market whose clock reading says `lockstep`, until `signal` aborts. Resolves once it has joined. */
  joinLockstep?(context: ExchangeContext, member: LockstepMember, signal: AbortSignal): Promise<void>;
}

export interface MarketClockReading {
  readonly anchorWallTs: EpochMs;
  readonly anchorMarketTs: EpochMs;
  readonly speed: number;
  /** Half of the round trip: how far off the reading may be, milliseconds of wall time. */
  readonly uncertaintyMs: number;
  /** True when a simulator told it: its market time differs from ours on purpose. */
  readonly simulated?: boolean;
  /** True when market time stands still until whoever takes part has acted; see `joinLockstep`. */
  readonly lockstep?: boolean;
}

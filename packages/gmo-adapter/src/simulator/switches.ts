/**
 * What no source confirms about the exchange, as choices with a default. docs/simulator.md has the same table.
 */
export interface SimulatorSwitches {
  /** How far API-TIMESTAMP may be off, either way, wall milliseconds. */
  readonly timestampWindowMs: number;
  /** Public REST requests a second and address; null: no limit is published, none is applied. */
  readonly publicRestPerSecond: number | null;
  /** Public and private sockets of one address share the one command a second. */
  readonly sharedSocketBudget: boolean;
  /** What an open private socket sees when its token expires, is deleted or evicted. */
  readonly tokenEnd: 'stays_open' | 'closes';
  /** HTTP status of a socket handshake with an unknown token. */
  readonly badTokenStatus: number;
  /** HTTP status of ERR-5201 on REST. */
  readonly maintenanceStatus: number;
  /** Private frames of a request leave before its REST reply, after it, or one or the other by a seeded draw. */
  readonly framesVersusReply: 'before' | 'after' | 'random';
  /** Seed of that draw. */
  readonly seed: number;
  /** Market orders are announced on `orderEvents` by a NOR frame. */
  readonly marketOrderNor: boolean;
  /** `msgType` of an expiry on `orderEvents`. */
  readonly expiryMsgType: 'ER' | 'COR';
  /** `positionSummaryEvents` begins with an INIT frame for each open side. */
  readonly summaryInit: boolean;
  /** `settleType` shown for a spot sell. */
  readonly spotSellSettleType: 'OPEN' | 'CLOSE';
  /** Spelling of leverage symbols in account/tradingVolume. */
  readonly volumeSymbol: 'slash' | 'underscore';
  /** Ticker volume counts both printed rows of a match, as kline volume does. */
  readonly tickerVolumeDoubled: boolean;
  /** How a fee becomes whole yen. */
  readonly feeRounding: 'nearest' | 'towards_zero' | 'none';
  /** A JSON field that an endpoint does not know. */
  readonly unknownFields: 'refused' | 'ignored';
  /** Sizes and prices may be JSON numbers; else they must be text, as documented. */
  readonly jsonNumbers: boolean;
  /** Limit orders may be FAK: the two descriptions there are disagree. */
  readonly limitFak: boolean;
  /** Which of two own orders expires when they would trade with each other. */
  readonly selfTradeVictim: 'newer' | 'older';
  /** Which lots a `closeBulkOrder` closes first. */
  readonly bulkClose: 'oldest_first' | 'newest_first';
  /** Everything is closed by force at this margin ratio, percent. */
  readonly accountLosscutPercent: number;
  /** ERR-635 above so many active orders; null: no limit. */
  readonly mostActiveOrders: number | null;
  /** ERR-5206 after so many changes of one order; null: no limit. */
  readonly mostChanges: number | null;
  /** Order of paged lists (activeOrders, executions, openPositions). */
  readonly listOrder: 'newest_first' | 'oldest_first';
  /** Sockets offer permessage-deflate, as the exchange does. */
  readonly deflate: boolean;
}

export const DEFAULT_SWITCHES: SimulatorSwitches = {
  timestampWindowMs: 5_000,
  publicRestPerSecond: null,
  sharedSocketBudget: false,
  tokenEnd: 'stays_open',
  badTokenStatus: 401,
  maintenanceStatus: 503,
  framesVersusReply: 'random',
  seed: 1,
  marketOrderNor: true,
  expiryMsgType: 'ER',
  summaryInit: true,
  spotSellSettleType: 'OPEN',
  volumeSymbol: 'slash',
  tickerVolumeDoubled: false,
  feeRounding: 'nearest',
  unknownFields: 'refused',
  jsonNumbers: false,
  limitFak: true,
  selfTradeVictim: 'newer',
  bulkClose: 'oldest_first',
  accountLosscutPercent: 50,
  mostActiveOrders: null,
  mostChanges: null,
  listOrder: 'newest_first',
  deflate: true,
};

/** Wall-clock periods the exchange publishes or was seen to keep. Tests shorten them. */
export interface SimulatorTimings {
  /** Server ping. */
  readonly pingMs: number;
  /** One socket command of an address in this time. */
  readonly commandMs: number;
  /** The same public REST address is answered from a cache for so long; a value that changes in its query passes the cache by. */
  readonly publicCacheMs: number;
  /** A socket without traffic in either direction is dropped after this. */
  readonly idleMs: number;
  /** Life of a socket token, from issue or extension. */
  readonly tokenMs: number;
  /** PERIODIC push of positionSummaryEvents. */
  readonly summaryMs: number;
}

export const DEFAULT_TIMINGS: SimulatorTimings = {
  pingMs: 60_000,
  commandMs: 1_000,
  publicCacheMs: 1_000,
  idleMs: 60_000,
  tokenMs: 3_600_000,
  summaryMs: 5_000,
};

import type { Decimal } from '../decimal/decimal.js';

/** What an account may do at most. Money in the quote currency, fractions of 1, times in milliseconds of market time. */
export interface RiskLimits {
  /** Value of one order. */
  readonly maxOrderValue: Decimal;
  /** Value of positions and unfilled openings of one symbol, one strategy, and all together. */
  readonly maxSymbolExposure: Decimal;
  readonly maxStrategyExposure: Decimal;
  readonly maxAccountExposure: Decimal;
  /** Unfinished orders of one symbol, protective ones included. */
  readonly maxOpenOrders: number;
  /** Openings of the whole account within a minute. */
  readonly maxOrdersPerMinute: number;
  /** How far a price may be off the market; 0.05 is 5 %. */
  readonly maxPriceDeviation: number;
  /** Fall of the equity since the business day began. */
  readonly maxDailyLoss: Decimal;
  /** When the business day begins, after midnight UTC; may be negative. */
  readonly dayStartMs: number;
  /** Trades of a symbol lost in a row that stop its openings; null: any number. */
  readonly maxLosingStreak: number | null;
  /** How long a symbol opens nothing after a lost trade; 0: not at all. */
  readonly lossCooldownMs: number;
  /** Signals with less are denied. */
  readonly minConfidence: number;
  /** Between this machine's clock and the exchange's, milliseconds of wall time. */
  readonly maxClockSkewMs: number;
  /** Requests that the exchange did not serve, within a minute of wall time, which stop openings. */
  readonly maxExchangeErrors: number;
}

/** GMO Coin's business day begins at 06:00 in Japan. */
const SIX_IN_JAPAN_MS = (6 - 9) * 3_600_000;

/** What holds where nothing else is said: at most what the capital pays for at leverage 2. */
export function defaultLimits(capital: Decimal): RiskLimits {
  const twice = capital.times(2);
  return {
    maxOrderValue: capital,
    maxSymbolExposure: twice,
    maxStrategyExposure: twice,
    maxAccountExposure: twice,
    maxOpenOrders: 20,
    maxOrdersPerMinute: 120,
    maxPriceDeviation: 0.05,
    maxDailyLoss: capital.times('0.1'),
    dayStartMs: SIX_IN_JAPAN_MS,
    maxLosingStreak: null,
    lossCooldownMs: 0,
    minConfidence: 0,
    maxClockSkewMs: 1_000,
    maxExchangeErrors: 20,
  };
}

import type { EpochMs } from '../events/common.js';
import type { TickerEvent, TradeEvent } from '../events/market.js';
import type { Instrument } from '../instrument/instrument.js';
import type { Bar } from '../market/bar.js';
import type { Timeframe } from '../market/timeframe.js';

export type ExchangeStatus = 'open' | 'preopen' | 'maintenance';

/** What the exchange's public REST side tells. Throws `EXCHANGE_*` errors. */
export interface MarketHistory {
  status(): Promise<ExchangeStatus>;
  instruments(): Promise<readonly Instrument[]>;
  tickers(): Promise<readonly TickerEvent[]>;
  /** Newest trades, oldest first, one per match where the exchange tells; at most `limit`. */
  recentTrades(symbol: string, limit: number): Promise<readonly TradeEvent[]>;
  /** Timeframes that `bars` can serve. */
  readonly timeframes: readonly Timeframe[];
  /** Closed bars with `from <= openTs < to`, ascending. Intervals without trades have none. */
  bars(symbol: string, timeframe: Timeframe, from: EpochMs, to: EpochMs): Promise<readonly Bar[]>;
}

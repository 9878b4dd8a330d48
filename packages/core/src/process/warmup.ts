import type { EpochMs } from '../events/common.js';
import type { MarketHistory } from '../exchange/market-history.js';
import type { Bar } from '../market/bar.js';
import { mergeBars } from '../market/merge-bars.js';
import { compareTimeframes, divides, intervalStart, type Timeframe, timeframeMs } from '../market/timeframe.js';
import type { Store } from '../store/store.js';
import type { RunnerInput } from '../strategy/runner-types.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';

export interface WarmupSources {
  readonly exchange: string;
  readonly store: Store;
  readonly history?: MarketHistory;
  readonly marketClock: Clock;
  readonly logger: Logger;
  /** Time of the first event the brain will read from the bus; bars from there on it builds itself. Default: now. */
  readonly readsFrom?: EpochMs;
  /** Calls the warm-up off: it then throws the reason. */
  readonly signal?: AbortSignal;
}

export interface WarmupNeed {
  readonly instanceId: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly bars: number;
}

/**
 * Bars from before a new instance began, in order of close: from the Store, and where it has too few from the exchange's history, put
 * together from shorter ones where it does not serve the timeframe. Of trades, volume and value only the Store has bars. Fewer than needed is not an error: the instance then waits for live bars.
 */
export async function warmupInputs(needs: readonly WarmupNeed[], sources: WarmupSources): Promise<RunnerInput[]> {
  const series = new Map(needs.map((need) => [`${need.symbol}|${need.timeframe}`, need]));
  const bars: Bar[] = [];
  for (const [key, { symbol, timeframe }] of series) {
    const wanted = Math.max(
      ...needs.filter((need) => `${need.symbol}|${need.timeframe}` === key).map((need) => need.bars),
    );
    const found = await closedBars(symbol, timeframe, wanted, sources);
    sources.logger.info({ symbol, timeframe, wanted, found: found.length }, 'warm-up bars');
    bars.push(...found);
  }
  // As they closed: a strategy on several timeframes sees each of them against the others.
  bars.sort((a, b) => a.closeTs - b.closeTs || compareTimeframes(a.timeframe, b.timeframe));
  return bars.map((bar) => ({ kind: 'warmup', bar }));
}

async function closedBars(
  symbol: string,
  timeframe: Timeframe,
  wanted: number,
  sources: WarmupSources,
): Promise<readonly Bar[]> {
  if (wanted <= 0) return [];
  const { exchange, store, history, marketClock, logger, signal } = sources;
  signal?.throwIfAborted();
  const stored = await store.bars({ exchange, symbol, timeframe, limit: wanted });
  const served = history && servedTimeframe(history.timeframes, timeframe);
  if (stored.length >= wanted || history === undefined || served === undefined) return stored;
  const to = intervalStart(timeframe, sources.readsFrom ?? marketClock.now());
  // Intervals without trades have no bar, so look back further than the count alone would say.
  const from = to - timeframeMs(timeframe) * wanted * 3;
  try {
    const bars = await history.bars(symbol, served, from, to);
    return (served === timeframe ? bars : mergeBars(bars, timeframe)).slice(-wanted);
  } catch (error) {
    signal?.throwIfAborted();
    logger.warn(
      { symbol, timeframe, error: String(error) },
      'The exchange gave no warm-up bars; the strategy waits for live ones.',
    );
    return stored;
  }
}

/** The longest of those that are served of which this one can be made. */
function servedTimeframe(served: readonly Timeframe[], timeframe: Timeframe): Timeframe | undefined {
  if (served.includes(timeframe)) return timeframe;
  return served
    .filter((each) => divides(each, timeframe))
    .sort(compareTimeframes)
    .at(-1);
}

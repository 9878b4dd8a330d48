import type { EpochMs } from '../events/common.js';
import type { MarketHistory } from '../exchange/market-history.js';
import type { Bar } from '../market/bar.js';
import { intervalStart, type Timeframe, timeframeMs } from '../market/timeframe.js';
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
 * Bars from before a new instance began, oldest first: from the Store, and where it has too few and the exchange serves the
 * timeframe, from its history. Fewer than needed is not an error: the instance then waits for live bars.
 */
export async function warmupInputs(needs: readonly WarmupNeed[], sources: WarmupSources): Promise<RunnerInput[]> {
  const inputs: RunnerInput[] = [];
  const series = new Map(needs.map((need) => [`${need.symbol}|${need.timeframe}`, need]));
  for (const [key, { symbol, timeframe }] of series) {
    const wanted = Math.max(
      ...needs.filter((need) => `${need.symbol}|${need.timeframe}` === key).map((need) => need.bars),
    );
    const bars = await closedBars(symbol, timeframe, wanted, sources);
    sources.logger.info({ symbol, timeframe, wanted, found: bars.length }, 'warm-up bars');
    for (const bar of bars) inputs.push({ kind: 'warmup', bar });
  }
  return inputs;
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
  if (stored.length >= wanted || !history?.timeframes.includes(timeframe)) return stored;
  const to = intervalStart(timeframe, sources.readsFrom ?? marketClock.now());
  // Intervals without trades have no bar, so look back further than the count alone would say.
  const from = to - timeframeMs(timeframe) * wanted * 3;
  try {
    const bars = await history.bars(symbol, timeframe, from, to);
    return bars.slice(-wanted);
  } catch (error) {
    signal?.throwIfAborted();
    logger.warn(
      { symbol, timeframe, error: String(error) },
      'The exchange gave no warm-up bars; the strategy waits for live ones.',
    );
    return stored;
  }
}

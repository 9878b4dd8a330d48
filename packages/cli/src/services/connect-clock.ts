import type { ExchangeAdapter, ExchangeContext } from '@alpha-engine/core';
import { MarketClock } from '@alpha-engine/core/process';
import { checkClock } from './check-clock.js';

export interface ClockRequest {
  readonly adapter: ExchangeAdapter;
  readonly context: Omit<ExchangeContext, 'marketClock' | 'signal'>;
  readonly maxClockSkewMs: number;
  /** Calls the first measurement off. */
  readonly stop: AbortSignal;
  /** Ends the measuring. */
  readonly ended: AbortSignal;
}

/** The exchange's clock, measured now and from time to time. Throws `EXCHANGE_*`, or `CLOCK_SKEW` when ours is too far from it. */
export async function connectClock(request: ClockRequest): Promise<MarketClock> {
  const { adapter, context, maxClockSkewMs, stop, ended } = request;
  const { logger, wallClock } = context;
  let signal = AbortSignal.any([stop, ended]);
  const measure = () => adapter.measureClock({ ...context, marketClock: wallClock, signal });
  const clock = await MarketClock.start({ measure, wallClock, logger, signal: ended });
  // A process that is stopping still tells the time.
  signal = ended;
  checkClock(clock.reading, maxClockSkewMs);
  return clock;
}

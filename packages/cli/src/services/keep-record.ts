import type { Clock, Logger, Store } from '@alpha-engine/core';
import { runRetention } from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import { wallClock } from './wall-clock.js';

/** Removes old rows from the record in the background; answers how to end that. */
export function keepRecord(config: Config, store: Store, marketClock: Clock, logger: Logger): () => Promise<void> {
  const stop = new AbortController();
  const { equityDetailDays: equityDays, inputRetentionDays: inputDays, logRetentionDays: logDays } = config;
  const running = runRetention({ store, logger, marketClock, wallClock, equityDays, inputDays, logDays }, stop.signal);
  return () => {
    stop.abort();
    return running;
  };
}

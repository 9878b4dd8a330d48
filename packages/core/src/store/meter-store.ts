import { AlphaError } from '../errors/alpha-error.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { StepRecord, Store } from './store.js';

/** The same store, measured at its commits: how long they take, and what the brains decided and did. */
export function meterStore(store: Store, metrics: Metrics): Store {
  return {
    ...store,
    async commit(record) {
      const { brain } = record;
      const begun = performance.now();
      try {
        await store.commit(record);
      } catch (error) {
        const code = AlphaError.is(error) ? error.code : 'UNEXPECTED';
        metrics.count('alpha_store_commit_failures_total', 1, { brain, code });
        throw error;
      } finally {
        metrics.observe('alpha_store_commit_seconds', (performance.now() - begun) / 1000, { brain });
      }
      metrics.count('alpha_store_commits_total', 1, { brain });
      count(record, metrics);
    },
  };
}

function count({ bars, signals, orderEvents, fills }: StepRecord, metrics: Metrics): void {
  for (const { symbol, timeframe } of bars ?? []) metrics.count('alpha_engine_bars_total', 1, { symbol, timeframe });
  for (const { event } of signals ?? []) {
    const { symbol, strategy, action } = event;
    metrics.count('alpha_engine_signals_total', 1, { symbol, strategy, action });
  }
  for (const { symbol, ...event } of orderEvents ?? []) {
    if (event.type === 'denial') metrics.count('alpha_engine_denials_total', 1, { symbol, code: event.data.code });
    else metrics.count('alpha_engine_order_events_total', 1, { symbol, status: event.data.status });
  }
  for (const { fill } of fills ?? []) {
    metrics.count('alpha_engine_fills_total', 1, { symbol: fill.symbol, side: fill.side });
  }
}

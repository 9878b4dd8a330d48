import type { Metrics } from '../telemetry/metrics.js';
import type { Books } from './books.js';

/** Sets the gauges of positions and equity. Money as a number: near enough to look at. */
export function gaugeBooks({ equity, positions }: Books, metrics: Metrics): void {
  for (const { symbol, strategy, size } of positions) {
    metrics.set('alpha_engine_position_size', Number(size.toString()), { symbol, strategy });
  }
  metrics.set('alpha_engine_equity', Number(equity.equity.toString()));
  metrics.set('alpha_engine_realized_pnl', Number(equity.realizedPnl.toString()));
  metrics.set('alpha_engine_unrealized_pnl', Number(equity.unrealizedPnl.toString()));
  metrics.set('alpha_engine_fees', Number(equity.fees.toString()));
  metrics.set('alpha_engine_drawdown_ratio', Number(equity.drawdown.toString()));
}

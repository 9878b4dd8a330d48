import { ALL_SYMBOLS } from '../events/status.js';
import { TRADING_STATES } from '../risk/halt-causes.js';
import { stateOf, TradingStates } from '../risk/trading-states.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { Books } from './books.js';

/** Sets the gauges of positions, equity and trading states. Money as a number: near enough to look at. */
export function gaugeBooks({ equity, halts, positions, symbols }: Books, metrics: Metrics): void {
  for (const { symbol, strategy, size } of positions) {
    metrics.set('alpha_engine_position_size', Number(size.toString()), { symbol, strategy });
  }
  const states = new TradingStates(halts);
  for (const symbol of [ALL_SYMBOLS, ...symbols]) {
    metrics.set('alpha_engine_trading_state', TRADING_STATES.indexOf(stateOf(states.over(symbol))), { symbol });
  }
  metrics.set('alpha_engine_equity', Number(equity.equity.toString()));
  metrics.set('alpha_engine_realized_pnl', Number(equity.realizedPnl.toString()));
  metrics.set('alpha_engine_unrealized_pnl', Number(equity.unrealizedPnl.toString()));
  metrics.set('alpha_engine_fees', Number(equity.fees.toString()));
  metrics.set('alpha_engine_drawdown_ratio', Number(equity.drawdown.toString()));
}

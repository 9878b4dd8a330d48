import type { BarSeries } from './bar.js';
import { TimeBarBuilder, type TimeBarSnapshot } from './time-bar-builder.js';
import { barRule } from './timeframe.js';
import { TradeBarBuilder, type TradeBarSnapshot } from './trade-bar-builder.js';

/** Builds the bars of one series from its trades, one at a time. */
export type BarBuilder = TimeBarBuilder | TradeBarBuilder;

/** Plain JSON. */
export type BarBuilderSnapshot = TimeBarSnapshot | TradeBarSnapshot;

/** Throws `UNKNOWN_TIMEFRAME`. */
export function openBarBuilder(series: BarSeries, snapshot?: BarBuilderSnapshot): BarBuilder {
  const rule = barRule(series.timeframe);
  return rule.kind === 'time'
    ? new TimeBarBuilder(series, snapshot as TimeBarSnapshot | undefined)
    : new TradeBarBuilder(series, rule, snapshot as TradeBarSnapshot | undefined);
}

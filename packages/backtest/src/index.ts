export type { BarField } from './data/bar-columns.js';
export { type BarSource, type DataKind, type DataProvenance, type RowFaults, seemLonger } from './data/bar-source.js';
export { CsvBars, type CsvBarsOptions } from './data/csv-bars.js';
export { EventFiles, type EventFilesOptions } from './data/event-files.js';
export type { EventPlace, EventSource } from './data/event-source.js';
export { longerBars } from './data/longer-bars.js';
export { mergeBars } from './data/merge-bars.js';
export { MergedEvents } from './data/merged-events.js';
export { type DataOptions, openData, symbolIn } from './data/open-data.js';
export { DATA_FIELDS } from './data/open-rows.js';
export { parseOffset, parseTime, type WrittenTime } from './data/parse-time.js';
export { ReadEvents, type ReadEventsOptions } from './data/read-events.js';
export { faultText, linesText } from './data/row-faults.js';
export { FILL_MODELS, type FillModel, type FillOptions } from './fills/fill-model.js';
export { type DailySeries, dailyEquity } from './metrics/daily.js';
export { type Drawdown, drawdownsOf } from './metrics/drawdowns.js';
export type { PartMetrics } from './metrics/part-metrics.js';
export {
  type PerformanceInput,
  type PerformanceMetrics,
  performanceMetrics,
  type TradeFigures,
  type TradeMetrics,
  tradeMetrics,
} from './metrics/performance.js';
export { type AgainstBacktestOptions, againstBacktest } from './replay/against-backtest.js';
export type { KeptSegment, KeptSegments } from './replay/archived-series.js';
export type { AgainstBacktest, DifferenceCause, SignalDifference } from './replay/compare-with-backtest.js';
export type { ValueDifference } from './replay/difference.js';
export type { CauseChain, ComparedKind, Divergence, Pair } from './replay/divergence.js';
export type { EntrySource } from './replay/entry-source.js';
export { KeptEntries, type KeptEntriesOptions } from './replay/kept-entries.js';
export { recordedInstances } from './replay/log-rows.js';
export type { Outcome } from './replay/outcome.js';
export type { ReplayCounts, ReplayedBrain, ReplayOptions, ReplayResult } from './replay/replay-options.js';
export { replaySession } from './replay/replay-session.js';
export { type Html, html } from './report/html.js';
export { readPageParts } from './report/page-parts.js';
export { type BarClose, type Period, type PeriodResult, partsOf, periodResult } from './report/period-result.js';
export { type Candle, PriceSketch, type SymbolPrices } from './report/price-sketch.js';
export type { Report, ReportResult, ReportSettings, ReportStrategy } from './report/report.js';
export { type PageParts, reportHtml } from './report/report-html.js';
export type { ReportSection } from './report/report-section.js';
export { sketchedSource } from './report/sketched-source.js';
export type { BacktestOptions } from './run/backtest-options.js';
export { EquityCurve } from './run/equity-curve.js';
export { type BacktestMetrics, type BacktestResult, runBacktest } from './run/run-backtest.js';
export type { RunListener } from './run/run-record.js';
export type { Trade } from './run/trade-book.js';
export type { StrategyFailure } from './run/virtual-engine.js';

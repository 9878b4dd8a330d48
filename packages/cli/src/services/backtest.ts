import {
  type BacktestResult,
  type BarSource,
  type EventSource,
  type FillModel,
  type RunListener,
  runBacktest,
} from '@alpha-engine/backtest';
import type { SignalEvent } from '@alpha-engine/core';
import { dataOf } from './backtest/data-of.js';
import { reportedBacktest } from './backtest/html-report.js';
import { instrumentsOf } from './backtest/instruments.js';
import { limitRows, limitsOf } from './backtest/limits.js';
import { usage } from './backtest/per-symbol.js';
import { instrumentRow, reportOf, strategyRow } from './backtest/report.js';
import type { BacktestRequest } from './backtest/request.js';
import { cashOf, entrySizing } from './backtest/sizing.js';
import { instancesOf, strategiesOf } from './backtest/strategies.js';
import { warningsOf } from './backtest/warnings.js';
import { writeTables } from './backtest/write-tables.js';
import { fractionIn, instantIn, offsetIn } from './backtest-values.js';
import { protectOf } from './engine-settings.js';
import { latencyIn, withoutRecorded } from './latency-in.js';

export type { BacktestRequest } from './backtest/request.js';

/** What `--json` prints. */
export type BacktestReport = Awaited<ReturnType<typeof backtest>>;

/** Throws `USAGE`, `STRATEGY_*`, `DATA_UNREADABLE`, `DATA_INVALID` and, of a report or tables, `OUTPUT_UNWRITABLE`. */
export async function backtest(
  request: BacktestRequest,
  report: { readonly file: string; readonly version: string } | null = null,
  tables: string | null = null,
) {
  const { options, source, traded, ...what } = await backtestSetup(request);
  const warnings = (one: BacktestResult) => warningsOf(request, options.fill, traded, one);
  const signals: SignalEvent[] = [];
  const hear: RunListener = tables === null ? {} : { signal: (event) => signals.push(event) };
  const result = await (report
    ? reportedBacktest(source, options, { ...report, hear, warnings })
    : runBacktest(source, options, hear));
  const rows = reportOf(result);
  if (tables !== null) await writeTables(tables, rows, result, signals);
  return {
    warnings: warnings(result),
    ...what,
    ...rows,
    report: report?.file ?? null,
    tables,
  };
}

/** Everything understood, nothing run yet. Throws `USAGE` and `STRATEGY_*`. */
export async function backtestSetup(request: BacktestRequest) {
  const { config, folder, latency, queue } = request;
  const { timeframe } = config;
  const offsetMs = offsetIn(request.timeZone);
  const from = instantIn('--from', request.from, offsetMs);
  const to = instantIn('--to', request.to, offsetMs);
  if (from !== undefined && to !== undefined && from >= to) {
    throw usage(`--from is ${request.from} and --to is ${request.to}: there is nothing between them.`);
  }
  const { source, symbols } = await dataOf(request);
  const strategies = await strategiesOf(request, symbols);
  const instances = instancesOf(strategies, request);
  const traded = await instrumentsOf(request, symbols);
  const instruments = traded.map(({ instrument }) => instrument);
  const cash = cashOf(request);
  const held = limitsOf(request, cash);
  const options = {
    instances,
    instruments,
    cash,
    sizing: entrySizing(request, instruments, instances.length),
    fill: {
      model: request.fill ?? defaultFill(source),
      slippage: fractionIn('--slippage', request.slippage ?? '0').toNumber(),
      slippageOn: request.slippageOn,
      ...(queue !== undefined && { queue }),
      ...(latency !== undefined && (await latencyOf(latency, folder))),
    },
    leverageRules: request.leverageRules,
    feeRounding: request.feeRounding,
    protect: protectOf(config),
    ...held,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(request.daysPerYear !== undefined && { daysPerYear: request.daysPerYear }),
  };
  return {
    strategies: strategies.map(strategyRow),
    instruments: traded.map(instrumentRow),
    timeframe,
    limits: limitRows(held),
    options,
    traded,
    source,
  };
}

async function latencyOf(text: string, folder: string) {
  const { recordedFeed, rest } = withoutRecorded(text);
  return { latency: await latencyIn(rest, folder), recordedFeed };
}

function defaultFill(source: BarSource | EventSource): FillModel {
  if ('bars' in source) return 'bar-path';
  return source.books === false ? 'trades' : 'book-walk';
}

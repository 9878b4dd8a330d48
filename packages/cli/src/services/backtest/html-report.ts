import {
  type BacktestOptions,
  type BacktestResult,
  type BarSource,
  type EventSource,
  PriceSketch,
  type Report,
  type ReportResult,
  type ReportSection,
  type ReportSettings,
  type RunListener,
  runBacktest,
  sketchedSource,
} from '@alpha-engine/backtest';
import type { Instrument } from '@alpha-engine/core';
import { openReport } from '../write-report.js';
import { limitRows } from './limits.js';

type Options = BacktestOptions & { readonly daysPerYear?: number };

/** Runs, looks at the prices by the way, and leaves the report in a file. Throws `OUTPUT_UNWRITABLE` before anything was run. */
export async function reportedBacktest(
  source: BarSource | EventSource,
  options: Options,
  {
    file,
    hear,
    version,
    warnings,
  }: {
    readonly file: string;
    readonly version: string;
    readonly hear?: RunListener;
    readonly warnings?: (result: BacktestResult) => readonly string[];
  },
  /** Sections of others. */
  more: readonly ReportSection[] = [],
): Promise<BacktestResult> {
  const report = await openReport(file);
  try {
    const sketch = new PriceSketch({ from: options.from, to: options.to });
    const result = await runBacktest(sketchedSource(source, sketch), options, hear);
    await report.write(htmlReportOf(result, options, sketch, version, warnings?.(result) ?? []), more);
    return result;
  } finally {
    await report.abandon();
  }
}

export function htmlReportOf(
  result: ReportResult,
  options: Options,
  sketch: PriceSketch,
  version: string,
  notes: readonly string[],
): Report {
  const { instances, instruments } = options;
  return {
    kind: 'back-test',
    strategies: instances.map(({ codeHash, params, strategy, symbol, timeframe }) => ({
      label: strategy.label,
      symbol,
      timeframe,
      params: params as Readonly<Record<string, unknown>>,
      codeHash,
    })),
    exchange: instruments[0]?.exchange ?? '',
    quote: instruments[0]?.quote ?? '',
    result,
    prices: sketch.prices(),
    settings: [accountOf(options), limitsIn(options), ...instruments.map(rulesOf)],
    notes,
    madeTs: Date.now(),
    version,
  };
}

function accountOf({ cash, fill, leverageRules, protect, sizing }: Options): ReportSettings {
  const { kind, ...size } = sizing;
  const sizes = Object.entries(size).map(([name, value]) => `${name} ${String(value)}`);
  return {
    title: 'Account',
    rows: textsOf({
      cash,
      size: [kind, ...sizes].join(', '),
      'fill model': fill.model,
      slippage: `${fill.slippage} on ${fill.slippageOn}`,
      'leverage rules': leverageRules,
      ...protect,
    }),
  };
}

function limitsIn({ limits, maxDrawdown, maxPositionSize }: Options): ReportSettings {
  const rows = limitRows({
    ...(limits && { limits }),
    ...(maxDrawdown !== undefined && { maxDrawdown }),
    ...(maxPositionSize !== undefined && { maxPositionSize }),
  });
  return { title: 'Limits', rows: textsOf(rows) };
}

function rulesOf({
  kind,
  makerFeeRate,
  maxSize,
  minSize,
  sizeStep,
  symbol,
  takerFeeRate,
  tickSize,
}: Instrument): ReportSettings {
  const rows = textsOf({ kind, takerFeeRate, makerFeeRate, tickSize, sizeStep, minSize, maxSize });
  return { title: `Rules of ${symbol}`, rows };
}

function textsOf(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const rows = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(rows.map(([name, value]) => [name, String(value)]));
}

import { resolve } from 'node:path';
import type { BarSource, EventSource } from '@alpha-engine/backtest';
import { findLookahead, type LookaheadResult, OutsideWorld } from '@alpha-engine/backtest/lookahead';
import { type Bar, type BarSeries, openBarBuilder, parseParams } from '@alpha-engine/core';
import { type DataRequest, dataOf } from './backtest/data-of.js';
import { usage } from './backtest/per-symbol.js';
import { instantIn, offsetIn } from './backtest-values.js';
import { chosenStrategy } from './chosen-strategy.js';

/** As the flags say it; texts are understood here. */
export interface LookaheadRequest extends DataRequest {
  readonly from: string | undefined;
  readonly cuts: number;
  readonly points: number;
  readonly seed: number;
}

/** What `--json` prints: times as ISO 8601 in UTC. */
export type LookaheadReport = Awaited<ReturnType<typeof lookahead>>;

/** Throws `USAGE`, `STRATEGY_*`, `DATA_UNREADABLE` and `DATA_INVALID`. */
export async function lookahead(request: LookaheadRequest) {
  const { config, cuts, folder, points, seed } = request;
  const { exchange, timeframe } = config;
  const { source, symbols } = await dataOf(request);
  const [symbol = ''] = symbols;
  if (symbols.length > 1) throw usage('`alpha lookahead` takes the data of one symbol; run it for each.');
  const bars = await barsOf(source, { exchange, symbol, timeframe }, request);
  const files = source.provenance().map(({ file }) => resolve(folder, file));
  const world = new OutsideWorld();
  world.open();
  try {
    world.enter('import', null);
    const { codeHash, strategy } = await chosenStrategy(config, folder);
    world.leave();
    const params = parseParams(strategy, config.strategyParams);
    const spec = { strategy, params, exchange, symbol, timeframe, codeHash };
    const result = findLookahead({ spec, bars, cuts, points, seed, world, files });
    return { strategy: { name: strategy.name, params, codeHash }, symbol, timeframe, ...rowsOf(result) };
  } finally {
    world.close();
  }
}

/** Of files of bars as they are; of trades as the runner would build them. */
async function barsOf(
  source: BarSource | EventSource,
  series: BarSeries,
  { from, timeZone, to }: LookaheadRequest,
): Promise<Bar[]> {
  const offsetMs = offsetIn(timeZone);
  const begins = instantIn('--from', from, offsetMs) ?? Number.NEGATIVE_INFINITY;
  const ends = instantIn('--to', to, offsetMs) ?? Number.POSITIVE_INFINITY;
  const bars: Bar[] = [];
  const take = (bar: Bar) => {
    if (bar.openTs >= begins && bar.openTs < ends) bars.push(bar);
  };
  if ('bars' in source) {
    for await (const batch of source.bars()) for (const bar of batch) take(bar);
    return bars;
  }
  const builder = openBarBuilder(series);
  for await (const batch of source.events()) {
    for (const event of batch) {
      if (event.type !== 'trade' || event.symbol !== series.symbol) continue;
      const bar = builder.add(event.ts, event.data.price, event.data.size);
      if (bar !== null && bar !== 'late') take(bar);
    }
  }
  return bars;
}

function rowsOf({ failure, findings, touches, warmup, ...rest }: LookaheadResult) {
  const { difference, ...need } = warmup;
  return {
    ...rest,
    findings: findings.map(({ bar, cutTs, is, kind, was }) => ({
      kind,
      cut: cutTs === null ? null : isoOf(cutTs),
      bar: isoOf(bar.openTs),
      was: decisionRow(was),
      is: decisionRow(is),
    })),
    warmup: {
      ...need,
      difference: difference && {
        begun: isoOf(difference.begun.openTs),
        was: decisionRow(difference.was),
        is: decisionRow(difference.is),
      },
    },
    touches: touches.map(({ ts, ...touch }) => ({ ...touch, time: ts === null ? null : isoOf(ts) })),
    failure: failure && { bar: isoOf(failure.bar.openTs), message: failure.message },
  };
}

function decisionRow(decision: LookaheadResult['findings'][number]['was']) {
  if (decision === null) return null;
  const { action, details, ts } = decision;
  return { time: isoOf(ts), action, ...details };
}

function isoOf(ts: number): string {
  return new Date(ts).toISOString();
}

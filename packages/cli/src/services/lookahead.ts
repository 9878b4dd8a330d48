import { resolve } from 'node:path';
import type { BarSource, EventSource } from '@alpha-engine/backtest';
import { findLookahead, type LookaheadResult, type Moment, OutsideWorld } from '@alpha-engine/backtest/lookahead';
import {
  type BarSeries,
  divides,
  type MarketEvent,
  openBarBuilder,
  parseParams,
  parseTimeframe,
  type StrategyInstance,
} from '@alpha-engine/core';
import { type DataRequest, dataOf } from './backtest/data-of.js';
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
  const world = new OutsideWorld();
  world.open();
  try {
    world.enter('import', null);
    const { codeHash, strategy } = await chosenStrategy(config, folder);
    world.leave();
    const params = parseParams(strategy, config.strategyParams);
    const reads = strategy.create(params);
    const data = await momentsOf(source, { exchange, symbols, timeframe }, reads, request);
    const files = source.provenance().map(({ file }) => resolve(folder, file));
    const specs = symbols.map((symbol) => ({ strategy, params, exchange, symbol, timeframe, codeHash }));
    const result = findLookahead({ specs, data, cuts, points, seed, world, files });
    const ofEvents = data.some((moment) => !('openTs' in moment));
    const unheard = ofEvents ? [] : listenersOf(reads);
    return { strategy: { name: strategy.name, params, codeHash }, symbols, timeframe, unheard, ...rowsOf(result) };
  } finally {
    world.leave();
    world.close();
  }
}

/**
 * Of files of bars as they are. Of trades as the runner would build them; where the strategy listens to ticks, or reads bars beside its own
 * that only trades make, the events themselves.
 */
async function momentsOf(
  source: BarSource | EventSource,
  { exchange, symbols, timeframe }: Pick<BarSeries, 'exchange' | 'timeframe'> & { readonly symbols: readonly string[] },
  reads: StrategyInstance,
  { from, timeZone, to }: LookaheadRequest,
): Promise<Moment[]> {
  const offsetMs = offsetIn(timeZone);
  const begins = instantIn('--from', from, offsetMs) ?? Number.NEGATIVE_INFINITY;
  const ends = instantIn('--to', to, offsetMs) ?? Number.POSITIVE_INFINITY;
  const moments: Moment[] = [];
  const take = (moment: Moment) => {
    const ts = 'openTs' in moment ? moment.openTs : moment.ts;
    if (ts >= begins && ts < ends) moments.push(moment);
  };
  if ('bars' in source) {
    for await (const batch of source.bars()) for (const bar of batch) take(bar);
    return moments;
  }
  const further = Object.keys(reads.timeframes ?? {}).map(parseTimeframe);
  const wantsEvents = listenersOf(reads).length > 0 || !further.every((each) => divides(timeframe, each));
  const builders = new Map(symbols.map((symbol) => [symbol, openBarBuilder({ exchange, symbol, timeframe })]));
  for await (const batch of source.events()) {
    for (const event of batch) {
      const builder = builders.get(event.symbol);
      if (builder === undefined) continue;
      if (wantsEvents) take(event);
      else if (event.type === 'trade') {
        const bar = builder.add(event.ts, event.data.price, event.data.size);
        if (bar !== null && bar !== 'late') take(bar);
      }
    }
  }
  // Bars of several symbols in order of their opening, as files of bars are merged.
  return wantsEvents ? moments : moments.toSorted((a, b) => endOf(a) - endOf(b));
}

function endOf(moment: Moment): number {
  return 'closeTs' in moment ? moment.closeTs : moment.ts;
}

function listenersOf(reads: StrategyInstance): readonly string[] {
  return (['onTrade', 'onOrderBook', 'onTicker'] as const).filter((name) => reads[name] !== undefined);
}

function rowsOf({ failure, findings, touches, warmup, ...rest }: LookaheadResult) {
  return {
    ...rest,
    findings: findings.map(({ cutTs, is, kind, moment, was }) => ({
      kind,
      cut: cutTs === null ? null : isoOf(cutTs),
      ...momentRow(moment),
      was: decisionRow(was),
      is: decisionRow(is),
    })),
    warmup: warmup.map(({ difference, ...need }) => ({
      ...need,
      difference: difference && {
        begun: isoOf(difference.begun.openTs),
        was: decisionRow(difference.was),
        is: decisionRow(difference.is),
      },
    })),
    touches: touches.map(({ ts, ...touch }) => ({ ...touch, time: ts === null ? null : isoOf(ts) })),
    failure: failure && { ...momentRow(failure.moment), message: failure.message },
  };
}

/** `at`: when a bar opened, or the time of an event. */
function momentRow(moment: Moment) {
  const isBar = 'openTs' in moment;
  const what: 'bar' | MarketEvent['type'] = isBar ? 'bar' : moment.type;
  return { symbol: moment.symbol, what, at: isoOf(isBar ? moment.openTs : moment.ts) };
}

function decisionRow(decision: LookaheadResult['findings'][number]['was']) {
  if (decision === null) return null;
  const { action, details, ts } = decision;
  return { time: isoOf(ts), action, ...details };
}

function isoOf(ts: number): string {
  return new Date(ts).toISOString();
}

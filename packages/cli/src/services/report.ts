import {
  type BacktestResult,
  type PeriodResult,
  PriceSketch,
  partsOf,
  periodResult,
  type Report,
} from '@alpha-engine/backtest';
import { AlphaError, type EpochMs, type SessionRecord, type Store } from '@alpha-engine/core';
import type { Config } from '../config/schema.js';
import { reportOf } from './backtest/report.js';
import { instantIn } from './backtest-values.js';
import { openRecords } from './open-records.js';
import { readBarsOf } from './report/bars.js';
import { bookedEquity } from './report/booked-equity.js';
import { denialsIn } from './report/denials.js';
import { notesOf, SAID_OF } from './report/notes.js';
import { type SessionFacts, sessionFactsIn } from './report/session.js';
import { openReport } from './write-report.js';

export interface ReportRequest {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Only the trades of this strategy. */
  readonly strategy: string | undefined;
  readonly html: { readonly file: string; readonly version: string } | null;
}

/** What `--json` prints: the shape of a back-test's, of a time that was traded. */
export type TradedReport = Awaited<ReturnType<typeof report>>;

/** Throws `USAGE`, `OUTPUT_UNWRITABLE`, what opening the records throws, and `STORE_EMPTY` where nothing was booked in the period. */
export async function report(config: Config, request: ReportRequest) {
  const from = instantIn('--from', request.from, 0) ?? 0;
  const to = instantIn('--to', request.to, 0) ?? Number.MAX_SAFE_INTEGER;
  const page = request.html && (await openReport(request.html.file));
  try {
    const records = await openRecords(config);
    try {
      const read = await readPeriod(records.store, config, { ...request, from, to });
      if (request.html) await page?.write(pageOf(read, config.exchange, request.html.version));
      const { facts, result, notes } = read;
      return {
        kind: facts.live ? 'live' : 'paper',
        strategies: facts.instances,
        notes,
        ...reportOf(result),
        report: request.html?.file ?? null,
      };
    } finally {
      await records.close();
    }
  } finally {
    await page?.abandon();
  }
}

interface Range {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly strategy: string | undefined;
}

interface ReadPeriod {
  readonly facts: SessionFacts;
  readonly result: BacktestResult;
  readonly notes: readonly string[];
  readonly sketch: PriceSketch;
}

async function readPeriod(store: Store, config: Config, range: Range): Promise<ReadPeriod> {
  const { exchange } = config;
  const started = await store.sessions();
  const booked = await bookedEquity(store, { exchange, from: range.from, to: range.to, sessions: started });
  if (booked === null) throw nothingIn(exchange);
  const { strategy } = range;
  const period = { from: range.from, to: range.to };
  const { equity, fees, moved } = booked;
  const [bookedFrom = 0, bookedTo = 0] = [equity.times[0], moved ? equity.times.at(-1) : range.to];
  const sessions = sessionsOf(started, exchange, { from: bookedFrom, to: bookedTo });
  const facts = sessionFactsIn(sessions.at(-1));
  const mine = (label: string) => (strategy ?? label) === label;
  const fills = await store.fills();
  const known = new Set([...facts.instances.map(({ label }) => label), ...fills.map((fill) => fill.strategy)]);
  if (strategy !== undefined && !known.has(strategy)) {
    throw new AlphaError(
      'USAGE',
      `No strategy of this record is called "${strategy}". There are: ${[...known].join(', ')}.`,
    );
  }
  const sketch = new PriceSketch();
  const instances = facts.instances.filter(({ label }) => mine(label));
  const { closes, data } = await readBarsOf(store, { exchange, instances, ...period }, sketch);
  if (!moved && data.every(({ rows }) => rows === 0)) throw nothingIn(exchange);
  const traded = periodResult({ ...period, equity, fees, fills, closes, ...(strategy !== undefined && { strategy }) });
  const within = ({ ts }: { readonly ts: EpochMs }) => ts >= period.from && ts < period.to;
  const signals = (await store.signals()).filter(({ event }) => within(event));
  const denials = await denialsIn(store, signals, within);
  const orders = (await store.orders()).map(({ order }) => order);
  const result: BacktestResult = {
    ...resultOf(traded),
    firstTs: traded.curve.times[0] ?? bookedFrom,
    lastTs: traded.curve.times.at(-1) ?? bookedFrom,
    signals: signals.filter(({ event }) => mine(event.strategy)).length,
    orders: orders.filter(({ terms }) => mine(terms.strategy) && within({ ts: terms.createdTs })),
    denials: denials.filter((denial) => mine(denial.data.strategy)),
    failures: [],
    alarms: [],
    assumptions: SAID_OF[facts.live ? 'live' : 'paper'],
    data,
  };
  const notes = notesOf({ traded, fees, moved, sessions: sessions.length, strategy, fills, ...period });
  return { facts: { ...facts, instances }, result, notes, sketch };
}

/** Neither were there books nor a bar. */
function nothingIn(exchange: string): AlphaError {
  return new AlphaError(
    'STORE_EMPTY',
    `Nothing of ${exchange} was booked in this period, and no bar was built: no engine ran in it. Give another --from and --to, or start \`alpha engine\`.`,
    { context: { exchange } },
  );
}

/** Those that ran in the period: started in it, and the last before it. */
function sessionsOf(
  all: readonly SessionRecord[],
  exchange: string,
  { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
): readonly SessionRecord[] {
  const mine = all.filter(({ brain, startedTs }) => brain === `engine:${exchange}` && startedTs <= to);
  const before = mine.filter(({ startedTs }) => startedTs <= from).at(-1);
  return mine.filter((session) => session === before || session.startedTs > from);
}

function resultOf(traded: PeriodResult) {
  const { bars, curve, metrics, openTrades, trades } = traded;
  const parts = { byStrategy: partsOf(traded, 'strategy'), bySymbol: partsOf(traded, 'symbol') };
  return { bars, curve, metrics, openTrades, trades, ...parts };
}

function pageOf({ facts, notes, result, sketch }: ReadPeriod, exchange: string, version: string): Report {
  return {
    kind: facts.live ? 'live' : 'paper',
    strategies: facts.instances,
    exchange,
    quote: facts.quote,
    result,
    prices: sketch.prices(),
    settings: facts.settings,
    notes,
    madeTs: Date.now(),
    version,
  };
}

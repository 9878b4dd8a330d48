import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ExchangeContext,
  MemoryBus,
  MetricsRegistry,
  type StatusEvent,
  silentLogger,
  type TradeEvent,
} from '@alpha-engine/core';
import { runCollector } from '@alpha-engine/core/process';
import { GmoMarketFeed } from '@alpha-engine/gmo-adapter';
import { startGmoSimulator, type Tape } from '@alpha-engine/gmo-adapter/simulator';
import { kindsOf, lengthOf, type Scenario } from './scenario.js';

const SYMBOL = 'BTC_JPY';
/** Undisturbed at the beginning, and at the end once everything is well. Milliseconds. */
const CALM_MS = 5_000;
/** What nobody noticed so long after its end, nobody will. */
const NOTICE_MS = 60_000;
/** Well again after this, or never. */
const PATIENCE_MS = 120_000;
const LOOK_MS = 50;
/** What says that something is wrong, and what that it is over. */
const ALARMS = ['disconnected', 'stale', 'gap', 'degraded', 'maintenance', 'preopen', 'dropped'];
const CHANNELS = ['trade', 'orderbook', 'ticker'];

export interface Outcome {
  readonly name: string;
  /** From the first harm to the first alarm, milliseconds; null: none was raised. */
  readonly detectedMs: number | null;
  readonly alarm: string | null;
  /** From the end of the last fault to the moment when every channel is well; 0 when it was before. Null: never. */
  readonly healedMs: number | null;
  readonly lost: number;
  readonly doubled: number;
  /** Trades that came after a later one. */
  readonly late: number;
  readonly published: number;
  readonly backfilled: number;
  readonly gaps: number;
  readonly rejected: number;
  readonly reconnects: number;
}

/** The real feed and collector, with the waits they have in production, against a simulator on which one thing goes wrong. */
export async function runScenario(scenario: Scenario, tape: Tape): Promise<Outcome> {
  const origin = Date.now();
  const simulator = await startGmoSimulator({ tape, origin });
  const folder = await mkdtemp(join(tmpdir(), 'alpha-faults-'));
  const bus = new MemoryBus();
  const metrics = new MetricsRegistry();
  const stop = new AbortController();
  const clock = { now: () => Date.now() };
  const context: ExchangeContext = {
    endpoints: { restBaseUrl: simulator.restBaseUrl },
    logger: silentLogger,
    marketClock: clock,
    wallClock: clock,
    metrics,
  };
  const spool = { folder, maxBytes: 1024 ** 2 };
  const options = { exchange: 'gmo', symbols: [SYMBOL], bus, spool, logger: silentLogger, wallClock: clock, metrics };
  const collecting = runCollector({ ...options, feed: new GmoMarketFeed(context) }, stop.signal);
  try {
    const statuses = async () => (await bus.range('md:status', null, 100_000)).map(({ event }) => event as StatusEvent);
    await until(async () => troubles(await statuses()).size === 0, PATIENCE_MS);
    await delay(CALM_MS);
    const before = (await statuses()).length;
    for (const fault of scenario.faults) simulator.injectFault(fault);
    const begun = Date.now();
    const alarmed = async () => (await statuses()).slice(before).some(({ data }) => ALARMS.includes(data.state));
    await delay(lengthOf(scenario));
    const over = Date.now();
    if (scenario.harmless !== true) await until(alarmed, NOTICE_MS);
    const healed = await until(async () => troubles(await statuses()).size === 0, PATIENCE_MS);
    const timed = !kindsOf(scenario).includes('skewed_clock');
    const tradesNow = async () =>
      (await bus.range('md:trade', null, 1_000_000)).map(({ event }) => event as TradeEvent);
    await delay(CALM_MS);
    // A check that nothing announces may still be reading.
    await until(async () => compare(tape, origin, await tradesNow(), timed).lost === 0, NOTICE_MS);
    const said = (await statuses()).slice(before);
    const trades = await tradesNow();
    const harm = Math.min(...simulator.stats().faults.map(({ firstTs }) => firstTs ?? begun));
    const alarm = said.find(({ data }) => ALARMS.includes(data.state));
    stop.abort();
    const { published } = await collecting;
    return {
      name: scenario.name,
      detectedMs: alarm === undefined ? null : Math.max(0, alarm.ts - harm),
      alarm: alarm === undefined ? null : wordOf(alarm),
      healedMs: healed ? Math.max(0, lastRecovery(said) - over) : null,
      ...compare(tape, origin, trades, timed),
      published,
      ...figures(metrics),
    };
  } finally {
    stop.abort();
    await collecting;
    await bus.close();
    await simulator.close();
    await rm(folder, { recursive: true });
  }
}

/** What the status events say is wrong now: before anything was said, everything. */
function troubles(statuses: readonly StatusEvent[]): Set<string> {
  const wrong = new Set(CHANNELS);
  for (const { data } of statuses) {
    const about = data.channel === undefined ? CHANNELS : [data.channel];
    if (data.state === 'maintenance' || data.state === 'preopen') wrong.add('exchange');
    if (data.state === 'open') wrong.delete('exchange');
    if (['disconnected', 'stale'].includes(data.state)) for (const channel of about) wrong.add(channel);
    if (['subscribed', 'resynced'].includes(data.state)) for (const channel of about) wrong.delete(channel);
  }
  return wrong;
}

function lastRecovery(said: readonly StatusEvent[]): number {
  return said.findLast(({ data }) => ['subscribed', 'resynced', 'open'].includes(data.state))?.ts ?? 0;
}

/** Trades of the tape between the first and the last published, against those published; by their time too unless the clock is off. */
function compare(
  tape: Tape,
  origin: number,
  trades: readonly TradeEvent[],
  timed: boolean,
): Pick<Outcome, 'lost' | 'doubled' | 'late'> {
  const [firstTs, lastTs] = [trades[0]?.ts ?? 0, Math.max(0, ...trades.map(({ ts }) => ts))];
  const left = new Map<string, number>();
  const add = (ts: number, price: number, size: number, by: number) => {
    // The subscription may have begun within the first moment, and ended within the last.
    if (ts <= firstTs || ts >= lastTs) return;
    const key = `${timed ? ts : ''} ${price} ${size}`;
    left.set(key, (left.get(key) ?? 0) + by);
  };
  for (const record of tape.records) {
    if (record.kind !== 'trade' || record.symbol !== SYMBOL) continue;
    add(record.ts + origin - tape.header.start, record.price, record.size, 1);
  }
  for (const { ts, data } of trades) add(ts, data.price, data.size, -1);
  const counts = [...left.values()];
  return {
    lost: counts.reduce((sum, count) => sum + Math.max(0, count), 0),
    doubled: counts.reduce((sum, count) => sum + Math.max(0, -count), 0),
    late: trades.filter(({ ts }, at) => at > 0 && ts < (trades[at - 1] as TradeEvent).ts).length,
  };
}

function figures(metrics: MetricsRegistry): Pick<Outcome, 'backfilled' | 'gaps' | 'rejected' | 'reconnects'> {
  const sum = (name: string) =>
    metrics.samples().reduce((total, sample) => total + (sample.name === name ? sample.value : 0), 0);
  return {
    backfilled: sum('alpha_feed_backfilled_trades_total'),
    gaps: sum('alpha_feed_gaps_total'),
    rejected: sum('alpha_feed_rejected_frames_total'),
    reconnects: sum('alpha_feed_disconnects_total'),
  };
}

function wordOf({ data }: StatusEvent): string {
  return data.channel === undefined ? data.state : `${data.state} ${data.channel}`;
}

/** False when it did not come true in time. */
async function until(holds: () => Promise<boolean>, patienceMs: number): Promise<boolean> {
  const end = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > end) return false;
    await delay(LOOK_MS);
  }
  return true;
}

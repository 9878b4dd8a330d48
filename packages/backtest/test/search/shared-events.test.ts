import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MarketEvent } from '@alpha-engine/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventSource, runBacktest } from '../../src/index.js';
import {
  instancesAt,
  ParameterSpace,
  parseObjective,
  refusals,
  runSearch,
  SharedEvents,
  type TrialRunner,
  TrialThreads,
  trialsHere,
} from '../../src/search/index.js';
import { runAndClose } from '../../src/search/run-trial.js';
import { DAY_MS, START_TS } from '../support/play.js';
import { buildWorker } from './support/build-worker.js';
import { tradedTurns, waveTrades } from './support/turns.js';

const sourceOf = (events: readonly MarketEvent[]): EventSource => ({
  books: false,
  events: () => [events.slice(0, 7), events.slice(7)],
  provenance: () => [],
});

describe('shared events', () => {
  it('are what was read, to the last field and level', async () => {
    const at = { exchange: 'gmo', symbol: 'ABC' };
    const events: readonly MarketEvent[] = [
      {
        type: 'trade',
        ...at,
        ts: 5,
        recv_ts: 9,
        seq: 3,
        origin: 'backfill',
        data: { price: 0.1, size: 2, side: 'sell' },
      },
      { type: 'trade', ...at, ts: 6, symbol: 'XYZ', data: { price: 3, size: 1e-8, side: 'buy' } },
      {
        ...{ type: 'orderbook', ...at, ts: 7, origin: 'live' },
        data: {
          is_snapshot: true,
          bids: [
            [1, 2],
            [0.5, 0],
          ],
          asks: [[3, 4]],
        },
      },
      { type: 'orderbook', ...at, ts: 8, seq: 1, data: { is_snapshot: false, bids: [], asks: [] } },
      { type: 'ticker', ...at, ts: 9, data: { bid: 1, ask: 2, last: 3, high: 4, low: 5, volume: 6 } },
      ...waveTrades(300),
    ];
    const shared = await SharedEvents.read(sourceOf(events));
    expect([...shared.events()].flat()).toEqual(events);
    expect([...new SharedEvents(shared.message).events()].flat()).toEqual(events);
    expect(shared).toMatchObject({ length: events.length, books: false });
    expect(shared.period()).toEqual({ from: 5, to: (events.at(-1)?.ts ?? 0) + 1 });
    const other = await SharedEvents.read(sourceOf(waveTrades(300)));
    expect(other.sha256()).not.toBe(shared.sha256());
    expect((await SharedEvents.read(sourceOf(events))).sha256()).toBe(shared.sha256());
  });

  it('end where they are told to, and are refused where they need too much memory', async () => {
    const events = waveTrades(20);
    const to = START_TS + 10 * DAY_MS;
    expect([...(await SharedEvents.read(sourceOf(events), { to })).events()].flat()).toEqual(events.slice(0, 50));
    await expect(SharedEvents.read(sourceOf(events), { mostMb: 4 })).rejects.toThrow(
      'The first 0 events fill the 4 MB that a search may keep them in',
    );
  });
});

describe('a search over events', () => {
  let events: SharedEvents;
  let script: URL;
  beforeAll(async () => {
    events = await SharedEvents.read(sourceOf(waveTrades(60)));
    script = await buildWorker();
  });
  afterAll(() => rmSync(fileURLToPath(script)));

  const search = (runner: TrialRunner) =>
    runSearch({
      ...{ space: ParameterSpace.parse(['every=9,12', 'hold=1,5']), sampler: 'grid', seed: 1, trials: 100, runner },
      ...{ objective: parseObjective('totalReturn'), refusalOf: refusals(tradedTurns()) },
    });

  it('finds the same here and on threads, and what a back-test of the same point finds', async () => {
    const options = tradedTurns();
    const here = await search(trialsHere(events, options));
    const runner = new TrialThreads({ script, setup: 'trades', data: events, threads: 2 });
    expect(await search(runner)).toEqual(here);
    await runner.close();
    const { outcome, point, value } = here.trials[3]!;
    const alone = await runBacktest(sourceOf(waveTrades(60)), { ...options, instances: instancesAt(options, point) });
    expect(outcome).toEqual({ metrics: alone.metrics });
    expect(alone.metrics.trades).toBeGreaterThan(3);
    expect(value).not.toBe(here.trials[0]?.value);
  });

  it('closes what is open at the end of a test, and warms up before it', () => {
    const period = { from: START_TS + 20 * DAY_MS, to: START_TS + 48 * DAY_MS };
    const { closedAtEnd, result } = runAndClose(events, tradedTurns(), { every: 10, hold: 9 }, period);
    expect(closedAtEnd).toBe(1);
    expect(result.openTrades).toEqual([]);
    const profit = result.trades.reduce((sum, { pnl }) => sum + pnl.toNumber(), 0);
    expect(result.metrics.finalEquity).toBeCloseTo(10_000 + profit, 6);
    // The tenth bar of all, not of the period.
    expect(result.firstTs).toBe(period.from);
    expect((result.trades[0]!.openedTs - START_TS) / DAY_MS).toBeCloseTo(30, 0);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Bar,
  defineStrategy,
  MemoryBus,
  type RunnerInput,
  StrategyRunner,
  silentLogger,
  TimeBarBuilder,
  type TradeEvent,
} from '@alpha-engine/core';
import { runCollector } from '@alpha-engine/core/process';
import { Budget, GmoMarketFeed } from '@alpha-engine/gmo-adapter';
import { type GmoSimulator, startGmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defaultTapePath, loadTape, type Tape } from '../../src/simulator/tape.js';
import { eventually } from '../support/collect.js';
import { testContext } from '../support/context.js';
import { tradeKey } from '../support/test-market.js';

const SYMBOL = 'BTC_JPY';
const SECONDS = 60;
/** Market milliseconds a wall millisecond. Paging must outrun the market. */
const SPEED = 6;
const KEY = { exchange: 'gmo', symbol: SYMBOL, timeframe: '5s' } as const;

let tape: Tape;
let simulator: GmoSimulator;

beforeEach(async () => {
  const { header, records } = await loadTape(defaultTapePath());
  const end = header.start + SECONDS * 1_000;
  tape = {
    header: { ...header, end, symbols: header.symbols.filter(({ symbol }) => symbol === SYMBOL) },
    records: records.filter(({ symbol, ts }) => symbol === SYMBOL && ts < end),
  };
  simulator = await startGmoSimulator({ tape, speed: SPEED, origin: 'tape', hold: 3, timings: { commandMs: 0 } });
});
afterEach(() => simulator.close());

function openFeed(): GmoMarketFeed {
  const context = testContext({ restBaseUrl: simulator.restBaseUrl });
  return new GmoMarketFeed(
    { ...context, marketClock: { now: () => simulator.clock().marketTs } },
    {
      commands: new Budget({ spacingMs: 5 }),
      requests: new Budget({ spacingMs: 5 }),
      timings: { reconnectMinMs: 100, reconnectMaxMs: 200, settleMs: 100, rereadMs: 20 },
    },
  );
}

const tapeTrades = () => tape.records.filter((record) => record.kind === 'trade');
const reaches = (second: number) => simulator.clock().marketTs >= tape.header.start + second * 1_000;

/** Bars that trades alone close. */
function barsOf(trades: Iterable<{ ts: number; price: number; size: number }>): Bar[] {
  const builder = new TimeBarBuilder(KEY);
  const bars: Bar[] = [];
  for (const { ts, price, size } of trades) {
    const closed = builder.add(ts, price, size);
    if (closed !== null && closed !== 'late') bars.push(closed);
  }
  return bars;
}

/** A runner that watches the symbol, as the engine has one. */
function newRunner(): StrategyRunner {
  const strategy = defineStrategy({ name: 'watcher', params: z.object({}), create: () => ({ onBar() {} }) });
  return new StrategyRunner({
    instances: [{ strategy, params: {}, ...KEY, codeHash: 'c' }],
    nextBatch: 1,
  });
}

describe('bars behind the feed', () => {
  it("equal the tape's, though the socket is cut in the middle of them", { timeout: 60_000 }, async () => {
    const runner = newRunner();
    const bars: Bar[] = [];
    let late = 0;
    let backfilled = 0;
    let taken = 0;
    const stop = new AbortController();
    const reading = (async () => {
      for await (const batch of openFeed().subscribe({ symbols: [SYMBOL] }, stop.signal)) {
        const inputs = batch.map(
          (event): RunnerInput => (event.type === 'status' ? { kind: 'status', event } : { kind: 'market', event }),
        );
        const step = runner.step([...inputs, { kind: 'clock', ts: simulator.clock().marketTs }]);
        bars.push(...step.bars);
        late += step.notices.length;
        const trades = batch.filter((event) => event.type === 'trade');
        taken += trades.length;
        backfilled += trades.filter(({ origin }) => origin === 'backfill').length;
      }
    })();
    for (const second of [12, 31, 32, 48]) {
      await eventually(() => reaches(second));
      simulator.dropSockets();
    }
    await eventually(() => simulator.clock().ended && taken >= tapeTrades().length, 30_000);
    stop.abort();
    await reading;

    const expected = barsOf(tapeTrades());
    expect(expected.length).toBeGreaterThan(5);
    expect(backfilled).toBeGreaterThan(0);
    expect(late).toBe(0);
    expect(taken).toBe(tapeTrades().length);
    expect(bars.slice(0, expected.length)).toEqual(expected);
  });
});

describe('the bus behind collectors', () => {
  it('has every trade of the tape once, though one collector stops and the next begins later', {
    timeout: 60_000,
  }, async () => {
    const bus = new MemoryBus();
    const folder = await mkdtemp(join(tmpdir(), 'whole-bars-'));
    const collect = (signal: AbortSignal) =>
      runCollector(
        {
          exchange: 'gmo',
          symbols: [SYMBOL],
          feed: openFeed(),
          bus,
          spool: { folder: join(folder, 'spool'), maxBytes: 1_000_000 },
          logger: silentLogger,
          wallClock: { now: () => Date.now() },
        },
        signal,
      );
    try {
      let stop = new AbortController();
      let running = collect(stop.signal);
      for (const [until, again] of [
        [15, 24],
        [40, 41],
      ] as const) {
        await eventually(() => reaches(until));
        stop.abort();
        await running;
        await eventually(() => reaches(again));
        stop = new AbortController();
        running = collect(stop.signal);
      }
      const published = async () =>
        (await bus.range('md:trade', null, 1_000_000)).map(({ event }) => event as TradeEvent);
      let trades = await published();
      const end = performance.now() + 30_000;
      while (trades.length < tapeTrades().length && performance.now() < end) {
        await new Promise((resolve) => void setTimeout(resolve, 50));
        trades = await published();
      }
      stop.abort();
      await running;
      expect((await published()).map(tradeKey)).toEqual(tapeTrades().map(tradeKey));
    } finally {
      await bus.close();
      await rm(folder, { recursive: true });
    }
  });
});

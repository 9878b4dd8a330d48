import { defineStrategy, type Logger, ManualClock, MemoryBus, Publisher, silentLogger } from '@alpha-engine/core';
import { createPostgresStore, openEmbeddedDatabase } from '@alpha-engine/core/postgres';
import { runRetention } from '@alpha-engine/core/process';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { UNSHARED } from '../../src/process/brain-ownership.js';
import { StrategyBrain } from '../../src/process/strategy-brain.js';
import { rebuildRecords } from '../../src/record/strategy-log.js';
import { DAY_MS } from '../../src/store/raw-events.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const START = Date.UTC(2024, 10, 22);
const BRAIN = 'strategy:test';

/** Remembers every bar there ever was, in their order: one bar less and it decides otherwise. */
const remembers = defineStrategy({
  name: 'remembers',
  params: z.object({}),
  create() {
    let memory = 0;
    return {
      onBar(bar, ctx) {
        memory = (memory * 31 + bar.close) % 1009;
        if (memory % 2 === 0 && !ctx.position.isLong) return ctx.enterLong({ reason: `${memory}` });
        if (memory % 2 === 1 && ctx.position.isLong) return ctx.exit({ reason: `${memory}` });
      },
    };
  },
});

test('what is old goes, and a restart still rebuilds the strategies to the last bit', { timeout: 60_000 }, async () => {
  await using folder = await temporaryFolder();
  const database = await openEmbeddedDatabase({ folder: folder.path });
  const store = createPostgresStore(database.pool);
  await store.migrate();
  const clock = new ManualClock(START);
  const bus = new MemoryBus();
  const publisher = await Publisher.open(bus, []);
  const instance = {
    strategy: remembers,
    params: {},
    exchange: 'test',
    symbol: 'A',
    timeframe: '1m',
    codeHash: 'a',
  } as const;

  let n = 0;
  /** Two minutes of trades, each read and committed by itself: one in two ends a bar. */
  async function feed() {
    for (let round = 0; round < 4; round++) {
      const ts = START + n * 30_000;
      clock.set(ts);
      const data = { price: 1000 + ((n * 7919) % 101), size: 0.01, side: 'buy' } as const;
      await publisher.publish([{ type: 'trade', exchange: 'test', symbol: 'A', ts, data }]);
      n++;
      while ((await bus.lag(BRAIN)).some(({ lag }) => lag > 0)) await new Promise((done) => setTimeout(done, 10));
    }
  }
  async function run(rounds: number) {
    const stop = new AbortController();
    const options = { exchange: 'test', bus, store, hold: UNSHARED, logger: silentLogger, marketClock: clock };
    const brain = await StrategyBrain.open({ ...options, instances: [instance] }, stop.signal);
    const ended = brain.run(stop.signal);
    for (let round = 0; round < rounds; round++) await feed();
    stop.abort();
    await ended;
  }
  const records = async () => {
    const found = [];
    for await (const record of rebuildRecords(store, BRAIN, 'test', 0)) found.push(record);
    return found;
  };
  const rows = async () => {
    const found = [];
    for await (const row of store.inputLog(BRAIN, 0)) found.push(row);
    return found;
  };

  try {
    await run(3);
    const before = { records: await records(), rows: await rows() };
    const meant = before.records.filter(({ fed, signalIds }) => fed.length + signalIds.length > 0);
    expect(meant.length).toBeGreaterThan(3);
    expect(before.records.length).toBeGreaterThan(meant.length);
    expect((await store.signals()).length).toBeGreaterThan(1);

    const stop = new AbortController();
    const told: object[] = [];
    const note = (fields: object) => {
      told.push(fields);
      stop.abort();
    };
    const logger: Logger = { ...silentLogger, info: note, warn: note };
    const later = new ManualClock(clock.now() + 2 * DAY_MS);
    const days = { inputDays: 1, equityDays: 1, logDays: 1 };
    await runRetention({ store, logger, marketClock: later, wallClock: later, ...days }, stop.signal);
    expect(told).toEqual([{ inputs: before.rows.length - meant.length, equity: 0, logs: 0 }]);
    expect(await records()).toEqual(meant);
    const text = (all: readonly unknown[]) => JSON.stringify(all).length;
    expect(text(await rows())).toBeLessThan(text(before.rows) / 2);

    // Opening rebuilds, and throws when anything that was decided comes out otherwise.
    await run(2);
    const signals = (await store.signals()).map(({ event }) => event.meta?.reason);
    expect(signals).toEqual(
      byHand((await store.bars({ exchange: 'test', symbol: 'A', timeframe: '1m' })).map((bar) => bar.close)),
    );
  } finally {
    await publisher.close();
    await store.close();
    await database.close();
  }
});

/** Reasons of the signals of an instance that was never stopped. */
function byHand(closes: readonly number[]): string[] {
  const reasons: string[] = [];
  let memory = 0;
  for (const close of closes) {
    memory = (memory * 31 + close) % 1009;
    if ((memory % 2 === 0) !== (reasons.length % 2 === 1)) reasons.push(`${memory}`);
  }
  return reasons;
}

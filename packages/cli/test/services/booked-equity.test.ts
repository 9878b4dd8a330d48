import { Decimal, type EquityRecord, MemoryStore } from '@alpha-engine/core';
import { expect, test } from 'vitest';
import { bookedEquity } from '../../src/services/report/booked-equity.js';

const START_TS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const END_TS = Number.MAX_SAFE_INTEGER;

/** Equity and fees so far, on days after the start of the engine. */
async function recorded(rows: readonly (readonly [day: number, equity: number, fees: number])[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  const session = { sessionId: 'a', brain: 'engine:gmo', startedTs: START_TS };
  // An engine that only decides was up before.
  const decides = { capital: '5', enableExecution: false };
  await store.startSession({ ...session, sessionId: 'b', startedTs: START_TS - DAY_MS, facts: { config: decides } });
  await store.startSession({ ...session, facts: { config: { capital: '1000000', enableExecution: true } } });
  const brain = 'execution:gmo';
  const { fence } = await store.takeOver(brain);
  const none = { realizedPnl: Decimal.zero, unrealizedPnl: Decimal.zero, drawdown: Decimal.zero };
  const equity = rows.map(([day, worth, fees]): EquityRecord => {
    return { ts: START_TS + day * DAY_MS, equity: Decimal.of(worth), fees: Decimal.of(fees), ...none };
  });
  const checkpoint = { positions: {}, state: {} };
  await store.commit({ brain, fence, batch: 1, ts: START_TS, checkpoint, inputs: null, equity });
  return store;
}

async function asked(store: MemoryStore, from: number, to = END_TS) {
  const sessions = await store.sessions();
  const booked = await bookedEquity(store, { exchange: 'gmo', from, to, sessions });
  if (booked === null) return null;
  const { equity, ...rest } = booked;
  return { times: [...equity.times].map((ts) => (ts - START_TS) / DAY_MS), values: [...equity.values], ...rest };
}

test('begins with the capital when the engine was started, long before anything was held', async () => {
  const store = await recorded([
    [3, 999_500, 500],
    [4, 1_002_000, 900],
  ]);
  expect(await asked(store, 0)).toEqual({
    times: [0, 3, 4],
    values: [1_000_000, 999_500, 1_002_000],
    fees: 900,
    moved: true,
  });
  // The same within: nothing was booked before.
  expect(await asked(store, START_TS + 2 * DAY_MS)).toMatchObject({ times: [2, 3, 4], fees: 900 });
});

test('begins with the last row before the period, however old it is; fees are those since', async () => {
  const store = await recorded([
    [1, 999_500, 500],
    [2, 1_002_000, 900],
    [300, 1_001_000, 1_250],
  ]);
  expect(await asked(store, START_TS + 299 * DAY_MS)).toEqual({
    ...{ times: [299, 300], values: [1_002_000, 1_001_000], fees: 350, moved: true },
  });
});

test('is its beginning alone where nothing was held, and nothing before the first engine', async () => {
  const store = await recorded([[1, 999_500, 500]]);
  const flat = { fees: 0, moved: false };
  expect(await asked(store, START_TS + 2 * DAY_MS)).toEqual({ times: [2], values: [999_500], ...flat });
  expect(await asked(store, 0, START_TS + DAY_MS)).toEqual({ times: [0], values: [1_000_000], ...flat });
  expect(await asked(store, 0, START_TS)).toBeNull();
});

import { defineStrategy, type InputLogRow, type InstanceSpec, type Store, type Strategy } from '@alpha-engine/core';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { againstBacktest, BusEntries, type ReplayOptions, replaySession } from '../../src/index.js';
import { type RecordedSession, recordSession } from './record-session.js';

const rising = defineStrategy({
  name: 'rising',
  params: z.object({ bars: z.number().int().default(2) }),
  create({ bars }) {
    const closes: number[] = [];
    return {
      onBar({ close }, ctx) {
        closes.push(close);
        const before = closes.at(-1 - bars);
        if (before === undefined) return;
        if (close > before && !ctx.position.isLong) return ctx.enterLong({ reason: `${close} above ${before}` });
        if (close < before && ctx.position.isLong) return ctx.exit({ reason: `${close} below ${before}` });
      },
    };
  },
}) as unknown as Strategy;

const spec = (bars: number): InstanceSpec => ({
  ...{ strategy: rising, params: { bars }, exchange: 'test', symbol: 'BTC_JPY', timeframe: '1s', codeHash: 'a' },
});

let session: RecordedSession;

beforeAll(async () => {
  session = await recordSession(spec(2), 40);
});

function replay(store: Store = session.store, given: Partial<ReplayOptions> = {}) {
  const entries = new BusEntries(session.bus);
  return replaySession({
    ...{ store, exchange: 'test', entries, changed: false, instances: async () => [spec(2)] },
    ...given,
  });
}

/** The record with some answers of it changed. */
function tampered(changes: Partial<Store>): Store {
  return new Proxy(session.store as Store, {
    get: (store, name) => {
      const own = changes[name as keyof Store] ?? store[name as keyof Store];
      return typeof own === 'function' ? own.bind(store) : own;
    },
  });
}

test('two processes replay to the same bars, signals, verdicts, orders, fills and books', async () => {
  const { brains, compared, divergence, identical } = await replay();
  expect(divergence).toBeNull();
  expect(identical).toBe(true);
  expect(brains).toMatchObject([
    { brain: 'strategy:test', processes: 2, complete: true },
    { brain: 'execution:test', processes: 2, complete: true },
  ]);
  const counts = await session.store.counts();
  expect(counts.signals).toBeGreaterThan(4);
  expect(compared).toMatchObject({ bars: counts.bars, signals: counts.signals, verdicts: counts.signals });
  expect(compared).toMatchObject({ orders: counts.orders, fills: counts.fills });
  expect(compared.orderEvents).toBeGreaterThanOrEqual(counts.orders * 4);
});

test('begins with the process that ran at a time', async () => {
  const [, second] = await session.store.inputLogStarts('strategy:test');
  const { brains, identical } = await replay(session.store, { from: second?.ts ?? 0 });
  expect(identical).toBe(true);
  expect(brains[0]).toMatchObject({ firstBatch: second?.batch, processes: 1, complete: true });
});

test('another parameter: the first decision that differs, and its bar', async () => {
  const { divergence } = await replay(session.store, { changed: true, instances: async () => [spec(3)] });
  expect(divergence).toMatchObject({ brain: 'strategy:test', kind: 'signal' });
  const { bar, read, signal, verdict, orders } = divergence!.chain;
  expect(signal.recorded?.ts).not.toBe(signal.replayed?.ts);
  expect(bar.recorded?.closeTs).toBe(signal.recorded?.ts ?? signal.replayed?.ts);
  expect(read.map(({ stream }) => stream)).toContain('md:trade');
  expect(verdict.recorded?.signalId).toBe(signal.recorded?.id);
  expect(orders).toHaveLength(signal.recorded === null ? 0 : 1);
});

test('a signal, a verdict, an order and a fill that are recorded otherwise are found', async () => {
  const { store } = session;
  const signals = await store.signals();
  const verdicts = await store.verdicts();
  const orders = await store.orders();
  const fills = await store.fills();
  const cases: [kind: string, changes: Partial<Store>][] = [
    ['signal', { signals: async () => signals.map((one) => ({ ...one, event: { ...one.event, confidence: 0.5 } })) }],
    ['verdict', { verdicts: async () => verdicts.map((one) => ({ ...one, ts: one.ts + 1 })) }],
    ['order', { orders: async () => orders.map((one) => ({ ...one, order: { ...one.order, updatedTs: 1 } })) }],
    ['fill', { fills: async () => fills.map((one) => ({ ...one, strategy: 'somebody' })) }],
    ['order event', { orderEvents: async () => (await store.orderEvents()).map((one) => ({ ...one, ts: 1 })) }],
    ['bar', { bars: async (query) => (await store.bars(query)).map((bar) => ({ ...bar, volume: 7 })) }],
  ];
  for (const [kind, changes] of cases) {
    const { divergence } = await replay(tampered(changes));
    expect(divergence?.kind).toBe(kind);
  }
});

test('an input that was another one shows in what came of it', async () => {
  const log = (change: (row: InputLogRow) => InputLogRow) =>
    async function* (this: Store, brain: string, after: number) {
      for await (const row of session.store.inputLog(brain, after)) yield change(row);
    };
  const answered = await replay(
    tampered({ inputLog: log(({ inputs, ...row }) => ({ ...row, inputs: dearer(inputs) })) as Store['inputLog'] }),
  );
  expect(answered.divergence).toMatchObject({ brain: 'execution:test', kind: 'order event' });
  expect(answered.divergence?.chain.signal.recorded).not.toBeNull();
});

test('a back-test of the same market signals the same; fills differ by the moment of their arrival only', async () => {
  const entries = new BusEntries(session.bus);
  const of = { store: session.store, exchange: 'test', entries };
  const same = await againstBacktest({ ...of, instances: async () => [spec(2)] });
  const { signals } = await session.store.counts();
  expect(same).toMatchObject({ agree: true, sameSignals: signals, causes: { denial: 0, unexplained: 0 } });
  expect(same.differences.every(({ cause }) => ['price', 'size', 'time'].includes(cause))).toBe(true);

  const other = await againstBacktest({
    ...of,
    entries: new BusEntries(session.bus),
    instances: async () => [spec(3)],
  });
  expect(other.agree).toBe(false);
});

test('says when the bus does not have the entries any more', async () => {
  await session.bus.trim('md:trade', 5);
  await expect(replay()).rejects.toMatchObject({ code: 'REPLAY_INCOMPLETE' });
});

/** Every fill that the exchange told, one yen dearer. */
function dearer(inputs: unknown): unknown {
  return JSON.parse(JSON.stringify(inputs), (_key, value) =>
    value?.kind === 'fill_update'
      ? { ...value, fill: { ...value.fill, price: `${Number(value.fill.price) + 1}` } }
      : value,
  );
}

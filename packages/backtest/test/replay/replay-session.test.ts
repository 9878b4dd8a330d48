import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  defineStrategy,
  type InputLogRow,
  type InstanceSpec,
  MemoryStore,
  type Store,
  type Strategy,
} from '@alpha-engine/core';
import { openFileArchive, openFileArchiveWriter } from '@alpha-engine/core/archive';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { againstBacktest, KeptEntries, type ReplayOptions, replaySession } from '../../src/index.js';
import { DataFiles } from '../support/data-files.js';
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

const files = new DataFiles();
let session: RecordedSession;

beforeAll(async () => {
  session = await recordSession(spec(2), 40);
});

function replay(store: Store = session.store, given: Partial<ReplayOptions> = {}) {
  const entries = new KeptEntries({ bus: session.bus, store: session.store, exchange: 'test' });
  return replaySession({
    ...{ store, exchange: 'test', entries, changed: false, instances: async () => [spec(2)] },
    ...given,
  });
}

function against(given: Partial<ReplayOptions> = {}) {
  const { bus, store } = session;
  const entries = new KeptEntries({ bus, store, exchange: 'test' });
  return againstBacktest({ store, exchange: 'test', entries, instances: async () => [spec(2)], ...given });
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

test('says that it begins later than was asked for', async () => {
  const [oldest] = await session.store.inputLogStarts('strategy:test');
  const begins = new Date(oldest?.ts ?? 0).toISOString();
  const said = `The oldest that is kept of strategy:test is of ${begins}: it was begun there, later than was asked for.`;
  const early = { from: (oldest?.ts ?? 0) - 1 };
  expect((await replay(session.store, early)).notes).toContain(said);
  expect((await against(early)).assumptions).toContain(said);
  const there = { from: oldest?.ts ?? 0 };
  expect((await replay(session.store, there)).notes).not.toContain(said);
  expect((await against(there)).assumptions).not.toContain(said);
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

/** One more row in every table of what was done: a copy of the first or the last, under a key that nothing came to. */
async function withOneMore(store: Store, index: 0 | -1): Promise<readonly [kind: string, changes: Partial<Store>][]> {
  const more = <Row>(rows: readonly Row[], copy: (row: Row) => Row) => [...rows, copy(rows.at(index) as Row)];
  const signals = more(await store.signals(), (one) => ({ ...one, event: { ...one.event, id: 'more' } }));
  const verdicts = more(await store.verdicts(), (one) => ({ ...one, signalId: 'more' }));
  const terms = { clientOrderId: 'more' };
  const orders = more(await store.orders(), (one) => ({
    ...one,
    order: { ...one.order, terms: { ...one.order.terms, ...terms } },
  }));
  const fills = more(await store.fills(), (one) => ({ ...one, fill: { ...one.fill, executionId: 'more' } }));
  const positions = more(await store.positions(), (one) => ({ ...one, strategy: 'more' }));
  const events = more(await store.orderEvents(), (one) => ({ ...one, id: 'more' }));
  return [
    ['signal', { signals: async () => signals }],
    ['verdict', { verdicts: async () => verdicts }],
    ['order', { orders: async () => orders }],
    ['fill', { fills: async () => fills }],
    ['position', { positions: async () => positions }],
    ['order event', { orderEvents: async () => events }],
  ];
}

test('a row that only the record has is found', async () => {
  for (const [kind, changes] of await withOneMore(session.store, 0)) {
    const { divergence, identical } = await replay(tampered(changes));
    expect({ identical, kind: divergence?.kind }).toEqual({ identical: false, kind });
    expect(divergence?.difference).toMatchObject({ path: '', replayed: null });
  }
});

test('of a later beginning, what only the record has counts from there on', async () => {
  const [, second] = await session.store.inputLogStarts('execution:test');
  const from = second?.ts ?? 0;
  for (const [kind, changes] of await withOneMore(session.store, -1)) {
    const { divergence } = await replay(tampered(changes), { from });
    expect(divergence?.kind).toBe(kind);
  }
  for (const [kind, changes] of await withOneMore(session.store, 0)) {
    // There is one position, and it is of the end.
    if (kind !== 'position') expect(await replay(tampered(changes), { from })).toMatchObject({ identical: true });
  }
});

test('before an end, fills and verdicts are compared and counted; what may still change is not, and it says so', async () => {
  const { store } = session;
  const verdicts = await store.verdicts();
  const fills = await store.fills();
  const to = verdicts.at(-3)?.ts ?? 0;
  const { compared, identical, notes } = await replay(store, { to });
  expect(identical).toBe(true);
  expect(compared.fills).toBeGreaterThan(1);
  expect(compared.fills).toBeLessThan(fills.length);
  expect(compared).toMatchObject({ verdicts: verdicts.filter(({ ts }) => ts < to).length, orders: 0 });
  expect(notes.join(' ')).toContain('orders and positions, which it may still have changed');

  const cases: [kind: string, changes: Partial<Store>][] = [
    ['fill', { fills: async () => fills.map((one) => ({ ...one, strategy: 'somebody' })) }],
    ['verdict', { verdicts: async () => verdicts.map((one) => ({ ...one, approved: !one.approved })) }],
  ];
  for (const [kind, changes] of cases) expect((await replay(tampered(changes), { to })).divergence?.kind).toBe(kind);

  // While the engine goes on it is the same.
  const checkpoint = async (brain: string) => {
    const last = await store.checkpoint(brain);
    asked += 1;
    return last && { ...last, batch: last.batch + (asked > 2 ? 1 : 0) };
  };
  let asked = 0;
  const running = await replay(tampered({ checkpoint }));
  expect(running).toMatchObject({ identical: true, compared: { orders: 0, fills: fills.length } });
  expect(running.notes.join(' ')).toContain('The engine went on meanwhile');
});

test('where nothing was run, nothing is identical', async () => {
  const later = { from: Date.UTC(2030, 0, 1) };
  for (const replayed of [
    () => replay(session.store, { to: 1 }),
    () => replay(session.store, later),
    () => replay(session.store, { ...later, changed: true, instances: async () => [spec(3)] }),
    () => replay(session.store, { from: 1, to: 2 }),
    () => replay(session.store, { exchange: 'nobody' }),
    () => replay(new MemoryStore()),
    () => against(later),
    () => against({ to: 1 }),
  ]) {
    await expect(replayed()).rejects.toMatchObject({ code: 'REPLAY_INCOMPLETE' });
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
  const same = await against();
  const { signals } = await session.store.counts();
  expect(same).toMatchObject({ agree: true, sameSignals: signals, causes: { denial: 0, unexplained: 0 } });
  expect(same.assumptions.join(' ')).toContain('is not recorded: here they walk the book');
  expect(same.differences.every(({ cause }) => ['price', 'size', 'time'].includes(cause))).toBe(true);

  const other = await against({ instances: async () => [spec(3)] });
  expect(other.agree).toBe(false);
});

test('says when the bus does not have the entries any more, and reads them from an archive and the record', async () => {
  const { bus, store } = session;
  const folder = join(files.folder, 'archive');
  const writer = await openFileArchiveWriter({ folder });
  const streams = ['md:trade', 'md:orderbook', 'md:ticker', 'md:status'];
  for (const stream of streams) await writer.add((await bus.range(stream, null, 10_000)).map(({ event }) => event));
  await writer.flush();
  await writer.close();
  for (const stream of [...streams, 'order:test']) await bus.trim(stream, 5);
  const gone = await replay().catch((error: unknown) => error);
  expect(gone).toMatchObject({ code: 'REPLAY_INCOMPLETE' });
  expect(String(gone)).toContain('not on the bus any more, and there is no archive');

  const archive = { reader: openFileArchive({ folder }), name: 'the archive' };
  const entries = new KeptEntries({ bus, store, exchange: 'test', archive });
  expect((await replay(store, { entries })).divergence).toBeNull();
  expect(entries.name).toBe('the recorded order events, the archive');
  await entries.close();

  await rm(join(folder, 'test', 'BTC_JPY', '2024-11-22', 'trade.json'));
  const lost = new KeptEntries({ bus, store, exchange: 'test', archive });
  await expect(replay(store, { entries: lost })).rejects.toThrow('not all of them are in the archive');
  await lost.close();
});

/** Every fill that the exchange told, one yen dearer. */
function dearer(inputs: unknown): unknown {
  return JSON.parse(JSON.stringify(inputs), (_key, value) =>
    value?.kind === 'fill_update'
      ? { ...value, fill: { ...value.fill, price: `${Number(value.fill.price) + 1}` } }
      : value,
  );
}

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AlphaError } from '../../src/errors/alpha-error.js';
import { type LogRecord, LogSink } from '../../src/telemetry/log-sink.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const record = (n: number): LogRecord => ({ ts: n, level: 'info', message: `message ${n}`, fields: { n } });

/** A store whose answers the test gives: `settle` ends the write under way. */
class SlowStore {
  readonly batches: LogRecord[][] = [];
  #settle: ((error?: Error) => void) | undefined;

  appendLogs(records: readonly LogRecord[]): Promise<void> {
    return new Promise((done, fail) => {
      this.#settle = (error) => {
        if (error === undefined) {
          this.batches.push([...records]);
          done();
        } else fail(error);
      };
    });
  }

  get writing(): boolean {
    return this.#settle !== undefined;
  }

  async settle(error?: Error): Promise<void> {
    const settle = this.#settle!;
    this.#settle = undefined;
    settle(error);
    await vi.advanceTimersByTimeAsync(0);
  }
}

const away = new AlphaError('STORE_UNAVAILABLE', 'The database is away.', { retryable: true });
const refused = new AlphaError('STORE_FAILED', 'The database refused a statement.');

test('writes after the interval, or at once when a batch is full, one at a time', async () => {
  const store = new SlowStore();
  const sink = new LogSink(store, { batchSize: 3, intervalMs: 100 });
  sink.write(record(1));
  await vi.advanceTimersByTimeAsync(99);
  expect(store.writing).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(store.writing).toBe(true);
  for (const n of [2, 3, 4, 5]) sink.write(record(n));
  await store.settle();
  expect(store.batches).toEqual([[record(1)]]);
  expect(store.writing).toBe(true);
  await store.settle();
  expect(store.batches[1]).toEqual([2, 3, 4].map(record));
  expect(store.writing).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  await store.settle();
  expect(store.batches[2]).toEqual([record(5)]);
  expect(sink.waiting).toBe(0);
});

test('under a store that does not answer it drops what exceeds the capacity, counts it and says so', async () => {
  const store = new SlowStore();
  const sink = new LogSink(store, { batchSize: 2, intervalMs: 100, capacity: 5, now: () => 77 });
  for (let n = 1; n <= 9; n++) sink.write(record(n));
  expect(sink.dropped).toBe(4);
  expect(sink.waiting).toBe(5);
  await store.settle();
  await store.settle();
  await vi.advanceTimersByTimeAsync(100);
  await store.settle();
  expect(store.batches.flat().filter(({ ts }) => ts !== 77)).toEqual([1, 2, 3, 4, 5].map(record));
  const told = store.batches.flat().filter(({ ts }) => ts === 77);
  expect(told).toMatchObject([{ level: 'warn', fields: { dropped: 4 } }]);
});

test('keeps its records while the store is away and tries again at the interval', async () => {
  const store = new SlowStore();
  const sink = new LogSink(store, { batchSize: 2, intervalMs: 100 });
  sink.write(record(1));
  sink.write(record(2));
  await store.settle(away);
  sink.write(record(3));
  expect(store.writing).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  await store.settle();
  await vi.advanceTimersByTimeAsync(100);
  await store.settle();
  expect(store.batches.flat()).toEqual([1, 2, 3].map(record));
  expect(sink.dropped).toBe(0);
});

test('a batch that the store will never take does not stand in the way', async () => {
  const store = new SlowStore();
  const sink = new LogSink(store, { batchSize: 2, intervalMs: 100, now: () => 77 });
  for (const n of [1, 2, 3]) sink.write(record(n));
  await store.settle(refused);
  expect(sink.dropped).toBe(2);
  await vi.advanceTimersByTimeAsync(100);
  await store.settle();
  expect(store.batches.flat()).toMatchObject([record(3), { fields: { dropped: 2 } }]);
});

test('close writes the rest, takes no more and is idempotent', async () => {
  const store = new SlowStore();
  const sink = new LogSink(store, { batchSize: 2 });
  for (const n of [1, 2, 3]) sink.write(record(n));
  const closed = Promise.all([sink.close(), sink.close()]);
  await store.settle();
  await store.settle();
  await closed;
  expect(store.batches.flat()).toEqual([1, 2, 3].map(record));
  sink.write(record(4));
  expect(sink.dropped).toBe(1);
  await sink.close();
});

test('close does not wait for ever, and counts what it gave up', async () => {
  const store = new SlowStore();
  const sink = new LogSink(store, { batchSize: 2, closeTimeoutMs: 500 });
  for (const n of [1, 2, 3]) sink.write(record(n));
  const closed = sink.close();
  await vi.advanceTimersByTimeAsync(500);
  await closed;
  expect(sink.dropped).toBe(3);
});

test('takes any fields, as they are at the moment of writing', async () => {
  const store = new SlowStore();
  const sink = new LogSink(store, { batchSize: 3 });
  const circle: Record<string, unknown> = { a: 1 };
  circle.self = circle;
  const changing = { list: [1] };
  sink.write({ ...record(1), fields: circle });
  sink.write({ ...record(2), fields: { big: 10n, error: new TypeError('no') } });
  sink.write({ ...record(3), fields: changing });
  changing.list.push(2);
  await store.settle();
  expect(store.batches[0]).toMatchObject([
    { fields: { unwritable: ['a', 'self'] } },
    { fields: { big: '10', error: { name: 'TypeError', message: 'no' } } },
    { fields: { list: [1] } },
  ]);
});

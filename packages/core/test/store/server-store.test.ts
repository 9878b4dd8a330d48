import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectServerDatabase, createPostgresStore } from '../../src/store/postgres/index.js';
import { STORE_CASES } from '../../src/testing/index.js';
import { tradeOf } from '../../src/testing/store-records.js';
import { startServer, type TestServer } from './support/start-server.js';

describe('the store on a PostgreSQL server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  for (const one of STORE_CASES) {
    test(one.name, async () => {
      const { pool } = await connectServerDatabase({ url: await server.newDatabase() });
      const store = createPostgresStore(pool);
      try {
        await store.migrate();
        await one.run(store);
      } finally {
        await store.close();
      }
    });
  }

  for (const one of STORE_CASES.filter(({ name }) => name.includes('raw events'))) {
    test(`${one.name}, by COPY`, async () => {
      const { pool } = await connectServerDatabase({ url: await server.newDatabase() });
      const store = createPostgresStore(pool, { copy: true });
      try {
        await store.migrate();
        await one.run(store);
      } finally {
        await store.close();
      }
    });
  }

  test('COPY keeps text to the last character', async () => {
    const { pool } = await connectServerDatabase({ url: await server.newDatabase() });
    const store = createPostgresStore(pool, { copy: true });
    await store.migrate();
    const symbol = 'tab\t line\n back\\slash \\N "quoted" 日本';
    const event = { ...tradeOf(1), symbol };
    expect(await store.appendRawEvents([event])).toBe(1);
    const read = [];
    const series = { exchange: 'gmo', symbol, type: 'trade' } as const;
    for await (const page of store.rawEvents(series, { from: 0, to: event.ts + 1 })) read.push(...page);
    expect(read).toEqual([event]);
    await store.close();
  });

  test('two engines that start at once migrate one schema', async () => {
    const url = await server.newDatabase();
    const stores = await Promise.all(
      [1, 2, 3].map(async () => createPostgresStore((await connectServerDatabase({ url })).pool)),
    );
    await Promise.all(stores.map((store) => store.migrate()));
    expect((await stores[0]!.takeOver('a')).fence).toBe(1);
    expect((await stores[1]!.takeOver('a')).fence).toBe(2);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('a wrong address, a wrong password and nobody there are told apart, without the password', async () => {
    const good = new URL(await server.newDatabase());
    const encrypted = connectServerDatabase({ url: `${good.href}?sslmode=require` });
    await expect(encrypted).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('TLS switched off'),
    });
    await expect(connectServerDatabase({ url: 'mysql://alpha:hunter2@h/d' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.not.stringContaining('hunter2'),
    });
    const away = new URL(good);
    away.port = '1';
    await expect(connectServerDatabase({ url: away.href })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
    });
    const nowhere = new URL(good);
    nowhere.pathname = '/no_such_database';
    await expect(connectServerDatabase({ url: nowhere.href })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: false,
      message: expect.not.stringContaining('alpha:'),
    });
  });
});

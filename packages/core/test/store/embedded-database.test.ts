import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  connectEmbeddedDatabase,
  createPostgresStore,
  type EmbeddedDatabase,
  openEmbeddedDatabase,
} from '../../src/store/postgres/index.js';
import { barOf, stepOf } from '../../src/testing/store-records.js';
import { buildChild } from '../support/build-child.js';
import { startChild } from '../support/start-child.js';

describe('the embedded database', () => {
  let folder: string;
  let opened: EmbeddedDatabase[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alpha-db-'));
    opened = [];
  });
  afterEach(async () => {
    for (const database of opened) await database.close();
    await rm(folder, { recursive: true, force: true });
  });
  const open = async (path = folder) => {
    const database = await openEmbeddedDatabase({ folder: path });
    opened.push(database);
    return database;
  };

  test('it opens, migrates, commits, closes and opens again', async () => {
    for (const round of [1, 2]) {
      const database = await open();
      const store = createPostgresStore(database.pool);
      await store.migrate();
      const owner = await store.takeOver('execution:gmo');
      expect(owner.fence).toBe(round);
      expect(owner.checkpoint?.batch ?? 0).toBe(round - 1);
      await store.commit(stepOf(owner, { bars: [barOf(round)] }));
      await store.close();
      await store.close();
      await database.close();
      await database.close();
    }
    expect((await readdir(folder)).toSorted()).toEqual(['pgdata']);
  });

  test('a second opener is refused, here and in another process, and the first goes on', async () => {
    const script = await buildChild(fileURLToPath(new URL('./support/commit-child.ts', import.meta.url)));
    const child = startChild(script, [folder]);
    try {
      await child.line((line) => line === 'committed 1');
      await expect(openEmbeddedDatabase({ folder })).rejects.toMatchObject({
        code: 'DATA_FOLDER_LOCKED',
        exitStatus: 6,
        message: expect.stringContaining(folder),
      });
      const next = child.lines.length + 3;
      await child.line((line) => line === `committed ${next}`);
    } finally {
      await child.kill();
    }
    await open();
    await expect(openEmbeddedDatabase({ folder })).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED' });
  }, 60_000);

  test('others read while the owner commits, and hold nothing up', async () => {
    const script = await buildChild(fileURLToPath(new URL('./support/commit-child.ts', import.meta.url)));
    expect(await connectEmbeddedDatabase({ folder })).toBeNull();
    const child = startChild(script, [folder]);
    try {
      await child.line((line) => line === 'committed 1');
      await Promise.all(
        [1, 2, 3].map(async () => {
          const connection = (await connectEmbeddedDatabase({ folder }))!;
          const store = createPostgresStore(connection.pool);
          for (let read = 0; read < 15; read++) {
            const limit = 1 + (read % 5);
            const { bars } = await store.counts();
            const newest = await store.bars({ exchange: 'gmo', symbol: 'BTC_JPY', timeframe: '1m', limit });
            expect(newest.length).toBe(Math.min(limit, newest.at(-1)!.trades));
            expect(newest.at(-1)!.trades).toBeGreaterThanOrEqual(bars);
          }
          await store.close();
          await connection.close();
        }),
      );
      const last = Number(child.lines.at(-1)!.split(' ')[1]);
      await child.line((line) => line === `committed ${last + 2}`);
    } finally {
      await child.kill();
    }
    // A killed owner leaves its socket behind; nobody answers there.
    expect(await connectEmbeddedDatabase({ folder })).toBeNull();
  }, 60_000);

  test('a reader that dies inside a transaction does not keep the owner waiting', async () => {
    const database = await open();
    const store = createPostgresStore(database.pool);
    await store.migrate();
    const reader = (await connectEmbeddedDatabase({ folder }))!;
    const client = await reader.pool.connect();
    client.on('error', () => {});
    await client.query('BEGIN');
    await client.query('SELECT 1');
    const waiting = store.counts();
    client.release(true);
    expect((await waiting).bars).toBe(0);
    await reader.close();
  });

  test('a path too long for a socket works all the same', async () => {
    const deep = join(folder, 'x'.repeat(60), 'y'.repeat(60));
    const database = await open(deep);
    await createPostgresStore(database.pool).migrate();
    const reader = (await connectEmbeddedDatabase({ folder: deep }))!;
    expect((await createPostgresStore(reader.pool).counts()).bars).toBe(0);
    await reader.close();
    expect(Buffer.byteLength(database.socketPath)).toBeLessThan(104);
    await database.close();
    await rm(dirname(database.socketPath), { recursive: true });
  });

  test('what is not a database of ours is refused and left as it was', async () => {
    const pgdata = join(folder, 'pgdata');
    await mkdir(pgdata);
    await writeFile(join(pgdata, 'notes.txt'), 'mine');
    await expect(openEmbeddedDatabase({ folder })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('holds no database'),
    });
    await writeFile(join(pgdata, 'PG_VERSION'), '19\n');
    await expect(openEmbeddedDatabase({ folder })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('PostgreSQL 19'),
    });
    expect(await readdir(pgdata)).toEqual(['PG_VERSION', 'notes.txt']);
    expect(await readFile(join(pgdata, 'notes.txt'), 'utf8')).toBe('mine');
  });

  test('a damaged database is an error, not a hang, and gives the folder free', async () => {
    await (await open()).close();
    await writeFile(join(folder, 'pgdata', 'global', 'pg_control'), 'damaged');
    for (const _again of [1, 2]) {
      await expect(openEmbeddedDatabase({ folder, timeoutMs: 20_000 })).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringMatching(/could not be opened: .+\./),
      });
    }
  }, 60_000);

  test('opening that takes too long is given up', async () => {
    await expect(openEmbeddedDatabase({ folder, timeoutMs: 1 })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('no answer within 1 ms'),
    });
    await open();
  });

  test('after the end of the database a call fails with a code and does not hang', async () => {
    const database = await open();
    const store = createPostgresStore(database.pool);
    await store.migrate();
    await database.close();
    await expect(store.counts()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await store.close();
  });
});

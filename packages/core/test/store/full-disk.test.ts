import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createPostgresStore, openEmbeddedDatabase } from '../../src/store/postgres/index.js';
import { smallDisk } from '../../src/testing/small-disk.js';
import { stepOf } from '../../src/testing/store-records.js';

vi.setConfig({ testTimeout: 60_000 });

test('the embedded database on a full disk says so, and goes on once there is room', async () => {
  await using disk = smallDisk(96_000_000);
  const folder = join(disk.path, 'database');
  mkdirSync(folder);
  const database = await openEmbeddedDatabase({ folder });
  try {
    const store = createPostgresStore(database.pool);
    await store.migrate();
    const owner = await store.takeOver('execution:gmo');
    // Of random digits: the database must not be able to press it into what it has.
    const state = () => Array.from({ length: 2000 }, () => Math.random());
    const commit = (batch: number) => {
      const step = stepOf(owner, { batch });
      return store.commit({ ...step, checkpoint: { ...step.checkpoint, state: state() } });
    };
    let batch = 0;
    const commitSome = async (count: number) => {
      for (let done = 0; done < count; done++) await commit(++batch);
    };
    await commitSome(3);
    disk.fill(process.pid);
    await expect(commitSome(1000)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
      message: expect.stringMatching(/disk of the database is full.*Nothing was committed; free some space/),
    });
    disk.free(process.pid);
    // The same batch again.
    batch -= 1;
    await commitSome(3);
    expect((await store.checkpoint('execution:gmo'))?.batch).toBe(batch);
  } finally {
    disk.free(process.pid);
    await database.close();
  }
});

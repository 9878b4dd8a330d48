import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createPostgresStore, type EmbeddedDatabase, openEmbeddedDatabase } from '../../src/store/postgres/index.js';
import { STORE_CASES } from '../../src/testing/index.js';

describe('the store on the embedded database', () => {
  let folder: string;
  let database: EmbeddedDatabase;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alpha-store-'));
    database = await openEmbeddedDatabase({ folder });
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const one of STORE_CASES) {
    test(one.name, async () => {
      // One database serves all cases: opening one costs a second.
      await database.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      const store = createPostgresStore(database.pool);
      await store.migrate();
      await one.run(store);
    });
  }
});

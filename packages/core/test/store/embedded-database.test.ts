import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPostgresStore, openEmbeddedDatabase } from '../../src/store/postgres/index.js';

test('it opens, migrates, commits, closes and opens again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'alpha-db-'));
  try {
    for (const round of [1, 2]) {
      const db = await openEmbeddedDatabase({ folder });
      const store = createPostgresStore(db.pool);
      await store.migrate();
      const { fence, checkpoint } = await store.takeOver('execution:gmo');
      expect(fence).toBe(round);
      expect(checkpoint?.batch ?? 0).toBe(round - 1);
      const step = {
        brain: 'execution:gmo',
        fence,
        batch: round,
        ts: 1,
        checkpoint: { positions: { 'md:trade': '1' }, state: { b: 1, a: '\0' } },
        inputs: [],
      };
      await store.commit(step);
      await store.commit(step);
      expect(await store.checkpoint('execution:gmo')).toEqual({ batch: round, ...step.checkpoint });
      await store.close();
      await db.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

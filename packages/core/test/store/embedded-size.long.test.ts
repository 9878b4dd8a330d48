import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createPostgresStore, openEmbeddedDatabase } from '../../src/store/postgres/index.js';
import { stepOf } from '../../src/testing/store-records.js';
import { seededRandom } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const SEED = Number(process.env.ALPHA_SEED ?? 20_261_122);
const COMMITS = 3_000;
/** Characters of the state of a brain; a new one with each commit. */
const STATE = 8_000;

vi.setConfig({ testTimeout: 180_000 });

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

// The embedded database has no background processes: without the upkeep of its worker every commit would leave its old state.
test(`the embedded database stays small over ${COMMITS} commits (seed ${SEED})`, async () => {
  await using folder = await temporaryFolder();
  const random = seededRandom(SEED);
  const database = await openEmbeddedDatabase({ folder: folder.path });
  const log = join(folder.path, 'pgdata', 'pg_wal');
  try {
    const store = createPostgresStore(database.pool);
    await store.migrate();
    const owner = await store.takeOver('execution:gmo');
    const before = bytesIn(folder.path);
    let mostLog = 0;
    for (let batch = 1; batch <= COMMITS; batch++) {
      const step = stepOf(owner, { batch });
      const digits = Array.from({ length: STATE / 16 }, () => random().toString().slice(2, 18));
      await store.commit({ ...step, checkpoint: { ...step.checkpoint, state: digits.join('') } });
      if (batch % 500 === 0) mostLog = Math.max(mostLog, bytesIn(log));
    }
    const { rows } = await database.pool.query<{ bytes: string }>(`SELECT pg_total_relation_size('brains') AS bytes`);
    // Kept whole, the old states alone would be more than 20 MB.
    expect(Number(rows[0]!.bytes)).toBeLessThan(8_000_000);
    expect(mostLog).toBeLessThan(70_000_000);
    await database.close();
    expect(bytesIn(log)).toBeLessThan(40_000_000);
    expect(bytesIn(folder.path) - before).toBeLessThan(30_000_000);
  } finally {
    await database.close();
  }
});

test('a state that did not change is not written again', async () => {
  await using folder = await temporaryFolder();
  const database = await openEmbeddedDatabase({ folder: folder.path });
  try {
    const store = createPostgresStore(database.pool);
    await store.migrate();
    const owner = await store.takeOver('execution:gmo');
    const random = seededRandom(SEED);
    const state = Array.from({ length: 5_000 }, () => random());
    const position = async () => {
      const { rows } = await database.pool.query<{ at: string }>(
        `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS at`,
      );
      return Number(rows[0]!.at);
    };
    const commit = async (batch: number) => {
      const step = stepOf(owner, { batch });
      await store.commit({ ...step, checkpoint: { ...step.checkpoint, state } });
    };
    await commit(1);
    const before = await position();
    for (let batch = 2; batch <= 51; batch++) await commit(batch);
    // The state has about 95 000 characters; pages written whole after a checkpoint are in the figure.
    expect((await position()) - before).toBeLessThan(50 * 5_000);
    expect((await store.checkpoint('execution:gmo'))?.state).toEqual(state);
  } finally {
    await database.close();
  }
});

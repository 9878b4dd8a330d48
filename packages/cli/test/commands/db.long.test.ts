import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmbeddedDatabase } from '@alpha-engine/core/postgres';
import { expect, it } from 'vitest';
import { runAlpha, startSimulator } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

it('shows the database before and after its schema is brought up to date', async () => {
  const folder = await tempFolder();
  const nothing = await runAlpha(['db', 'status'], { folder });
  expect([nothing.exit, nothing.stderr]).toEqual([5, expect.stringContaining('DATA_FOLDER_UNUSABLE')]);

  await mkdir(join(folder, '.alpha'));
  const before = await runAlpha(['db', 'status', '--json'], { folder });
  expect(before.exit, before.stderr).toBe(0);
  expect(JSON.parse(before.stdout)).toMatchObject({
    schema: { version: 0, pending: [{ version: 1 }, { version: 2 }, { version: 3 }, { version: 4 }] },
    tables: [],
    rawEvents: { division: 'none' },
    readOnly: false,
    timescale: 'absent',
  });
  const migrated = await runAlpha(['db', 'migrate', '--json'], { folder });
  expect(migrated.exit, migrated.stderr).toBe(0);
  expect(JSON.parse(migrated.stdout)).toMatchObject({
    from: 0,
    to: 4,
    applied: [{ version: 1 }, { version: 2 }, { version: 3 }, { version: 4 }],
  });
  const after = await runAlpha(['db', 'status'], { folder });
  expect(after.stdout).toMatch(/Schema 4 of 4/);
  expect(after.stdout).toContain('ohlcv');

  // A bus that is away hides nothing of the records.
  const status = await runAlpha(['status'], { folder, env: { REDIS_URL: 'redis://127.0.0.1:1' } });
  expect([status.exit, status.stdout]).toEqual([0, expect.stringMatching(/fills[\s\S]*\nLag: .*127\.0\.0\.1:1/)]);

  const env = { DATABASE_URL: 'postgres://alpha:hunter2-hunter2@127.0.0.1:1/alpha' };
  const away = await runAlpha(['db', 'migrate'], { folder, env });
  expect([away.exit, away.stdout]).toEqual([5, '']);
  expect(away.stderr).toContain('STORE_UNAVAILABLE');
  expect(away.stderr).not.toContain('hunter2');
  const slash = { DATABASE_URL: 'postgres://alpha:hunter2/hunter2@127.0.0.1/alpha' };
  expect((await runAlpha(['db', 'status'], { folder, env: slash })).stderr).toMatch(/write %2F for \//);

  const embedded = await openEmbeddedDatabase({ folder: join(folder, '.alpha', 'database') });
  await embedded.pool.query("UPDATE schema_migrations SET checksum = 'x' WHERE version = 1");
  await embedded.close();
  const changed = await runAlpha(['db', 'status'], { folder });
  expect(changed.stdout).toMatch(/\nMigration 1 \(.*differs from the one this database was made with/);
}, 120_000);

it('leaves a database of a newer version alone and says so in one sentence, whichever command meets it', async () => {
  const folder = await tempFolder();
  await mkdir(join(folder, '.alpha'));
  expect((await runAlpha(['db', 'migrate'], { folder })).exit).toBe(0);
  const embedded = await openEmbeddedDatabase({ folder: join(folder, '.alpha', 'database') });
  await embedded.pool.query("INSERT INTO schema_migrations (version, name, checksum) VALUES (99, 'of tomorrow', 'x')");
  await embedded.close();

  const { env } = await startSimulator(folder);
  // One after the other: the embedded database has one owner.
  for (const command of [['status'], ['engine', '--strategy', 'ma-cross'], ['db', 'migrate']]) {
    const { exit, stderr } = await runAlpha([...command, '--json'], { folder, env });
    const message = expect.stringMatching(
      /^The database has migration 99 \(of tomorrow\), which this version does not/,
    );
    expect([exit, JSON.parse(stderr).error], command.join(' ')).toEqual([
      5,
      expect.objectContaining({ code: 'STORE_NEWER_SCHEMA', message }),
    ]);
  }
  const status = await runAlpha(['db', 'status'], { folder });
  expect([status.exit, status.stdout]).toEqual([0, expect.stringContaining('newer than this version: update it.')]);
}, 60_000);

import { createHash } from 'node:crypto';
import type { QueryConfig } from 'pg';
import { AlphaError } from '../../errors/alpha-error.js';
import type { Database, Session } from './database.js';
import type { Migration } from './migrations/index.js';

const MIGRATION_TIMEOUT_MS = 6 * 3_600_000;

/** Two processes that start at once on one server take turns; released with the transaction. */
const TAKE_TURNS = 'LOCK TABLE schema_migrations IN EXCLUSIVE MODE';

/**
 * Applies what is missing, one transaction each. Throws `STORE_NEWER_SCHEMA` when the database knows a migration that we do
 * not, `STORE_MIGRATION_CHANGED` when one differs from what was applied; nothing is changed then. Returns how many were applied.
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<number> {
  const present = await database.read(tableExists);
  if (!present) {
    await database.write(createTable).catch(async (error: unknown) => {
      // Another process may have made it in the same moment, which the server reports as a duplicate.
      if (!(await database.read(tableExists))) throw error;
    });
  }
  await database.read(async (session) => check(await applied(session), migrations));
  let count = 0;
  for (const migration of migrations) {
    if (await database.write((session) => applyOnce(session, migration, migrations))) count++;
  }
  return count;
}

/**
 * For those who only read: throws `STORE_EMPTY` where nothing was applied, `STORE_OLDER_SCHEMA` where something is missing, and
 * what `migrate` throws. Changes nothing.
 */
export async function checkSchema(database: Database, migrations: readonly Migration[]): Promise<void> {
  const rows = await database.read(async (session) => ((await tableExists(session)) ? applied(session) : []));
  if (rows.length === 0) {
    throw new AlphaError(
      'STORE_EMPTY',
      'The database has no records: nothing ran on it yet. Check DATABASE_URL; then start an engine with it, or run `alpha db migrate`.',
    );
  }
  check(rows, migrations);
  const missing = migrations.find((one) => !rows.some(({ version }) => version === one.version));
  if (missing === undefined) return;
  throw new AlphaError(
    'STORE_OLDER_SCHEMA',
    `The database lacks migration ${missing.version} (${missing.name}): it was written by an older version. Start the engine of this version, or run \`alpha db migrate\`.`,
    { context: { version: missing.version, name: missing.name } },
  );
}

async function tableExists(session: Session): Promise<boolean> {
  const { rows } = await session.query<{ present: boolean }>(
    `SELECT to_regclass('schema_migrations') IS NOT NULL AS present`,
  );
  return rows[0]!.present;
}

async function createTable(session: Session): Promise<void> {
  await session.query(
    `CREATE TABLE IF NOT EXISTS schema_migrations (
       version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
       applied_at timestamptz NOT NULL DEFAULT now()
     )`,
  );
}

interface Applied {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

async function applied(session: Session): Promise<readonly Applied[]> {
  const { rows } = await session.query<Applied>(
    'SELECT version, name, checksum FROM schema_migrations ORDER BY version',
  );
  return rows;
}

function check(rows: readonly Applied[], migrations: readonly Migration[]): void {
  for (const row of rows) {
    const ours = migrations.find(({ version }) => version === row.version);
    if (ours === undefined) {
      throw new AlphaError(
        'STORE_NEWER_SCHEMA',
        `The database has migration ${row.version} (${row.name}), which this version does not know. ` +
          'It was written by a newer version: install that one, or use another database.',
        { context: { version: row.version, name: row.name } },
      );
    }
    if (checksumOf(ours) !== row.checksum) {
      throw new AlphaError(
        'STORE_MIGRATION_CHANGED',
        `Migration ${row.version} (${row.name}) differs from the one this database was made with. ` +
          'Install the version that made it, or use another database.',
        { context: { version: row.version, name: row.name } },
      );
    }
  }
}

async function applyOnce(session: Session, migration: Migration, all: readonly Migration[]): Promise<boolean> {
  await session.query(TAKE_TURNS);
  const rows = await applied(session);
  check(rows, all);
  if (rows.some(({ version }) => version === migration.version)) return false;
  // Moving rows may take longer than a statement of trading is allowed to.
  await session.query('SET LOCAL statement_timeout = 0');
  await session.query({ text: migration.sql, query_timeout: MIGRATION_TIMEOUT_MS } as QueryConfig);
  await session.query('INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)', [
    migration.version,
    migration.name,
    checksumOf(migration),
  ]);
  return true;
}

function checksumOf({ version, name, sql }: Migration): string {
  return createHash('sha256').update(`${version}\n${name}\n${sql}`).digest('hex');
}

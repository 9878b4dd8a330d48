import type { Pool } from 'pg';
import { Database, type Session } from './database.js';
import { MIGRATIONS } from './migrations/index.js';

export interface DatabaseStatus {
  /** For example `PostgreSQL 18.1`. */
  readonly server: string;
  /** Whether it takes no writes: a standby, or made read-only. */
  readonly readOnly: boolean;
  readonly schema: {
    /** Newest migration that was applied; 0 for a database that is not ours yet. */
    readonly version: number;
    /** Newest migration of this version of the product. Below `version`: the database is newer than we are. */
    readonly known: number;
    readonly pending: readonly { readonly version: number; readonly name: string }[];
  };
  /** Largest first; rows are the server's estimate, -1 where it has none yet. Partitions count for their table. */
  readonly tables: readonly { readonly table: string; readonly rows: number; readonly bytes: number }[];
  readonly rawEvents: { readonly division: 'none' | 'days' | 'hypertable'; readonly days: number };
  readonly timescale: 'installed' | 'available' | 'absent';
}

/** What a database is and how far it is; changes nothing. Throws `STORE_*` errors. */
export function databaseStatus(pool: Pool): Promise<DatabaseStatus> {
  return new Database(pool).read(async (session) => {
    const version = await schemaVersion(session);
    const { rows } = await session.query<{ server: string; readonly: boolean; timescale: DatabaseStatus['timescale'] }>(
      `SELECT 'PostgreSQL ' || current_setting('server_version') AS server,
              pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS readonly,
              CASE WHEN EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN 'installed'
                   WHEN EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb') THEN 'available'
                   ELSE 'absent' END AS timescale`,
    );
    const { server, readonly, timescale } = rows[0]!;
    return {
      server,
      readOnly: readonly,
      schema: {
        version,
        known: MIGRATIONS.length,
        pending: MIGRATIONS.filter((one) => one.version > version).map(({ version, name }) => ({ version, name })),
      },
      tables: await tableSizes(session),
      rawEvents: await rawEventDays(session),
      timescale,
    };
  });
}

async function schemaVersion(session: Session): Promise<number> {
  const { rows } = await session.query<{ present: boolean }>(
    `SELECT to_regclass('schema_migrations') IS NOT NULL AS present`,
  );
  if (!rows[0]!.present) return 0;
  const found = await session.query<{ version: number | null }>(
    'SELECT max(version) AS version FROM schema_migrations',
  );
  return found.rows[0]?.version ?? 0;
}

async function tableSizes(session: Session): Promise<DatabaseStatus['tables']> {
  const { rows } = await session.query<{ table: string; rows: string; bytes: string }>(
    `SELECT coalesce(parent.relname, c.relname) AS table, sum(c.reltuples)::bigint AS rows,
            sum(pg_total_relation_size(c.oid))::bigint AS bytes
     FROM pg_class c
     LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class parent ON parent.oid = i.inhparent
     WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
     GROUP BY 1 ORDER BY 3 DESC, 1`,
  );
  return rows.map(({ table, rows, bytes }) => ({ table, rows: Number(rows), bytes: Number(bytes) }));
}

async function rawEventDays(session: Session): Promise<DatabaseStatus['rawEvents']> {
  const { rows } = await session.query<{ relkind: string; days: string }>(
    `SELECT c.relkind, (SELECT count(*) FROM pg_inherits i WHERE i.inhparent = c.oid) AS days
     FROM pg_class c WHERE c.oid = to_regclass('raw_events')`,
  );
  const row = rows[0];
  if (row === undefined) return { division: 'none', days: 0 };
  return { division: row.relkind === 'p' ? 'days' : 'hypertable', days: Number(row.days) };
}

import { createHash } from 'node:crypto';
import { Socket } from 'node:net';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type Pool } from 'pg';
import { AlphaError } from '../../errors/alpha-error.js';
import type { BrainLocks, LockHolder, LockName, LockSession, Refusal } from '../brain-locks.js';
import { toStoreError } from './pg-error.js';

/** In that time. */
const BEATS = 5;
const ANSWER_MS = 5_000;
const GOODBYE_MS = 1_000;
/** The server cuts longer names off. */
const LONGEST_NAME = 63;

/** Locks on a whole database begin so; all others belong to one schema, as the tables they guard do. */
const WHOLE_DATABASE = 'account:';

/**
 * Advisory locks of a PostgreSQL server, held by a connection outside the pool. The server itself ends that connection, and
 * gives the locks free, when nothing came from it for `patienceMs`: a host that vanished and a process that was stopped or
 * hangs are the same to it. (`idle_session_timeout`; the keep-alive settings of TCP could not tell a hanging process.)
 */
export async function connectServerLocks(pool: Pool, url: string, patienceMs: number): Promise<BrainLocks> {
  const place = await placeOf(pool, url);
  return { place, beatMs: patienceMs / BEATS, patienceMs, open: () => openSession(url, patienceMs) };
}

async function placeOf(pool: Pool, url: string): Promise<string> {
  const identity = async () => {
    const { rows } = await pool.query<{ place: string }>(
      `SELECT format('%s/%s', (SELECT system_identifier FROM pg_control_system()),
                              (SELECT oid FROM pg_database WHERE datname = current_database())) AS place`,
    );
    return rows[0]!.place;
  };
  // Some hosts of databases forbid that function; the address then has to be written alike.
  const address = ({ host, pathname }: URL) => host + pathname;
  const place = await identity().catch(() => address(new URL(url)));
  return createHash('sha256').update(place).digest('hex').slice(0, 12);
}

async function openSession(url: string, patienceMs: number): Promise<LockSession> {
  const who = `${hostname()}/${process.pid}`;
  const socket = new Socket();
  const client = new Client({
    connectionString: url,
    stream: () => socket,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    application_name: `alpha ${who}`.slice(0, LONGEST_NAME),
  });
  const ended = new Promise<Error>((resolve) => {
    client.on('error', (error) => resolve(toStoreError(error)));
    client.on('end', () => resolve(new AlphaError('STORE_UNAVAILABLE', 'The connection to the database ended.')));
  });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= Promise.race([client.end(), delay(GOODBYE_MS, undefined, { ref: false })])
      .catch(() => {})
      .then(() => void socket.destroy());
    return closed;
  };
  try {
    await client.connect();
    const { rows } = await client.query<{ schema: string; pid: number; since: string }>(
      `SELECT set_config('idle_session_timeout', $1, false), current_schema() AS schema, pg_backend_pid() AS pid,
              (SELECT ${SINCE} FROM pg_stat_activity a WHERE a.pid = pg_backend_pid()) AS since`,
      [String(patienceMs)],
    );
    const { schema, pid, since } = rows[0]!;
    const self = { who, pid, sinceTs: Number(since) };
    return new ServerLockSession(client, schema, self, ended, close);
  } catch (error) {
    await close();
    throw toStoreError(error);
  }
}

const SINCE = `(extract(epoch FROM a.backend_start) * 1000)::bigint`;

/** Rows of advisory locks with their key put together again, and who is behind each. */
const LOCKS = `
  SELECT (l.classid::bigint << 32) | l.objid::bigint AS key, l.mode, l.pid, ${SINCE} AS since, a.application_name AS who
  FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

interface LockRow {
  readonly name: LockName;
  readonly pid: number;
  readonly since: string | null;
  readonly who: string | null;
}

class ServerLockSession implements LockSession {
  readonly self: LockHolder;
  readonly ended: Promise<Error>;
  readonly close: () => Promise<void>;
  readonly #client: Client;
  readonly #schema: string;
  readonly #waiting = new Set<LockName>();

  constructor(client: Client, schema: string, self: LockHolder, ended: Promise<Error>, close: () => Promise<void>) {
    this.#client = client;
    this.#schema = schema;
    this.self = self;
    this.ended = ended;
    this.close = close;
  }

  async take(names: readonly LockName[]): Promise<Refusal | null> {
    const rows = await this.#ask<{ name: LockName; got: boolean }>(TAKE, this.#keyed(names));
    const refused = rows.find(({ got }) => !got);
    if (refused === undefined) {
      await this.#say([...this.#waiting], 'pg_advisory_unlock_shared');
      this.#waiting.clear();
      return null;
    }
    const got = rows.filter((row) => row.got).map(({ name }) => name);
    await this.#ask(`SELECT pg_advisory_unlock(hashtextextended(key, 0)) FROM ${KEYED}`, this.#keyed(got));
    await this.#say(
      names.filter((name) => !this.#waiting.has(name)),
      'pg_advisory_lock_shared',
    );
    for (const name of names) this.#waiting.add(name);
    return { name: refused.name, holder: (await this.holders([refused.name])).get(refused.name) ?? null };
  }

  async holders(names: readonly LockName[]): Promise<ReadonlyMap<LockName, LockHolder>> {
    const rows = await this.#ask<LockRow>(
      `SELECT k.name, l.pid, l.since, l.who
       FROM (SELECT * FROM ${KEYED}) k JOIN (${LOCKS}) l ON l.key = hashtextextended(k.key, 0)
       WHERE l.mode = 'ExclusiveLock'`,
      this.#keyed(names),
    );
    return new Map(rows.map((row) => [row.name, holderOf(row)]));
  }

  async beat(): Promise<void> {
    const [row] = await this.#ask<{ pid: number }>('SELECT pg_backend_pid() AS pid', []);
    if (row?.pid === this.self.pid) return;
    throw new AlphaError(
      'STORE_FAILED',
      'The connection that holds the locks is not the same one any more. A pooler in transaction mode cannot hold locks: ' +
        'let DATABASE_URL lead to the server itself, or to a pool in session mode.',
    );
  }

  /** A shared lock beside the real one shows that somebody waits for it. */
  async #say(names: readonly LockName[], by: 'pg_advisory_lock_shared' | 'pg_advisory_unlock_shared'): Promise<void> {
    const waits = names.map(waitingFor);
    if (waits.length > 0) await this.#ask(`SELECT ${by}(hashtextextended(key, 0)) FROM ${KEYED}`, this.#keyed(waits));
  }

  #keyed(names: readonly LockName[]): [readonly LockName[], string] {
    return [names, this.#schema];
  }

  async #ask<Row extends object>(sql: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      return (await this.#client.query<Row>(sql, [...values])).rows;
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

/** `$1` names, `$2` the schema. */
const KEYED = `(
  SELECT name, place, CASE WHEN starts_with(name, '${WHOLE_DATABASE}') THEN 'alpha ' || name
                           ELSE 'alpha ' || $2::text || ' ' || name END AS key
  FROM unnest($1::text[]) WITH ORDINALITY AS named (name, place)
) keyed`;

/** One after the other, up to the first that is refused: two that try at once must not take from each other what neither needs yet. */
const TAKE = `
  WITH RECURSIVE wanted AS MATERIALIZED (SELECT * FROM ${KEYED}),
  taken (place, name, got) AS (
    SELECT 0::bigint, NULL::text, true
    UNION ALL
    SELECT wanted.place, wanted.name, pg_try_advisory_lock(hashtextextended(wanted.key, 0))
    FROM taken JOIN wanted ON wanted.place = taken.place + 1 WHERE taken.got
  )
  SELECT name, got FROM taken WHERE place > 0 ORDER BY place`;

export interface BrainOwner {
  readonly owner: LockHolder | null;
  readonly standbys: readonly LockHolder[];
}

/** Who owns each lock and who waits for it, on a server. Throws `STORE_*` errors. */
export async function readOwners(pool: Pool, names: readonly LockName[]): Promise<ReadonlyMap<LockName, BrainOwner>> {
  const asked = names.flatMap((name) => [name, waitingFor(name)]);
  try {
    const { rows } = await pool.query<LockRow>(
      `SELECT k.name, l.pid, l.since, l.who
       FROM (SELECT * FROM ${KEYED}) k JOIN (${LOCKS}) l ON l.key = hashtextextended(k.key, 0) ORDER BY l.since`,
      [asked, (await pool.query<{ schema: string }>('SELECT current_schema() AS schema')).rows[0]!.schema],
    );
    const of = (name: LockName) => rows.filter((row) => row.name === name).map(holderOf);
    return new Map(names.map((name) => [name, { owner: of(name)[0] ?? null, standbys: of(waitingFor(name)) }]));
  } catch (error) {
    throw toStoreError(error);
  }
}

function waitingFor(name: LockName): LockName {
  return `${name} waiting`;
}

function holderOf({ pid, since, who }: LockRow): LockHolder {
  return { who: who === null || who === '' ? null : who.replace(/^alpha /, ''), pid, sinceTs: Number(since ?? 0) };
}

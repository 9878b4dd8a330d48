import { DAY_MS, dayOf, startOfDay } from '../raw-events.js';
import type { Database, Session } from './database.js';

const NAME = /^raw_events_(\d{4})(\d{2})(\d{2})$/;

type Division = 'partitions' | 'hypertable';

/**
 * The days of `raw_events`. A day's partition is made before the first event of the day is written, and the one after the
 * newest with it, so that nobody waits at midnight. On a hypertable TimescaleDB does that by itself.
 */
export class RawPartitions {
  readonly #database: Database;
  readonly #known = new Set<string>();
  #division: Division | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Makes what is missing of these days. */
  async ensure(days: ReadonlySet<string>): Promise<void> {
    const missing = [...days].filter((day) => !this.#known.has(day)).toSorted();
    const newest = missing.at(-1);
    if (newest === undefined) return;
    const division = this.#division ?? (await this.#database.read(divisionOf));
    this.#division = division;
    const made = [...missing, dayOf(startOfDay(newest) + DAY_MS)];
    if (division === 'partitions') await this.#database.write((session) => makePartitions(session, made));
    for (const day of made) this.#known.add(day);
  }

  /** After another process dropped days. */
  forget(): void {
    this.#known.clear();
  }

  /** Drops the days that ended at or before this time. Returns how many. */
  async dropBefore(ts: number): Promise<number> {
    const division = await this.#database.read(divisionOf);
    this.forget();
    return this.#database.write((session) =>
      division === 'partitions' ? dropPartitions(session, ts) : dropChunks(session, ts),
    );
  }
}

async function divisionOf(session: Session): Promise<Division> {
  const { rows } = await session.query<{ relkind: string }>(
    `SELECT relkind FROM pg_class WHERE oid = 'raw_events'::regclass`,
  );
  return rows[0]?.relkind === 'p' ? 'partitions' : 'hypertable';
}

/** Attached instead of made in place: that lets others read and write the other days meanwhile. */
async function makePartitions(session: Session, days: readonly string[]): Promise<void> {
  // One maker at a time; readers and writers of rows are not in its way.
  await session.query('LOCK TABLE raw_events IN SHARE UPDATE EXCLUSIVE MODE');
  const present = new Set(await partitionDays(session));
  for (const day of days) {
    if (present.has(day)) continue;
    const table = `raw_events_${day.replaceAll('-', '')}`;
    const start = startOfDay(day);
    await session.query(
      `CREATE TABLE ${table} (LIKE raw_events INCLUDING DEFAULTS INCLUDING INDEXES);
       ALTER TABLE raw_events ATTACH PARTITION ${table} FOR VALUES FROM (${start}) TO (${start + DAY_MS})`,
    );
  }
}

async function partitionDays(session: Session): Promise<readonly string[]> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'raw_events'::regclass ORDER BY 1`,
  );
  return rows.flatMap(({ name }) => {
    const match = NAME.exec(name);
    return match ? [`${match[1]}-${match[2]}-${match[3]}`] : [];
  });
}

async function dropPartitions(session: Session, ts: number): Promise<number> {
  const old = (await partitionDays(session)).filter((day) => startOfDay(day) + DAY_MS <= ts);
  for (const day of old) await session.query(`DROP TABLE raw_events_${day.replaceAll('-', '')}`);
  return old.length;
}

async function dropChunks(session: Session, ts: number): Promise<number> {
  const { rowCount } = await session.query(`SELECT drop_chunks('raw_events', older_than => $1::bigint)`, [ts]);
  return rowCount ?? 0;
}

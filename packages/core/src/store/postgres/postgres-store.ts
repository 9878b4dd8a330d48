import type { Pool } from 'pg';
import type { EquityRecord } from '../../execution/executor-types.js';
import { type Logger, silentLogger } from '../../telemetry/logger.js';
import type { BrainName, InputLogRow, Store, StoreCounts } from '../store.js';
import { readBars } from './bars.js';
import { readEquity, readFills, readLatestEquity, readPositions } from './books.js';
import {
  readBrains,
  readCheckpoint,
  readDecision,
  readInputs,
  readOutbox,
  readSessions,
  readStarts,
  takeOver,
  writeSession,
} from './brains.js';
import { commitStep } from './commit.js';
import { Database, type Session } from './database.js';
import { writeLogs } from './journal.js';
import { checkSchema, migrate } from './migrate.js';
import { MIGRATIONS, type Migration } from './migrations/index.js';
import { readOrderEvents, readOrders } from './orders.js';
import { appendRawEvents, readRawEvents, readRawSegments } from './raw-events.js';
import { RawPartitions } from './raw-partitions.js';
import { compactInputs, dropLogs, thinEquity } from './retention.js';
import { readSignals, readVerdicts } from './signals.js';

const INPUT_LOG_PAGE = 500;
const EQUITY_PAGE = 10_000;

export interface PostgresStoreOptions {
  /**
   * Writes raw events by COPY, which needs the package `pg-copy-streams`. For a server only: the embedded database has no
   * COPY. Default false.
   */
  readonly copy?: boolean;
  readonly logger?: Logger;
  /** For tests of the migration rules. Default: those of this version. */
  readonly migrations?: readonly Migration[];
}

/**
 * The store on a `pg.Pool`: a PostgreSQL server (≥ 15) or the embedded database, by the same statements. The pool may have
 * one connection. `close` ends the pool.
 */
export function createPostgresStore(pool: Pool, options: PostgresStoreOptions = {}): Store {
  const { copy = false, logger = silentLogger, migrations = MIGRATIONS } = options;
  const database = new Database(pool);
  const partitions = new RawPartitions(database);
  let closed: Promise<void> | undefined;

  return {
    async migrate() {
      const count = await migrate(database, migrations);
      if (count > 0) logger.info({ migrations: count }, 'The database schema was brought up to date.');
    },
    checkSchema: () => checkSchema(database, migrations),
    takeOver: (brain) => database.write((session) => takeOver(session, brain)),
    commit: (record) => database.write((session) => commitStep(session, record)),
    unpublished: (brain) => database.read((session) => readOutbox(session, brain)),
    inputLog: (brain, after) => inputLog(database, brain, after),
    inputLogStarts: (brain) => database.read((session) => readStarts(session, brain)),
    startSession: (record) => database.write((session) => writeSession(session, record)),
    compactInputLog: (brain, page, keep) => database.write((session) => compactInputs(session, brain, page, keep)),
    thinEquity: (after, before) => database.write((session) => thinEquity(session, after, before)),
    dropLogs: (before, limit) => database.write((session) => dropLogs(session, before, limit)),

    appendRawEvents: async (events) => (events.length === 0 ? 0 : appendRawEvents(database, partitions, events, copy)),
    rawSegments: (query = {}) => database.read((session) => readRawSegments(session, query)),
    rawEvents: (series, range) => readRawEvents(database, series, range),
    dropRawEvents: (before) => partitions.dropBefore(before),
    async appendLogs(records) {
      if (records.length > 0) await database.write((session) => writeLogs(session, records));
    },

    bars: (query) => database.read((session) => readBars(session, query)),
    signals: (query = {}) => database.read((session) => readSignals(session, query)),
    decision: (signalId, since) => database.read((session) => readDecision(session, signalId, since)),
    orders: (query = {}) => database.read((session) => readOrders(session, query)),
    orderEvents: (clientOrderId) => database.read((session) => readOrderEvents(session, clientOrderId)),
    fills: (query = {}) => database.read((session) => readFills(session, query)),
    positions: () => database.read(readPositions),
    verdicts: (query = {}) => database.read((session) => readVerdicts(session, query)),
    latestEquity: () => database.read(readLatestEquity),
    equity: (brain, range) => equityPages(database, brain, range),
    sessions: () => database.read(readSessions),
    checkpoint: (brain) => database.read((session) => readCheckpoint(session, brain)),
    brains: () => database.read(readBrains),
    counts: () => database.read(readCounts),

    close() {
      closed ??= database.close();
      return closed;
    },
  };
}

/** In pages, each its own transaction, so that a slow reader holds nothing up. */
async function* inputLog(database: Database, brain: BrainName, after: number): AsyncGenerator<InputLogRow> {
  let last = after;
  for (;;) {
    const page = await database.read((session) => readInputs(session, brain, last, INPUT_LOG_PAGE));
    yield* page;
    if (page.length < INPUT_LOG_PAGE) return;
    last = page.at(-1)!.batch;
  }
}

async function* equityPages(
  database: Database,
  brain: BrainName,
  { from, to }: Parameters<Store['equity']>[1],
): AsyncGenerator<readonly EquityRecord[]> {
  let next = from;
  for (;;) {
    const page = await database.read((session) => readEquity(session, brain, { from: next, to, limit: EQUITY_PAGE }));
    if (page.length > 0) yield page;
    if (page.length < EQUITY_PAGE) return;
    next = page.at(-1)!.ts + 1;
  }
}

async function readCounts(session: Session): Promise<StoreCounts> {
  const { rows } = await session.query<Record<keyof StoreCounts, string>>(
    `SELECT (SELECT count(*) FROM ohlcv) AS bars, (SELECT count(*) FROM signals) AS signals,
            (SELECT count(*) FROM verdicts WHERE NOT approved) AS denials,
            (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM executions) AS fills`,
  );
  const { bars, signals, denials, orders, fills } = rows[0]!;
  return {
    bars: Number(bars),
    signals: Number(signals),
    denials: Number(denials),
    orders: Number(orders),
    fills: Number(fills),
  };
}

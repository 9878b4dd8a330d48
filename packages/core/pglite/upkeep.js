// @ts-check

/** How often it is looked whether there is something to do, milliseconds. */
const LOOK_MS = 200;
/** How soon it is tried again inside somebody's transaction. */
const BUSY_MS = 5;
/** Left to the clients between two statements. */
const PAUSE_MS = 20;
/** How long it waits after a failure: a full disk fails everything, and each time is logged. */
const FAILED_MS = 30_000;
/** So much log between two cleanings of the tables, bytes: little enough that a cleaning takes few milliseconds. */
const VACUUM_EVERY = 1024 * 1024;
/** So much log between two checkpoints, bytes. What is older than a checkpoint is removed. */
const CHECKPOINT_EVERY = 8 * 1024 * 1024;
/** Tables whose rows change or go; the others only grow. */
const CHANGING = ['brains', 'outbox', 'orders', 'positions', 'equity', 'verdicts', 'input_log', 'logs'];

/**
 * Does what the background processes of a PostgreSQL server do, and PGlite has none of: removes the old versions of rows, and
 * the log that is no longer needed. One short statement at a time, between transactions, so that no commit waits for more.
 * @param {import('@electric-sql/pglite').PGlite} db
 * @param {(error: unknown) => void} onError
 * @returns {{ stop(): Promise<void> }} `stop` waits for the statement in hand and does everything once more.
 */
export function startUpkeep(db, onError) {
  let vacuumedAt = 0;
  let checkpointAt = 0;
  let stopped = false;
  /** @type {string[]} */
  let waiting = [];
  /** @type {NodeJS.Timeout} */
  let timer;

  /** Does the next thing, and answers when to come again. */
  const step = async () => {
    if (waiting.length === 0) {
      const written = await position(db);
      if (written === null) return BUSY_MS;
      if (written - vacuumedAt >= VACUUM_EVERY) {
        waiting = await cleanings(db);
        vacuumedAt = written;
      }
      if (written - checkpointAt >= CHECKPOINT_EVERY) {
        waiting.push('CHECKPOINT');
        checkpointAt = written;
      }
    }
    const [next] = waiting;
    if (next === undefined) return LOOK_MS;
    if ((await betweenTransactions(db, next)) === null) return BUSY_MS;
    waiting.shift();
    return PAUSE_MS;
  };
  const run = async () => {
    let again = LOOK_MS;
    try {
      again = await step();
    } catch (error) {
      waiting = [];
      again = FAILED_MS;
      onError(error);
    }
    if (!stopped) timer = setTimeout(turn, again);
  };
  let running = run();
  const turn = () => {
    running = run();
  };

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      try {
        for (const statement of [...(await cleanings(db)), 'CHECKPOINT']) await betweenTransactions(db, statement);
      } catch (error) {
        onError(error);
      }
    },
  };
}

/**
 * Bytes of log ever written; null inside somebody's transaction.
 * @param {import('@electric-sql/pglite').PGlite} db
 */
async function position(db) {
  const rows = await betweenTransactions(db, `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')`);
  return rows === null ? null : Number(rows[0]);
}

/**
 * Before the first migration there are no tables.
 * @param {import('@electric-sql/pglite').PGlite} db
 */
async function cleanings(db) {
  const list = CHANGING.map((name) => `'${name}'`).join(', ');
  const tables = await betweenTransactions(
    db,
    `SELECT relname FROM pg_class WHERE relkind = 'r' AND relname IN (${list}) AND pg_relation_size(oid) > 0`,
  );
  return (tables ?? []).map((table) => `VACUUM ${table}`);
}

/**
 * The first column of the rows, which must not be null; null, with nothing done, when a client has a transaction open: there is only one session.
 * @param {import('@electric-sql/pglite').PGlite} db
 * @param {string} statement
 * @returns {Promise<string[] | null>}
 */
function betweenTransactions(db, statement) {
  return db.runExclusive(async () => {
    if (db.isInTransaction()) return null;
    /** @type {Uint8Array[]} */
    const answer = [];
    // Not `execProtocol`: what it answers goes to the client of the last statement too.
    await db.execProtocolRawStream(queryMessage(statement), { onRawData: (data) => answer.push(data.slice()) });
    return firstColumn(Buffer.concat(answer), statement);
  });
}

/**
 * Reads messages of PostgreSQL: a letter, a length that counts itself, a body. Throws what the database said of an error.
 * @param {Buffer} answer
 * @param {string} statement
 */
function firstColumn(answer, statement) {
  const values = [];
  for (let at = 0; at < answer.length; at += 1 + answer.readInt32BE(at + 1)) {
    const kind = String.fromCharCode(answer.readUInt8(at));
    const body = answer.subarray(at + 5, at + 1 + answer.readInt32BE(at + 1));
    if (kind === 'E') throw new Error(`${statement}: ${body.toString().replaceAll('\0', ' ')}`);
    if (kind === 'D') values.push(body.toString('utf8', 6, 6 + body.readInt32BE(2)));
  }
  return values;
}

/** @param {string} statement */
function queryMessage(statement) {
  const text = Buffer.from(`${statement}\0`);
  const message = Buffer.alloc(5);
  message.write('Q');
  message.writeInt32BE(4 + text.length, 1);
  return Buffer.concat([message, text]);
}

import { AlphaError } from '../../errors/alpha-error.js';
import type { EpochMs } from '../../events/common.js';
import type { AlphaEvent } from '../../events/event.js';
import type {
  BrainName,
  Checkpoint,
  DecisionRow,
  InputLogRow,
  InputLogStart,
  Ownership,
  SessionRecord,
  StepRecord,
} from '../store.js';
import type { Session } from './database.js';
import { columns, searchableJson, verbatimJson } from './values.js';

interface BrainRow {
  readonly fence: string;
  readonly batch: string;
  readonly positions: Checkpoint['positions'] | null;
  readonly state: unknown;
}

export async function takeOver(session: Session, brain: BrainName): Promise<Ownership> {
  const { rows } = await session.query<BrainRow>(
    `INSERT INTO brains (brain, fence, batch) VALUES ($1, 1, 0)
     ON CONFLICT (brain) DO UPDATE SET fence = brains.fence + 1
     RETURNING fence, batch, positions, state`,
    [brain],
  );
  const row = rows[0]!;
  return { brain, fence: Number(row.fence), checkpoint: checkpointOf(row) };
}

export async function readCheckpoint(session: Session, brain: BrainName): Promise<Checkpoint | null> {
  const { rows } = await session.query<BrainRow>('SELECT fence, batch, positions, state FROM brains WHERE brain = $1', [
    brain,
  ]);
  return rows[0] === undefined ? null : checkpointOf(rows[0]);
}

function checkpointOf({ batch, positions, state }: BrainRow): Checkpoint | null {
  return positions === null ? null : { batch: Number(batch), positions, state };
}

/**
 * Moves the brain from the batch before to this one, and holds its row until the transaction ends. Answers `repeated` when
 * this very commit was made already. Throws `STORE_FENCED` for an owner that was replaced.
 */
export async function advance(session: Session, record: StepRecord): Promise<'advanced' | 'repeated'> {
  const { brain, fence, batch, ts, checkpoint } = record;
  const { rowCount } = await session.query(
    // A large state that did not change is not written again: the row goes on pointing at it.
    `UPDATE brains SET batch = $3, positions = $4, committed_ts = $6,
       state = CASE WHEN state::text = $5::json::text THEN state ELSE $5::json END
     WHERE brain = $1 AND fence = $2 AND batch = $3::bigint - 1`,
    [brain, fence, batch, verbatimJson(checkpoint.positions), verbatimJson(checkpoint.state), ts],
  );
  if (rowCount === 1) return 'advanced';

  const { rows } = await session.query<Pick<BrainRow, 'fence' | 'batch'>>(
    'SELECT fence, batch FROM brains WHERE brain = $1',
    [brain],
  );
  const row = rows[0];
  if (row !== undefined && Number(row.fence) === fence) {
    if (Number(row.batch) === batch) return 'repeated';
    throw new AlphaError(
      'STORE_FAILED',
      `Batch ${batch} of ${brain} does not follow batch ${row.batch}, the last one committed. Start the engine again.`,
      { context: { brain, batch, committed: Number(row.batch) } },
    );
  }
  throw new AlphaError(
    'STORE_FENCED',
    `Another engine took over ${brain}; this one has stopped before it recorded or sent anything more. Start it again: it waits as a standby.`,
    { context: { brain, fence, current: row === undefined ? null : Number(row.fence) } },
  );
}

export async function writeInputs(session: Session, { brain, batch, ts, inputs }: StepRecord): Promise<void> {
  await session.query('INSERT INTO input_log (brain, batch, ts, inputs) VALUES ($1, $2, $3, $4)', [
    brain,
    batch,
    ts,
    verbatimJson(inputs),
  ]);
}

/** One page, ascending. */
export async function readInputs(
  session: Session,
  brain: BrainName,
  after: number,
  limit: number,
): Promise<readonly InputLogRow[]> {
  const { rows } = await session.query<{ batch: string; ts: string; inputs: unknown }>(
    'SELECT batch, ts, inputs FROM input_log WHERE brain = $1 AND batch > $2 ORDER BY batch LIMIT $3',
    [brain, after, limit],
  );
  return rows.map(({ batch, ts, inputs }) => ({ batch: Number(batch), ts: Number(ts), inputs }));
}

/** Found by how their text begins: a replay asks this once, and a column would cost every commit. */
export async function readStarts(session: Session, brain: BrainName): Promise<readonly InputLogStart[]> {
  const { rows } = await session.query<{ batch: string; ts: string }>(
    `SELECT batch, ts FROM input_log WHERE brain = $1 AND starts_with(inputs::text, '{"began":') ORDER BY batch`,
    [brain],
  );
  return rows.map(({ batch, ts }) => ({ batch: Number(batch), ts: Number(ts) }));
}

/** The row is looked for by its text: a person asks this once in a while, and an index would cost every commit. */
export async function readDecision(session: Session, signalId: string, since: EpochMs): Promise<DecisionRow | null> {
  const { rows } = await session.query<{ brain: string; batch: string; ts: string; inputs: unknown }>(
    `SELECT brain, batch, ts, inputs FROM input_log
     WHERE starts_with(brain, 'strategy:') AND ts >= $2 AND position($1 in inputs::text) > 0 ORDER BY ts, batch LIMIT 1`,
    [JSON.stringify(signalId), since],
  );
  const row = rows[0];
  return row === undefined ? null : { ...row, batch: Number(row.batch), ts: Number(row.ts) };
}

export async function clearOutbox(session: Session, brain: BrainName, publishedBatch: number): Promise<void> {
  await session.query('DELETE FROM outbox WHERE brain = $1 AND batch <= $2', [brain, publishedBatch]);
}

export async function writeOutbox(
  session: Session,
  brain: BrainName,
  batch: number,
  events: readonly AlphaEvent[],
): Promise<void> {
  await session.query(
    `INSERT INTO outbox (brain, batch, ordinal, event) SELECT $1, $2, * FROM unnest($3::int[], $4::json[])`,
    [
      brain,
      batch,
      ...columns<{ event: AlphaEvent; ordinal: number }>(
        events.map((event, ordinal) => ({ event, ordinal })),
        ({ ordinal }) => ordinal,
        ({ event }) => verbatimJson(event),
      ),
    ],
  );
}

export async function readOutbox(
  session: Session,
  brain: BrainName,
): Promise<readonly { readonly batch: number; readonly event: AlphaEvent }[]> {
  const { rows } = await session.query<{ batch: string; event: AlphaEvent }>(
    'SELECT batch, event FROM outbox WHERE brain = $1 ORDER BY batch, ordinal',
    [brain],
  );
  return rows.map(({ batch, event }) => ({ batch: Number(batch), event }));
}

export async function readBrains(session: Session): Promise<readonly BrainName[]> {
  const { rows } = await session.query<{ brain: string }>('SELECT brain FROM brains ORDER BY brain');
  return rows.map(({ brain }) => brain);
}

export async function writeSession(session: Session, record: SessionRecord): Promise<void> {
  await session.query(
    `INSERT INTO sessions (session_id, brain, started_ts, facts) VALUES ($1, $2, $3, $4) ON CONFLICT (session_id) DO NOTHING`,
    [record.sessionId, record.brain, record.startedTs, searchableJson(record.facts)],
  );
}

interface SessionRow {
  readonly session_id: string;
  readonly brain: string;
  readonly started_ts: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export async function readSessions(session: Session): Promise<readonly SessionRecord[]> {
  const { rows } = await session.query<SessionRow>(
    'SELECT session_id, brain, started_ts, facts FROM sessions ORDER BY started_ts, session_id',
  );
  return rows.map(({ brain, facts, session_id, started_ts }) => ({
    sessionId: session_id,
    brain,
    startedTs: Number(started_ts),
    facts,
  }));
}

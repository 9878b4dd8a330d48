import type { EpochMs } from '../../events/common.js';
import type { BrainName, CompactedPage, InputLogPage, KeepInputs, ThinnedWindow } from '../store.js';
import { readInputs } from './brains.js';
import type { Session } from './database.js';
import { verbatimJson } from './values.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** One page of a brain's oldest rows. */
export async function compactInputs(
  session: Session,
  brain: BrainName,
  { after, before, limit }: InputLogPage,
  keep: KeepInputs,
): Promise<CompactedPage> {
  const page = await readInputs(session, brain, after, limit);
  const young = page.findIndex(({ ts }) => ts >= before);
  const old = young < 0 ? page : page.slice(0, young);
  const removed: number[] = [];
  const changed: { readonly batch: number; readonly inputs: string }[] = [];
  for (const { batch, inputs } of old) {
    const kept = keep(inputs);
    if (kept === null) removed.push(batch);
    else if (kept !== inputs) changed.push({ batch, inputs: verbatimJson(kept) });
  }
  if (removed.length > 0) {
    await session.query('DELETE FROM input_log WHERE brain = $1 AND batch = ANY($2::bigint[])', [brain, removed]);
  }
  if (changed.length > 0) {
    await session.query(
      `UPDATE input_log SET inputs = kept.inputs FROM unnest($2::bigint[], $3::json[]) AS kept (batch, inputs)
       WHERE input_log.brain = $1 AND input_log.batch = kept.batch`,
      [brain, changed.map(({ batch }) => batch), changed.map(({ inputs }) => inputs)],
    );
  }
  const last = old.at(-1);
  const next = young < 0 && page.length === limit && last !== undefined ? last.batch : null;
  return { next, removed: removed.length, changed: changed.length };
}

/** One hour: of each minute the last row stays. */
export async function thinEquity(session: Session, after: EpochMs, before: EpochMs): Promise<ThinnedWindow> {
  const limit = before - (before % MINUTE_MS);
  const first = await session.query<{ ts: string | null }>(
    'SELECT min(ts) AS ts FROM equity WHERE ts >= $1 AND ts < $2',
    [after, limit],
  );
  const oldest = first.rows[0]?.ts;
  if (oldest === null || oldest === undefined) return { next: null, removed: 0 };
  const from = Number(oldest) - (Number(oldest) % MINUTE_MS);
  const to = Math.min(from + HOUR_MS, limit);
  const { rowCount } = await session.query(
    `DELETE FROM equity WHERE ts >= $1 AND ts < $2 AND (brain, ts) NOT IN (
       SELECT brain, max(ts) FROM equity WHERE ts >= $1 AND ts < $2 GROUP BY brain, ts / ${MINUTE_MS}
     )`,
    [from, to],
  );
  return { next: to, removed: rowCount ?? 0 };
}

/** Answers how many went. */
export async function dropLogs(session: Session, before: EpochMs, limit: number): Promise<number> {
  const { rowCount } = await session.query(
    'DELETE FROM logs WHERE id IN (SELECT id FROM logs WHERE ts < $1 ORDER BY ts LIMIT $2)',
    [before, limit],
  );
  return rowCount ?? 0;
}

import type { VerdictRecord } from '../../execution/executor-types.js';
import { barKeyOf } from '../../market/bar.js';
import type { Timeframe } from '../../market/timeframe.js';
import type { SignalRecord } from '../../strategy/runner-types.js';
import type { Session } from './database.js';
import { columns, lastByKey, optionalText, searchableJson, text, verbatimJson } from './values.js';

/**
 * A signal never changes: one that is there already is the same decision. References are looked up row by row, because a
 * join may change the order in which rows are numbered.
 */
export async function writeSignals(session: Session, signals: readonly SignalRecord[]): Promise<void> {
  await session.query(
    `INSERT INTO signals (id, exchange, symbol, ts, strategy, instance_id, action, bar_timeframe, bar_open_ts, bar_ordinal, event, bar_ref)
     SELECT s.*, (SELECT b.bar_id FROM ohlcv b WHERE b.exchange = s.exchange AND b.symbol = s.symbol
                  AND b.timeframe = s.bar_timeframe AND b.open_ts = s.bar_open_ts AND b.ordinal = s.bar_ordinal)
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
                 $9::bigint[], $10::integer[], $11::json[])
       AS s (id, exchange, symbol, ts, strategy, instance_id, action, bar_timeframe, bar_open_ts, bar_ordinal, event)
     ON CONFLICT (id) DO NOTHING`,
    columns<SignalRecord>(
      signals,
      ({ event }) => event.id,
      ({ event }) => event.exchange,
      ({ event }) => event.symbol,
      ({ event }) => event.ts,
      ({ event }) => text(event.strategy),
      ({ instanceId }) => text(instanceId),
      ({ event }) => event.action,
      ({ bar }) => bar?.timeframe ?? null,
      ({ bar }) => bar?.openTs ?? null,
      ({ bar }) => bar?.ordinal ?? 0,
      ({ event }) => verbatimJson(event),
    ),
  );
}

interface SignalRow {
  readonly event: SignalRecord['event'];
  readonly instance_id: string;
  readonly bar_timeframe: Timeframe | null;
  readonly bar_open_ts: string | null;
  readonly bar_ordinal: number;
}

/** Oldest first; a limit keeps the newest. */
export async function readSignals(
  session: Session,
  { id, symbol, limit }: { readonly id?: string; readonly symbol?: string; readonly limit?: number },
): Promise<readonly SignalRecord[]> {
  const { rows } = await session.query<SignalRow>(
    `SELECT event, instance_id, bar_timeframe, bar_open_ts, bar_ordinal FROM signals
     WHERE ($1::text IS NULL OR symbol = $1) AND ($3::text IS NULL OR starts_with(id, $3))
     ORDER BY ts DESC, row_id DESC LIMIT $2`,
    [symbol ?? null, limit ?? null, id ?? null],
  );
  return rows.reverse().map((row) => ({
    event: row.event,
    instanceId: row.instance_id,
    ...(row.bar_timeframe !== null && {
      bar: {
        timeframe: row.bar_timeframe,
        ...barKeyOf({ openTs: Number(row.bar_open_ts), ordinal: row.bar_ordinal }),
      },
    }),
  }));
}

export async function writeVerdicts(session: Session, verdicts: readonly VerdictRecord[]): Promise<void> {
  await session.query(
    `INSERT INTO verdicts (signal_id, approved, code, message, inputs, ts, signal_ref)
     SELECT v.*, (SELECT s.id FROM signals s WHERE s.id = v.signal_id)
     FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::jsonb[], $6::bigint[])
       AS v (signal_id, approved, code, message, inputs, ts)
     ON CONFLICT (signal_id) DO UPDATE SET
       approved = excluded.approved, code = excluded.code, message = excluded.message, inputs = excluded.inputs,
       ts = excluded.ts, signal_ref = excluded.signal_ref`,
    columns<VerdictRecord>(
      lastByKey(verdicts, (verdict) => verdict.signalId),
      (verdict) => text(verdict.signalId),
      (verdict) => verdict.approved,
      (verdict) => optionalText(verdict.code),
      (verdict) => optionalText(verdict.message),
      (verdict) => searchableJson(verdict.inputs),
      (verdict) => verdict.ts,
    ),
  );
}

interface VerdictRow {
  readonly signal_id: string;
  readonly approved: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly ts: string;
}

/** Oldest first; a limit keeps the newest. */
export async function readVerdicts(
  session: Session,
  { approved, limit, signalId }: { readonly signalId?: string; readonly approved?: boolean; readonly limit?: number },
): Promise<readonly VerdictRecord[]> {
  const { rows } = await session.query<VerdictRow>(
    `SELECT signal_id, approved, code, message, inputs, ts FROM verdicts
     WHERE ($1::boolean IS NULL OR approved = $1) AND ($3::text IS NULL OR signal_id = $3)
     ORDER BY ts DESC, row_id DESC LIMIT $2`,
    [approved ?? null, limit ?? null, signalId ?? null],
  );
  return rows.reverse().map((row) => ({
    signalId: row.signal_id,
    approved: row.approved,
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.message === null ? {} : { message: row.message }),
    inputs: row.inputs,
    ts: Number(row.ts),
  }));
}

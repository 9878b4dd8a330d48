import { EquityCurve } from '@alpha-engine/backtest';
import { Decimal, type EpochMs, type EquityRecord, type SessionRecord, type Store } from '@alpha-engine/core';
import { executionBrain } from '@alpha-engine/core/process';
import { z } from 'zod';

const DAY_MS = 86_400_000;

export interface BookedEquity {
  /** Begins with what the account had when the period began, or when its first engine did. */
  readonly equity: EquityCurve;
  /** What the books took as fees in the period, nights on leverage included. Quote currency. */
  readonly fees: number;
  /** Whether anything was booked in the period, which is while something is held; else the equity is its beginning alone. */
  readonly moved: boolean;
}

interface Asked {
  readonly exchange: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Every start of an engine. */
  readonly sessions: readonly SessionRecord[];
}

/** Null where there were no books yet: no engine that executes had been started. */
export async function bookedEquity(
  store: Store,
  { exchange, from, sessions, to }: Asked,
): Promise<BookedEquity | null> {
  const brain = executionBrain(exchange);
  const mine = sessions.filter((session) => session.brain === `engine:${exchange}` && session.startedTs < to);
  const executing = mine.map(executorOf).filter((one) => one !== null);
  const equity = new EquityCurve();
  const begin = async (first: EpochMs): Promise<EquityRecord | null> => {
    const before = await rowBefore(store, brain, from, Math.min(first, ...executing.map(({ startedTs }) => startedTs)));
    // Rows begin with the first position: until then it was the capital.
    const began = executing.findLast(({ startedTs }) => startedTs <= first);
    if (before !== null) equity.add(from, before.equity.toNumber());
    else if (began !== undefined) {
      equity.add(Math.max(from, executing[0]?.startedTs ?? from), began.capital.toNumber());
    }
    return before;
  };
  let before: EquityRecord | null = null;
  let last: EquityRecord | null = null;
  for await (const page of store.equity(brain, { from, to })) {
    for (const row of page) {
      if (last === null) before = await begin(row.ts);
      equity.add(row.ts, row.equity.toNumber());
      last = row;
    }
  }
  if (last !== null) return { equity, fees: last.fees.minus(before?.fees ?? Decimal.zero).toNumber(), moved: true };
  await begin(to);
  return equity.times.length === 0 ? null : { equity, fees: 0, moved: false };
}

/** The newest before a time: looked for in longer and longer stretches, because there may be a row for every second. */
async function rowBefore(store: Store, brain: string, to: EpochMs, oldest: EpochMs): Promise<EquityRecord | null> {
  for (let length = DAY_MS; to > oldest; length *= 8) {
    const from = Math.max(oldest, to - length);
    let last: EquityRecord | null = null;
    for await (const page of store.equity(brain, { from, to })) last = page.at(-1) ?? last;
    if (last !== null) return last;
    if (from === oldest) break;
  }
  return null;
}

const facts = z.object({ config: z.object({ capital: z.string(), enableExecution: z.boolean().default(true) }) });

/** Null: it did not execute. */
function executorOf({ facts: said, startedTs }: SessionRecord) {
  const { data } = facts.safeParse(said);
  return data?.config.enableExecution ? { startedTs, capital: Decimal.of(data.config.capital) } : null;
}

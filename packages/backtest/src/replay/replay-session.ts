import type { BrainName } from '@alpha-engine/core';
import { assertRan, beginsLater } from './asked-time.js';
import { causeOfSignal } from './cause-chain.js';
import type { Divergence } from './divergence.js';
import { replayExecution } from './replay-execution.js';
import type { RecordedSignals, ReplayedBrain, ReplayOptions, ReplayResult } from './replay-options.js';
import { replayStrategy, type StrategyReplay } from './replay-strategy.js';

/**
 * Runs what the brains of an exchange recorded through the same runner and the same executor again, and compares what comes out,
 * each brain to its first difference. Reads only. Throws `REPLAY_INCOMPLETE`, `STRATEGY_*`, and what the store and the bus throw.
 */
export async function replaySession(options: ReplayOptions): Promise<ReplayResult> {
  const { changed, exchange, store } = options;
  const names = await store.brains();
  const strategies = names.filter((name) => isOf(name, 'strategy', exchange));
  const executions = changed ? [] : names.filter((name) => isOf(name, 'execution', exchange));
  await assertRan(options, [...strategies, ...executions]);
  const signals = new Map((await store.signals()).map((signal) => [signal.event.id, signal]));

  const brains: ReplayedBrain[] = [];
  const divergences: Divergence[] = [];
  const compared = { bars: 0, signals: 0, verdicts: 0, orderEvents: 0, orders: 0, fills: 0 };
  const runs: StrategyReplay[] = [];
  for (const brain of strategies) {
    const run = await replayStrategy(options, brain, signals);
    runs.push(run);
    brains.push(run.replayed);
    compared.bars += run.bars;
    compared.signals += run.signals;
    if (run.divergence !== null) divergences.push(run.divergence);
  }
  if (!changed && divergences.length === 0) {
    const unnamed = await unnamedSignal(options, runs, signals);
    if (unnamed !== null) divergences.push(unnamed);
  }
  let settled = true;
  for (const brain of executions) {
    const run = await replayExecution(options, brain, signals);
    settled &&= run.settled;
    brains.push(run.replayed);
    compared.verdicts += run.verdicts;
    compared.orderEvents += run.orderEvents;
    compared.orders += run.orders;
    compared.fills += run.fills;
    if (run.divergence !== null) divergences.push(run.divergence);
  }
  // What a strategy decided otherwise comes before what became of it.
  const [divergence = null] = divergences.toSorted((a, b) => a.ts - b.ts);
  const whole = settled && brains.every(({ complete }) => complete);
  const notes = notesOf(options, brains, divergence === null && !whole);
  return { identical: divergence === null, brains, compared, divergence, notes };
}

function isOf(brain: BrainName, kind: string, exchange: string): boolean {
  return brain === `${kind}:${exchange}` || brain.startsWith(`${kind}:${exchange}:`);
}

/** A signal that is recorded and that no batch of any brain came to. The signals were read before the last batches were known. */
async function unnamedSignal(
  { exchange, store }: ReplayOptions,
  runs: readonly StrategyReplay[],
  signals: RecordedSignals,
): Promise<Divergence | null> {
  const last = runs.toSorted((a, b) => a.replayed.toTs - b.replayed.toTs).at(-1)?.replayed;
  if (last === undefined || runs.some(({ replayed }) => !replayed.complete)) return null;
  const since = Math.max(...runs.map((run) => run.since));
  for (const [id, recorded] of signals) {
    const { event } = recorded;
    if (event.exchange !== exchange || event.ts < since || runs.some(({ named }) => named.has(id))) continue;
    const what = `Signal ${id} is recorded, ${event.action} on ${event.symbol}, and no strategy came to it.`;
    const difference = { path: '', recorded, replayed: null };
    const chain = await causeOfSignal(store, { reads: [], recorded, replayed: null });
    return { brain: last.brain, batch: last.lastBatch, ts: last.toTs, kind: 'signal', what, difference, chain };
  }
  return null;
}

function notesOf(
  { changed, from, to }: ReplayOptions,
  brains: readonly ReplayedBrain[],
  partial: boolean,
): readonly string[] {
  const notes = brains.flatMap(({ batches, brain, fromTs }) =>
    batches === 0
      ? [`Nothing of ${brain} is recorded in the time that was asked for.`]
      : beginsLater(from, brain, fromTs),
  );
  if (changed) {
    notes.push(
      'With other parameters only decisions are compared, to the first that differs: what the exchange would have answered to other orders is not recorded.',
    );
  } else if (partial) {
    notes.push(
      `${to === undefined ? 'The engine went on meanwhile' : 'The replay ended before the record does'}: what the engine kept at the end, orders and positions, which it may still have changed, and what only the record has were not compared.`,
    );
  }
  return notes;
}

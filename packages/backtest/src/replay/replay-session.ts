import type { BrainName } from '@alpha-engine/core';
import type { Divergence } from './divergence.js';
import { replayExecution } from './replay-execution.js';
import type { ReplayedBrain, ReplayOptions, ReplayResult } from './replay-options.js';
import { replayStrategy } from './replay-strategy.js';

/**
 * Runs what the brains of an exchange recorded through the same runner and the same executor again, and compares what comes out,
 * each brain to its first difference. Reads only. Throws `REPLAY_INCOMPLETE`, `STRATEGY_*`, and what the store and the bus throw.
 */
export async function replaySession(options: ReplayOptions): Promise<ReplayResult> {
  const { changed, exchange, store } = options;
  const names = await store.brains();
  const strategies = names.filter((name) => isOf(name, 'strategy', exchange));
  const executions = changed ? [] : names.filter((name) => isOf(name, 'execution', exchange));
  const signals = new Map((await store.signals()).map((signal) => [signal.event.id, signal]));

  const brains: ReplayedBrain[] = [];
  const divergences: Divergence[] = [];
  const compared = { bars: 0, signals: 0, verdicts: 0, orderEvents: 0, orders: 0, fills: 0 };
  for (const brain of strategies) {
    const run = await replayStrategy(options, brain, signals);
    brains.push(run.replayed);
    compared.bars += run.bars;
    compared.signals += run.signals;
    if (run.divergence !== null) divergences.push(run.divergence);
  }
  for (const brain of executions) {
    const run = await replayExecution(options, brain);
    brains.push(run.replayed);
    compared.verdicts += run.verdicts;
    compared.orderEvents += run.orderEvents;
    compared.orders += run.orders;
    compared.fills += run.fills;
    if (run.divergence !== null) divergences.push(run.divergence);
  }
  // What a strategy decided otherwise comes before what became of it.
  const [divergence = null] = divergences.toSorted((a, b) => a.ts - b.ts);
  return { identical: divergence === null, brains, compared, divergence, notes: notesOf(options, brains, divergence) };
}

function isOf(brain: BrainName, kind: string, exchange: string): boolean {
  return brain === `${kind}:${exchange}` || brain.startsWith(`${kind}:${exchange}:`);
}

function notesOf(
  { changed, to }: ReplayOptions,
  brains: readonly ReplayedBrain[],
  divergence: Divergence | null,
): readonly string[] {
  const notes: string[] = [];
  if (changed) {
    notes.push(
      'With other parameters only decisions are compared, to the first that differs: what the exchange would have answered to other orders is not recorded.',
    );
  }
  if (divergence === null && to === undefined && brains.some(({ complete }) => !complete)) {
    notes.push(
      'The engine went on meanwhile: its books at the end, and rows that it may still change, were not compared.',
    );
  }
  return notes;
}

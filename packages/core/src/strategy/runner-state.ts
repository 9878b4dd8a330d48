import { type Series, type SeriesKey, seriesKey } from '../bus/streams.js';
import { AlphaError } from '../errors/alpha-error.js';
import type { InstanceSnapshot } from './instance-snapshot.js';
import type { StrategyRunnerOptions } from './runner-options.js';
import type { RunnerSnapshot } from './runner-types.js';
import type { SymbolLaneSnapshot } from './symbol-lane.js';
import type { TargetSnapshot } from './target.js';

/** What a label holds on a symbol: inherited by the next instance that signs with it. */
export interface OwnerSnapshot {
  readonly target: TargetSnapshot;
  /** Signed base coin, decimal text. */
  readonly filled: string;
}

/** The runner's own part of its snapshot, plain JSON. Keys are `exchange|symbol`, instance ids, and `exchange|label|symbol`. */
export interface RunnerState {
  readonly lanes: Readonly<Record<string, SymbolLaneSnapshot>>;
  readonly signalSeq: Readonly<Record<string, number>>;
  readonly instances: Readonly<Record<string, InstanceSnapshot>>;
  /** Instance id → owner key. */
  readonly owners: Readonly<Record<string, string>>;
  /** Owners without a running instance. */
  readonly retired: Readonly<Record<string, OwnerSnapshot>>;
}

const EMPTY: RunnerState = { lanes: {}, signalSeq: {}, instances: {}, owners: {}, retired: {} };

export function readState(snapshot: RunnerSnapshot | undefined): RunnerState {
  if (snapshot === undefined) return EMPTY;
  if (snapshot.version !== 1) {
    throw new AlphaError(
      'STORE_NEWER_SCHEMA',
      `The strategy runner's checkpoint has version ${String(snapshot.version)}, this program reads version 1. Use the newer program.`,
    );
  }
  return snapshot.state as RunnerState;
}

/** Last `seq` of every series of signals that a snapshot knows. */
export function lastSignalSeqs(snapshot: RunnerSnapshot): ReadonlyMap<SeriesKey, number> {
  const seqs = Object.entries(readState(snapshot).signalSeq).map(([key, seq]) => {
    const [exchange = '', symbol = ''] = key.split('|');
    return [seriesKey(signalSeries(exchange, symbol)), seq] as const;
  });
  return new Map(seqs);
}

export function signalSeries(exchange: string, symbol: string): Series {
  return { stream: `signal:${exchange}`, exchange, symbol, type: 'signal' };
}

/** Where signals go on, by `exchange|symbol`. */
export function signalSeqsFrom(
  { signalSeq }: RunnerState,
  { instances, lastSeqs }: StrategyRunnerOptions,
): Map<string, number> {
  const seqs = new Map(Object.entries(signalSeq));
  for (const { exchange, symbol } of instances) {
    const key = `${exchange}|${symbol}`;
    const last = lastSeqs?.get(seriesKey(signalSeries(exchange, symbol))) ?? 0;
    if (last > (seqs.get(key) ?? 0)) seqs.set(key, last);
  }
  return seqs;
}

import {
  type Bar,
  BarReader,
  type LoggedRead,
  type SignalRecord,
  type Store,
  type VerdictRecord,
} from '@alpha-engine/core';
import { type CauseChain, NOTHING, type Pair } from './divergence.js';

interface SignalCause {
  readonly reads: readonly LoggedRead[];
  readonly recorded: SignalRecord | null;
  readonly replayed: SignalRecord | null;
  readonly bar?: Pair<Bar>;
}

/** From the entries that were read to the orders that came of the recorded signal. */
export async function causeOfSignal(
  store: Store,
  { reads, recorded, replayed, bar }: SignalCause,
): Promise<CauseChain> {
  const key = recorded ?? replayed;
  const found = bar ?? (await barOf(store, key));
  return {
    read: readOf(reads),
    input: null,
    bar: found,
    signal: { recorded: recorded?.event ?? null, replayed: replayed?.event ?? null },
    ...(await consequences(store, recorded?.event.id ?? null)),
  };
}

/** From a signal, or none, to what the executor made of it. */
export async function causeOfVerdict(
  store: Store,
  {
    input,
    signalId,
    verdict,
  }: { readonly input: unknown; readonly signalId: string | null; readonly verdict: VerdictRecord | null },
): Promise<CauseChain> {
  const [signal] = signalId === null ? [] : await store.signals({ id: signalId });
  const { verdict: recorded, orders } = await consequences(store, signalId);
  return {
    read: [],
    input,
    bar: signal === undefined ? NOTHING : await barOf(store, signal),
    signal: { recorded: signal?.event ?? null, replayed: signal?.event ?? null },
    verdict: { recorded: recorded.recorded, replayed: verdict },
    orders,
  };
}

async function consequences(store: Store, signalId: string | null): Promise<Pick<CauseChain, 'verdict' | 'orders'>> {
  if (signalId === null) return { verdict: NOTHING, orders: [] };
  const [verdict = null] = await store.verdicts({ signalId });
  return { verdict: { recorded: verdict, replayed: null }, orders: await store.orders({ id: signalId }) };
}

async function barOf(store: Store, signal: SignalRecord | null): Promise<Pair<Bar>> {
  if (signal?.bar === undefined) return NOTHING;
  const { exchange, symbol } = signal.event;
  const bar = await new BarReader(store, exchange).find({ symbol, ...signal.bar });
  return bar === null ? NOTHING : { recorded: bar, replayed: bar };
}

function readOf(reads: readonly LoggedRead[]): CauseChain['read'] {
  const ranges = new Map<string, CauseChain['read'][number]>();
  for (const [stream, firstId, lastId, count] of reads.flatMap((read) => read.ranges)) {
    const before = ranges.get(stream);
    ranges.set(stream, { stream, firstId: before?.firstId ?? firstId, lastId, count: count + (before?.count ?? 0) });
  }
  return [...ranges.values()];
}

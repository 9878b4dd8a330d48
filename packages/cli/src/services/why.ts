import { existsSync } from 'node:fs';
import {
  AlphaError,
  type Bar,
  barEntries,
  type EntryRange,
  type EventBus,
  entriesOf,
  type OrderRow,
  type SignalRecord,
  type Store,
  type VerdictRecord,
} from '@alpha-engine/core';
import type { Config } from '../config/schema.js';
import { lookAtBus } from './look-at-bus.js';
import { openRecords } from './open-records.js';
import { type ListedOrder, listedOrder } from './records.js';

/** From an order back to what was read. Money is text; times are ISO 8601 UTC of the market's clock. */
export interface Why {
  /** Of the signal; several where it closed several lots, or a placement had no effect. None for a signal that was denied. */
  readonly orders: readonly (ListedOrder & { readonly reason: string | null; readonly steps: readonly OrderStep[] })[];
  readonly verdict: (Omit<VerdictRecord, 'ts'> & { readonly time: string }) | null;
  readonly signal: (Omit<SignalRecord, 'event' | 'bar'> & SignalRecord['event'] & { readonly time: string }) | null;
  /** What the strategy looked at when it decided, by name. */
  readonly indicators: Readonly<Record<string, unknown>>;
  readonly bar: Bar | null;
  /** The trades that made the bar. */
  readonly entries: readonly EntryRange[];
  /** The batch of the strategy brain in which the decision was taken, and what it had just read. */
  readonly decided: {
    readonly brain: string;
    readonly batch: number;
    readonly time: string;
    readonly read: readonly EntryRange[];
  } | null;
}

export interface OrderStep {
  readonly time: string;
  readonly status: string;
  readonly request: string;
  /** Of a fill: its size, price and execution id. */
  readonly fill: string | null;
  /** The gate let it go no more when it was to leave: which check, and what the checks looked at. */
  readonly denied: { readonly code: string; readonly inputs: Readonly<Record<string, unknown>> } | null;
}

/** Throws `USAGE` when nothing has this id, or more than one thing begins with it. */
export async function why(config: Config, id: string): Promise<Why> {
  const records = await openRecords(config);
  try {
    const { store } = records;
    const rows = await store.orders({ id });
    const signalId = await signalIdOf(store, id, rows);
    const orders = await store.orders({ id: signalId });
    const [verdict] = await store.verdicts({ signalId });
    const [signal] = await store.signals({ id: signalId });
    const trail = signal === undefined ? null : await withBus(config, (bus) => trailOf(store, bus, signal));
    const { indicators = {} } = (signal?.event.meta ?? {}) as { indicators?: Readonly<Record<string, unknown>> };
    return {
      orders: await Promise.all(orders.map((row) => explained(store, row))),
      verdict: verdict === undefined ? null : timed(verdict),
      signal:
        signal === undefined ? null : { ...timed(signal.event), ts: signal.event.ts, instanceId: signal.instanceId },
      indicators,
      bar: trail?.bar ?? null,
      entries: trail?.entries ?? [],
      decided: trail?.decided ?? null,
    };
  } finally {
    await records.close();
  }
}

async function signalIdOf(store: Store, id: string, rows: readonly OrderRow[]): Promise<string> {
  const found = new Set(rows.map(({ order }) => order.terms.signalId));
  for (const { event } of await store.signals({ id, limit: 2 })) found.add(event.id);
  for (const { signalId } of await store.verdicts({ signalId: id })) found.add(signalId);
  const [one, other] = found;
  if (one !== undefined && other === undefined) return one;
  const message =
    one === undefined
      ? `Nothing in the record is called "${id}". Give an order's id, the beginning of it, the exchange's id of it, or a signal's id; \`alpha orders --json\` lists them.`
      : `"${id}" is the beginning of more than one id. Give more of it; \`alpha orders --json\` lists them.`;
  throw new AlphaError('USAGE', message, { context: { id } });
}

async function trailOf(store: Store, bus: EventBus | null, { event, bar: key }: SignalRecord) {
  const { exchange, symbol } = event;
  const [found] = key ? await store.bars({ exchange, symbol, ...pick(key), limit: 1 }) : [];
  const bar = found !== undefined && found.openTs === key?.openTs ? found : null;
  const decision = await store.decision(event.id, bar?.openTs ?? event.ts - 60_000);
  const decided = decision && {
    brain: decision.brain,
    batch: decision.batch,
    time: iso(decision.ts),
    read: entriesOf(decision),
  };
  const entries = bar !== null && decision !== null ? await barEntries({ store, bus }, bar, decision) : [];
  return { bar, decided, entries };
}

function pick({ timeframe, openTs }: NonNullable<SignalRecord['bar']>) {
  return { timeframe, from: openTs };
}

/** The record explains without the bus too, only less exactly. */
async function withBus<Result>(config: Config, work: (bus: EventBus | null) => Promise<Result>): Promise<Result> {
  if (config.redisUrl === undefined && !existsSync(config.dataDir)) return work(null);
  try {
    return await lookAtBus(config, work);
  } catch (error) {
    if (!AlphaError.is(error) || !error.code.startsWith('BUS_')) throw error;
    return work(null);
  }
}

async function explained(store: Store, row: OrderRow): Promise<Why['orders'][number]> {
  const { order } = row;
  const events = await store.orderEvents(order.terms.clientOrderId);
  const steps = events.flatMap((event): OrderStep[] => {
    if (event.type !== 'order') return [];
    const { denied = null, fill, request, status } = event.data;
    const words = fill === undefined ? null : `${fill.size} at ${fill.price} (execution ${fill.execution_id})`;
    return [{ time: iso(event.ts), status, request, fill: words, denied }];
  });
  return { ...listedOrder(row), reason: 'reason' in order ? order.reason : null, steps };
}

function timed<Timed extends { readonly ts: number }>({ ts, ...rest }: Timed) {
  return { ...rest, time: iso(ts) };
}

function iso(ts: number): string {
  return new Date(ts).toISOString();
}

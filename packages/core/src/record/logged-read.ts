import type { Delivery } from '../bus/event-bus.js';
import type { StreamName } from '../bus/streams.js';
import type { EpochMs } from '../events/common.js';
import type { AlphaEvent, EventType } from '../events/event.js';

/** One read of the bus as the input log keeps it: which entries of which streams met, and the market time told after them. */
export interface LoggedRead {
  readonly ranges: readonly LoggedRange[];
  /** First and last number of each series in it: how an archive, which knows no entries, finds them again. */
  readonly seqs?: readonly LoggedSeqs[];
  /** Streams whose series met in another order than that of `inOrderOfReceipt`. */
  readonly met?: readonly LoggedOrder[];
  readonly clock?: EpochMs;
}

export type LoggedRange = readonly [stream: StreamName, firstId: string, lastId: string, count: number];

/** `exchange` only where it is another than the brain's. */
export type LoggedSeqs = readonly [symbol: string, type: EventType, first: number, last: number, exchange?: string];

/** One after the other: of which of the read's `seqs` the next entries are, and how many. */
export type LoggedOrder = readonly [stream: StreamName, runs: readonly (readonly [series: number, count: number])[]];

interface Stream {
  readonly range: [StreamName, string, string, number];
  last: AlphaEvent;
  /** It has more than one series. */
  several: boolean;
  /** An event came before one that stands behind it in the order of receipt. */
  mixed: boolean;
}

/** What a brain of this exchange keeps of a read. */
export function logRead(exchange: string, deliveries: readonly Delivery[], clock: EpochMs | undefined): LoggedRead {
  const streams = new Map<StreamName, Stream>();
  const seqs: [string, EventType, number, number, string?][] = [];
  for (const { event, stream, id } of deliveries) {
    const known = streams.get(stream);
    if (known === undefined) {
      streams.set(stream, { range: [stream, id, id, 1], last: event, several: false, mixed: false });
    } else {
      known.range[2] = id;
      known.range[3]++;
      known.several ||= !isSameSeries(known.last, event);
      known.mixed ||= byReceipt(known.last, event) > 0;
      known.last = event;
    }
    if (event.seq === undefined) continue;
    const index = indexOfSeries(exchange, seqs, event);
    const series = seqs[index];
    if (series !== undefined) series[3] = event.seq;
    else {
      const { exchange: whose, seq, symbol, type } = event;
      seqs.push(whose === exchange ? [symbol, type, seq, seq] : [symbol, type, seq, seq, whose]);
    }
  }
  const met = [...streams].flatMap(([stream, { mixed, several }]): LoggedOrder[] =>
    mixed && several ? [[stream, runsOf(exchange, seqs, deliveries, stream)]] : [],
  );
  return {
    ranges: [...streams.values()].map(({ range }) => range),
    ...(seqs.length > 0 && { seqs }),
    ...(met.length > 0 && { met }),
    ...(clock !== undefined && { clock }),
  };
}

/** The events of the series of one stream in the order in which they met there; `events` are those of each series, in its order. */
export function metAgain(
  events: ReadonlyMap<number, readonly AlphaEvent[]>,
  order: LoggedOrder | undefined,
): readonly AlphaEvent[] {
  if (order === undefined) return inOrderOfReceipt([...events.values()]);
  const next = new Map<number, number>();
  return order[1].flatMap(([series, count]) => {
    const from = next.get(series) ?? 0;
    next.set(series, from + count);
    return (events.get(series) ?? []).slice(from, from + count);
  });
}

/** As a collector publishes them: by the time of receipt, at equal times by symbol. Order within a series is never changed. */
function inOrderOfReceipt(series: readonly (readonly AlphaEvent[])[]): readonly AlphaEvent[] {
  if (series.length <= 1) return series[0] ?? [];
  const heads = series.map((events) => ({ events, next: 0 }));
  const total = series.reduce((sum, { length }) => sum + length, 0);
  const merged: AlphaEvent[] = [];
  while (merged.length < total) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      const candidate = head.events[head.next];
      if (candidate && (!first || byReceipt(candidate, first.events[first.next]!) < 0)) first = head;
    }
    merged.push(first!.events[first!.next++]!);
  }
  return merged;
}

function byReceipt(a: AlphaEvent, b: AlphaEvent): number {
  return (a.recv_ts ?? a.ts) - (b.recv_ts ?? b.ts) || compared(a.symbol, b.symbol) || compared(a.exchange, b.exchange);
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function runsOf(
  exchange: string,
  seqs: readonly LoggedSeqs[],
  deliveries: readonly Delivery[],
  stream: StreamName,
): LoggedOrder[1] {
  const runs: [number, number][] = [];
  for (const delivery of deliveries) {
    if (delivery.stream !== stream) continue;
    const series = indexOfSeries(exchange, seqs, delivery.event);
    const last = runs.at(-1);
    if (last?.[0] === series) last[1]++;
    else runs.push([series, 1]);
  }
  return runs;
}

function indexOfSeries(exchange: string, seqs: readonly LoggedSeqs[], event: AlphaEvent): number {
  return seqs.findIndex(
    ([symbol, type, , , whose = exchange]) =>
      symbol === event.symbol && type === event.type && whose === event.exchange,
  );
}

function isSameSeries(a: AlphaEvent, b: AlphaEvent): boolean {
  return a.symbol === b.symbol && a.type === b.type && a.exchange === b.exchange;
}

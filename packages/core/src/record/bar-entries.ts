import type { EntryId, EventBus } from '../bus/event-bus.js';
import type { StreamName } from '../bus/streams.js';
import type { Bar } from '../market/bar.js';
import { isTimed } from '../market/timeframe.js';
import type { DecisionRow, Store } from '../store/store.js';
import type { StrategyLogEntry } from './strategy-log.js';

/** Entries of one stream of the bus. */
export interface EntryRange {
  readonly stream: StreamName;
  readonly firstId: EntryId;
  readonly lastId: EntryId;
  readonly count: number;
  /** Only where the entries are still on the bus: the numbers of the bar's own trades. */
  readonly firstSeq?: number;
  readonly lastSeq?: number;
  /** True: exactly the trades that made the bar. False: everything that was read while it was open. */
  readonly exact: boolean;
}

/** How far the market clock may have been behind the trades it stamped, market milliseconds. */
const CLOCK_SLACK_MS = 5_000;
/** Rows of the input log, and entries of the bus, that are looked through at most: a long bar is told by what was read. */
const MOST_ROWS = 20_000;
/** More than a strategy brain ever commits, and what a busy moment adds. */
const ROWS_PER_SECOND = 10;
const SOME_ROWS = 100;
const MOST_ENTRIES = 50_000;
const PAGE = 1_000;

/** What a decision read last: the entries of its batch, stream by stream. */
export function entriesOf({ inputs }: DecisionRow): readonly EntryRange[] {
  return rangesOf([inputs as StrategyLogEntry | null]);
}

/**
 * The trades that made the bar behind a decision: by the input log, and where the bus still has them by their own ids and
 * numbers. Empty when the input log of that time is not kept any more.
 */
export async function barEntries(
  { store, bus }: { readonly store: Store; readonly bus: EventBus | null },
  bar: Bar,
  decision: DecisionRow,
): Promise<readonly EntryRange[]> {
  const entries: (StrategyLogEntry | null)[] = [];
  const rows = Math.min(MOST_ROWS, ROWS_PER_SECOND * ((bar.closeTs - bar.openTs) / 1_000) + SOME_ROWS);
  const begin = Math.floor(decision.batch - rows);
  for await (const row of store.inputLog(decision.brain, Math.max(0, begin))) {
    if (row.batch > decision.batch) break;
    if (row.ts >= bar.openTs - CLOCK_SLACK_MS) entries.push(row.inputs as StrategyLogEntry | null);
  }
  const read = rangesOf(entries).filter(({ stream }) => isTradesOf(stream, bar));
  if (bus === null) return read;
  return Promise.all(read.map(async (range) => (await onBus(bus, bar, range)) ?? range));
}

function rangesOf(entries: readonly (StrategyLogEntry | null)[]): readonly EntryRange[] {
  const ranges = new Map<StreamName, EntryRange>();
  for (const [stream, firstId, lastId, count] of entries.flatMap((entry) =>
    (entry?.reads ?? []).flatMap((read) => read.ranges),
  )) {
    const before = ranges.get(stream);
    ranges.set(stream, {
      stream,
      firstId: before?.firstId ?? firstId,
      lastId,
      count: count + (before?.count ?? 0),
      exact: false,
    });
  }
  return [...ranges.values()];
}

/** `md:trade`, or `md:trade:gmo:BTC_JPY` where every symbol has its own. */
function isTradesOf(stream: StreamName, { exchange, symbol }: Bar): boolean {
  return stream === 'md:trade' || stream === `md:trade:${exchange}:${symbol}`;
}

async function onBus(bus: EventBus, bar: Bar, range: EntryRange): Promise<EntryRange | null> {
  const found: { readonly id: EntryId; readonly seq: number | undefined }[] = [];
  // Of bars of trades the last one belongs to the bar.
  const endTs = isTimed(bar.timeframe) ? bar.closeTs : bar.closeTs + 1;
  // A range begins after an id: one entry earlier, so that the first is in it.
  const [earlier] = await bus.latest(range.stream, range.firstId, 1);
  let after = earlier?.id ?? null;
  for (let seen = 0; seen < MOST_ENTRIES; ) {
    const page = await bus.range(range.stream, after, PAGE);
    for (const { event, id } of page) {
      const isOurs = event.type === 'trade' && event.symbol === bar.symbol && event.exchange === bar.exchange;
      if (isOurs && event.ts >= bar.openTs && event.ts < endTs) found.push({ id, seq: event.seq });
      after = id;
      if (id === range.lastId) return exactRange(bar, range, found);
    }
    seen += page.length;
    if (page.length < PAGE) break;
  }
  return exactRange(bar, range, found);
}

function exactRange(
  bar: Bar,
  { stream }: EntryRange,
  found: readonly { readonly id: EntryId; readonly seq: number | undefined }[],
): EntryRange | null {
  const [first, last] = [found[0], found.at(-1)];
  if (first === undefined || last === undefined || found.length !== bar.trades) return null;
  const seqs = first.seq === undefined || last.seq === undefined ? {} : { firstSeq: first.seq, lastSeq: last.seq };
  return { stream, firstId: first.id, lastId: last.id, count: found.length, ...seqs, exact: true };
}

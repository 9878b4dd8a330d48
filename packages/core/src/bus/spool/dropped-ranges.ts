import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { EpochMs } from '../../events/common.js';
import type { AlphaEvent } from '../../events/event.js';
import type { StatusEvent } from '../../events/status.js';
import type { Run } from '../event-batch.js';
import { type Series, type SeriesKey, seriesKey } from '../streams.js';

type Channel = NonNullable<StatusEvent['data']['channel']>;

/** Numbers of one series that were given to events nobody kept. */
interface DroppedRange {
  readonly exchange: string;
  readonly symbol: string;
  readonly channel: Channel;
  from_seq: number;
  to_seq: number;
  from_ts: EpochMs;
  to_ts: EpochMs;
}

/**
 * What is being dropped at the moment: one range for each series, because dropping begins for all of them and ends for all.
 * Kept in a file beside the spool, so that a process that is killed meanwhile does not take the record with it.
 */
export class DroppedRanges {
  readonly #path: string;
  readonly #ranges: Map<string, DroppedRange>;
  /** On their way to the bus; in the file until it has them. */
  #underway: DroppedRange[] = [];
  #isSaved = true;

  /** Takes over what an earlier process was dropping when it ended. */
  constructor(path: string) {
    this.#path = path;
    this.#ranges = new Map(readRanges(path).map((range) => [keyOf(range), range]));
  }

  get isEmpty(): boolean {
    return this.#ranges.size === 0;
  }

  /** Events, those that an earlier process dropped included. */
  get count(): number {
    return this.list().reduce((sum, { from, to }) => sum + to - from + 1, 0);
  }

  /** Only what has a channel can be dropped so: false for anything else. */
  add({ series: { exchange, symbol, type: channel }, key, first, count, fromTs, toTs }: Run): boolean {
    if (channel !== 'trade' && channel !== 'orderbook' && channel !== 'ticker') return false;
    const from = first!;
    const to = from + count - 1;
    const known = this.#ranges.get(key);
    this.#isSaved = false;
    if (known === undefined) {
      const range = { exchange, symbol, channel, from_seq: from, to_seq: to, from_ts: fromTs, to_ts: toTs };
      this.#ranges.set(key, range);
      return true;
    }
    known.from_seq = Math.min(known.from_seq, from);
    known.to_seq = Math.max(known.to_seq, to);
    known.from_ts = Math.min(known.from_ts, fromTs);
    known.to_ts = Math.max(known.to_ts, toTs);
    return true;
  }

  /** One status event for each series, without a number yet. */
  events(reason: string): StatusEvent[] {
    return [...this.#ranges.values()].map(({ exchange, symbol, ...data }) => ({
      type: 'status',
      exchange,
      symbol,
      ts: data.to_ts,
      data: { state: 'dropped', reason, ...data },
    }));
  }

  /** Series and its numbers. */
  list(): { series: Series; from: number; to: number }[] {
    return [...this.#ranges.values()].map((range) => ({
      series: seriesFor(range),
      from: range.from_seq,
      to: range.to_seq,
    }));
  }

  /** Throws what the disk says. */
  save(): void {
    if (this.#isSaved) return;
    const draft = `${this.#path}.draft`;
    writeFileSync(draft, JSON.stringify([...this.#underway, ...this.#ranges.values()]), { mode: 0o600 });
    renameSync(draft, this.#path);
    this.#isSaved = true;
  }

  /** They are told elsewhere. */
  clear(): void {
    this.#ranges.clear();
    this.#isSaved = this.#underway.length === 0;
    if (this.#isSaved) rmSync(this.#path, { force: true });
  }

  /** They are on their way to the bus and nowhere else: the file keeps them until `arrived`. */
  send(): void {
    this.#underway.push(...this.#ranges.values());
    this.clear();
  }

  /** The bus has what was sent. */
  arrived(): void {
    this.#underway = [];
    if (this.isEmpty) this.clear();
    else this.#isSaved = false;
  }

  /** Forgets a range: it was told before, or somebody else goes on with its series. */
  remove(series: Series): void {
    if (this.#ranges.delete(seriesKey(series))) this.#isSaved = false;
  }
}

/** The numbers that a status event says were left out, and of which series; null for any other event. */
export function droppedRange(event: AlphaEvent): { series: Series; from: number; to: number } | null {
  if (event.type !== 'status' || event.data.state !== 'dropped') return null;
  const { channel, from_seq: from, to_seq: to } = event.data;
  if (channel === undefined || from === undefined || to === undefined) return null;
  const { exchange, symbol } = event;
  return { series: seriesFor({ exchange, symbol, channel }), from, to };
}

type Place = Pick<DroppedRange, 'exchange' | 'symbol' | 'channel'>;

function seriesFor({ exchange, symbol, channel }: Place): Series {
  return { stream: `md:${channel}`, exchange, symbol, type: channel };
}

function keyOf(place: Place): SeriesKey {
  return seriesKey(seriesFor(place));
}

function readRanges(path: string): DroppedRange[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // There is none: nothing was being dropped.
    return [];
  }
}

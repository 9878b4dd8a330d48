import type { EpochMs } from '../events/common.js';
import { encodeNumbered } from '../events/encode-numbered.js';
import type { AlphaEvent } from '../events/event.js';
import { type KnownSeries, SeriesTable } from './series-table.js';
import type { Series, SeriesKey } from './streams.js';

/** Consecutive events of one series. */
export interface Run {
  readonly series: Series;
  readonly key: SeriesKey;
  /** Number of the first; undefined when they have none. */
  readonly first: number | undefined;
  readonly count: number;
  readonly fromTs: EpochMs;
  readonly toTs: EpochMs;
}

/** Events in the order they are published in, encoded once for every place they go to. */
export interface EventBatch {
  readonly runs: readonly Run[];
  /** Events. */
  readonly length: number;
  /** A line of JSON for each. JSON never contains a line break. */
  readonly text: string;
}

type Growing<Value> = { -readonly [Name in keyof Value]: Value[Name] };

/** Writes a batch, event by event. */
export class BatchWriter {
  readonly #runs: Growing<Run>[] = [];
  readonly #lines: string[] = [];
  #run: Growing<Run> | undefined;

  add({ series, key, head }: KnownSeries, event: AlphaEvent, seq: number | undefined): void {
    this.#lines.push(encodeNumbered(head, event, seq));
    const { ts } = event;
    const run = this.#run;
    if (!goesOn(run, key, seq)) {
      this.#run = { series, key, first: seq, count: 1, fromTs: ts, toTs: ts };
      this.#runs.push(this.#run);
      return;
    }
    run.count++;
    if (ts < run.fromTs) run.fromTs = ts;
    if (ts > run.toTs) run.toTs = ts;
  }

  end(): EventBatch {
    return { runs: this.#runs, length: this.#lines.length, text: this.#lines.join('\n') };
  }
}

function goesOn(run: Growing<Run> | undefined, key: SeriesKey, seq: number | undefined): run is Growing<Run> {
  return run !== undefined && run.key === key && seq === (run.first === undefined ? undefined : run.first + run.count);
}

/** The batch of events that keep the numbers they have. */
export function batchOf(events: readonly AlphaEvent[] | EventBatch): EventBatch {
  if ('runs' in events) return events;
  const table = new SeriesTable((known) => known);
  const writer = new BatchWriter();
  for (const event of events) writer.add(table.of(event), event, event.seq);
  return writer.end();
}

/** What was written, not validated again. */
export function eventsOf({ text }: EventBatch): AlphaEvent[] {
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line));
}

/** One batch after the other. */
export function joinBatches(batches: readonly EventBatch[]): EventBatch {
  const [only] = batches;
  if (batches.length === 1) return only!;
  const runs: Growing<Run>[] = [];
  let length = 0;
  for (const batch of batches) {
    length += batch.length;
    for (const run of batch.runs) {
      const before = runs.at(-1);
      if (!goesOn(before, run.key, run.first)) runs.push({ ...run });
      else {
        before.count += run.count;
        before.fromTs = Math.min(before.fromTs, run.fromTs);
        before.toTs = Math.max(before.toTs, run.toTs);
      }
    }
  }
  return { runs, length, text: batches.map(({ text }) => text).join('\n') };
}

/** The events of each place, in order; `placeOf` names it. */
export function batchesBy(batch: EventBatch, placeOf: (series: Series) => string): ReadonlyMap<string, EventBatch> {
  const parts = new Map<string, { runs: Run[]; lines: string[] }>();
  const lines = batch.text.split('\n');
  let at = 0;
  for (const run of batch.runs) {
    const place = placeOf(run.series);
    const part = parts.get(place) ?? { runs: [], lines: [] };
    parts.set(place, part);
    part.runs.push(run);
    for (const end = at + run.count; at < end; at++) part.lines.push(lines[at]!);
  }
  return new Map(
    [...parts].map(([place, { runs, lines }]) => [place, { runs, length: lines.length, text: lines.join('\n') }]),
  );
}

import type { EventType } from '../events/event.js';
import type { StatusEvent } from '../events/status.js';
import type { RawEventQuery, SeqRange } from '../store/raw-events.js';
import type { ArchiveReader, ArchiveSegment } from './archive.js';
import { holes, overlap, union, without } from './seq-ranges.js';

/** Sequence numbers of a series that the archive does not have, between some that it has. */
export interface ArchiveGap extends SeqRange {
  readonly exchange: string;
  readonly symbol: string;
  readonly type: EventType;
  /** Whether `md:status` said that these were dropped. */
  readonly declared: boolean;
}

export interface ArchiveReport {
  readonly segments: number;
  readonly rows: number;
  /** Segments that differ from what was noted of them. */
  readonly damaged: readonly { readonly segment: ArchiveSegment; readonly problems: readonly string[] }[];
  readonly gaps: readonly ArchiveGap[];
}

/** Reads everything that is meant and compares it with its manifests; looks for numbers that are missing. */
export async function verifyArchive(archive: ArchiveReader, query: RawEventQuery = {}): Promise<ArchiveReport> {
  const segments = await archive.segments(query);
  const damaged = [];
  for (const segment of segments) {
    const problems = await archive.check(segment);
    if (problems.length > 0) damaged.push({ segment, problems });
  }
  const broken = new Set(damaged.map(({ segment }) => segment));
  const whole = segments.filter((segment) => !broken.has(segment));
  const gaps = findGaps(segments);
  const dropped = gaps.length === 0 ? [] : await droppedIn(archive, whole);
  return {
    segments: segments.length,
    rows: segments.reduce((total, { rows }) => total + rows, 0),
    damaged,
    gaps: gaps.flatMap((gap) => withDeclared(gap, dropped)),
  };
}

/** What lies between the numbers of each series. A count that began again (an emptied bus) is no gap. */
function findGaps(segments: readonly ArchiveSegment[]): readonly Omit<ArchiveGap, 'declared'>[] {
  const bySeries = new Map<string, ArchiveSegment[]>();
  for (const segment of segments) {
    const key = `${segment.exchange}\0${segment.symbol}\0${segment.type}`;
    bySeries.set(key, [...(bySeries.get(key) ?? []), segment]);
  }
  return [...bySeries.values()].flatMap((series) => {
    const { exchange, symbol, type } = series[0]!;
    return counts(series).flatMap((count) => holes(count).map((hole) => ({ exchange, symbol, type, ...hole })));
  });
}

/** The numbers of each count, joined over days and parts. Around midnight days interleave. */
function counts(series: readonly ArchiveSegment[]): readonly (readonly SeqRange[])[] {
  const found: (readonly SeqRange[])[] = [];
  for (const { seqs } of series.toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.part - b.part))) {
    const current = found.at(-1);
    const first = current?.[0]?.from ?? 0;
    const goesOn = current !== undefined && !overlap(current, seqs) && (seqs.at(-1)?.to ?? first) >= first;
    if (goesOn) found[found.length - 1] = union([...current, ...seqs]);
    else found.push(seqs);
  }
  return found;
}

async function droppedIn(archive: ArchiveReader, segments: readonly ArchiveSegment[]): Promise<readonly StatusEvent[]> {
  const found: StatusEvent[] = [];
  for (const segment of segments) {
    if (segment.type !== 'status') continue;
    for await (const page of archive.read(segment)) {
      for (const event of page) if (event.type === 'status' && event.data.state === 'dropped') found.push(event);
    }
  }
  return found;
}

function withDeclared(gap: Omit<ArchiveGap, 'declared'>, dropped: readonly StatusEvent[]): readonly ArchiveGap[] {
  const said = dropped.flatMap(({ exchange, symbol, data: { channel, from_seq: from, to_seq: to } }) =>
    exchange === gap.exchange && symbol === gap.symbol && channel === gap.type && from !== undefined && to !== undefined
      ? [{ from, to }]
      : [],
  );
  const { exchange, symbol, type } = gap;
  const undeclared = without([gap], said);
  const declared = without([gap], undeclared);
  return [
    ...undeclared.map(({ from, to }) => ({ exchange, symbol, type, from, to, declared: false })),
    ...declared.map(({ from, to }) => ({ exchange, symbol, type, from, to, declared: true })),
  ].toSorted((a, b) => a.from - b.from);
}

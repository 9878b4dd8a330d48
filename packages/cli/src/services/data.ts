import { AlphaError, type EventType, type RawEventQuery } from '@alpha-engine/core';
import { type ArchiveGap, type ArchiveSegment, verifyArchive } from '@alpha-engine/core/archive';
import type { Config } from '../config/schema.js';
import { openArchive } from './open-archive.js';

/** One series on one day. Times are ISO 8601 UTC of the exchange's clock. */
export interface ListedSegment {
  readonly exchange: string;
  readonly symbol: string;
  readonly type: EventType;
  readonly day: string;
  readonly part: number;
  readonly rows: number;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  readonly first: string;
  readonly last: string;
  /** Below the archive's folder; null in a database. */
  readonly file: string | null;
  /** Compressed; null in a database. */
  readonly bytes: number | null;
}

export async function listSegments(config: Config, query: RawEventQuery): Promise<readonly ListedSegment[]> {
  const { archive, close } = await openArchive(config);
  try {
    return (await archive.segments(query)).map(listed);
  } finally {
    await close();
  }
}

function listed({
  exchange,
  symbol,
  type,
  day,
  part,
  rows,
  seqs,
  firstTs,
  lastTs,
  file,
}: ArchiveSegment): ListedSegment {
  return {
    exchange,
    symbol,
    type,
    day,
    part,
    rows,
    firstSeq: seqs[0]?.from ?? null,
    lastSeq: seqs.at(-1)?.to ?? null,
    first: new Date(firstTs).toISOString(),
    last: new Date(lastTs).toISOString(),
    file: file?.path ?? null,
    bytes: file?.bytes ?? null,
  };
}

export interface Verification {
  readonly archive: string;
  readonly segments: number;
  readonly rows: number;
  readonly damaged: readonly { readonly segment: ListedSegment; readonly problems: readonly string[] }[];
  readonly gaps: readonly ArchiveGap[];
}

export async function verifyData(config: Config, query: RawEventQuery): Promise<Verification> {
  const { archive, location, close } = await openArchive(config);
  try {
    const report = await verifyArchive(archive, query);
    const damaged = report.damaged.map(({ segment, problems }) => ({ segment: listed(segment), problems }));
    return { archive: location, ...report, damaged };
  } finally {
    await close();
  }
}

/** Throws `ARCHIVE_DAMAGED`, or `EVENTS_LOST` for numbers that are missing and that nobody said were dropped. */
export function assertWhole({ damaged, gaps }: Verification): void {
  const [first] = damaged;
  if (first !== undefined) {
    throw new AlphaError('ARCHIVE_DAMAGED', `${damaged.length} segments are damaged. ${first.problems.join(' ')}`);
  }
  const missing = gaps.filter(({ declared }) => !declared);
  if (missing.length > 0) {
    const numbers = missing.reduce((total, { from, to }) => total + to - from + 1, 0);
    throw new AlphaError('EVENTS_LOST', `${numbers} events are missing in ${missing.length} places of the archive.`);
  }
}

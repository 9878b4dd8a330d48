import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { AlphaError, type AlphaEvent, type EventType, encodeEvent, type RawEventQuery } from '@alpha-engine/core';
import { type ArchiveGap, type ArchiveSegment, readArchive, verifyArchive } from '@alpha-engine/core/archive';
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

export interface ExportRequest {
  readonly query: RawEventQuery;
  readonly format: 'jsonl' | 'csv';
  /** A file, which appears when it is complete. Absent: `stdout`. */
  readonly out?: string;
  readonly stdout: Writable;
}

export interface Exported {
  readonly events: number;
  readonly format: 'jsonl' | 'csv';
  readonly out: string | null;
}

const CHUNK_LINES = 1000;

export async function exportData(config: Config, request: ExportRequest): Promise<Exported> {
  const { query, format, out, stdout } = request;
  const { archive, close } = await openArchive(config);
  const draft = out === undefined ? undefined : `${out}.part`;
  const target = draft === undefined ? stdout : createWriteStream(draft);
  let events = 0;
  try {
    let lines: string[] = format === 'csv' ? [COLUMNS.join(',')] : [];
    const write = async () => {
      if (lines.length > 0 && !target.write(`${lines.join('\n')}\n`)) await once(target, 'drain');
      lines = [];
    };
    for await (const event of readArchive(archive, query)) {
      lines.push(format === 'csv' ? csvLine(event) : encodeEvent(event));
      events++;
      if (lines.length >= CHUNK_LINES) await write();
    }
    await write();
    if (draft !== undefined && out !== undefined) {
      target.end();
      await once(target, 'close');
      await sync(draft);
      await rename(draft, out);
    }
  } catch (error) {
    if (draft !== undefined) await rm(draft, { force: true });
    throw error;
  } finally {
    await close();
  }
  return { events, format, out: out ?? null };
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

const COLUMNS = ['ts', 'exchange', 'symbol', 'type', 'seq', 'recv_ts', 'price', 'size', 'side', 'bid', 'ask', 'data'];

/** Prices in columns of their own where an event has one; books and statuses as JSON in the last one. */
function csvLine(event: AlphaEvent): string {
  const { ts, exchange, symbol, type, seq, recv_ts } = event;
  const base = [ts, exchange, quoted(symbol), type, seq, recv_ts];
  if (event.type === 'trade') {
    const { price, size, side } = event.data;
    return [...base, price, size, side, '', '', ''].join(',');
  }
  if (event.type === 'ticker') {
    const { bid, ask, last, high, low, volume } = event.data;
    return [...base, last, '', '', bid, ask, quoted(JSON.stringify({ high, low, volume }))].join(',');
  }
  const data = 'data' in event ? quoted(JSON.stringify(event.data)) : '';
  return [...base, '', '', '', '', '', data].join(',');
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

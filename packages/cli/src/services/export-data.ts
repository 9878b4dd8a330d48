import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type AlphaEvent, encodeEvent, type RawEventQuery } from '@alpha-engine/core';
import { readArchive } from '@alpha-engine/core/archive';
import type { Config } from '../config/schema.js';
import { openOutput } from '../output/output-file.js';
import { openArchive } from './open-archive.js';

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

/** Throws `OUTPUT_UNWRITABLE`, and what reading the archive throws. A reader of `stdout` that leaves early is no failure. */
export async function exportData(config: Config, { query, format, out, stdout }: ExportRequest): Promise<Exported> {
  const { archive, close } = await openArchive(config);
  let events = 0;
  async function* chunks(): AsyncGenerator<string> {
    let lines: string[] = format === 'csv' ? [COLUMNS.join(',')] : [];
    for await (const event of readArchive(archive, query)) {
      lines.push(format === 'csv' ? csvLine(event) : encodeEvent(event));
      events++;
      if (lines.length < CHUNK_LINES) continue;
      yield `${lines.join('\n')}\n`;
      lines = [];
    }
    if (lines.length > 0) yield `${lines.join('\n')}\n`;
  }
  try {
    if (out === undefined) await writeOut(chunks, stdout);
    else await writeFile(chunks, out);
  } finally {
    await close();
  }
  return { events, format, out: out ?? null };
}

type Chunks = () => AsyncIterable<string>;

async function writeOut(chunks: Chunks, stdout: Writable): Promise<void> {
  try {
    await pipeline(chunks, stdout, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

async function writeFile(chunks: Chunks, out: string): Promise<void> {
  const file = await openOutput(out);
  try {
    await file.write(chunks());
    await file.keep();
  } finally {
    await file.abandon();
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

import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AlphaError } from '../errors/alpha-error.js';
import type { SeqRange } from '../store/raw-events.js';
import { manifestFile, type SegmentKey } from './segment-path.js';

const count = z.number().int().nonnegative();

const manifest = z.object({
  format: z.literal(1),
  rows: count,
  /** Of the compressed file; what lies behind was never finished and does not count. */
  bytes: count,
  first_ts: count,
  last_ts: count,
  first_seq: count.nullable(),
  last_seq: count.nullable(),
  /** `[from, to]`, both included. */
  seqs: z.array(z.tuple([count, count])),
  /** CRC-32 of the lines, uncompressed, in hexadecimal. */
  crc32: z.string().regex(/^[0-9a-f]{8}$/),
});

/** What is certain about a segment. It is replaced whole, so the file it speaks of is right up to `bytes`, whatever happens. */
export interface Manifest {
  readonly rows: number;
  readonly bytes: number;
  readonly firstTs: number;
  readonly lastTs: number;
  readonly seqs: readonly SeqRange[];
  readonly crc32: number;
}

/** Null when there is none. Throws `ARCHIVE_DAMAGED` for one that is not ours. */
export async function readManifest(folder: string, key: SegmentKey): Promise<Manifest | null> {
  const path = join(folder, manifestFile(key));
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { rows, bytes, first_ts, last_ts, seqs, crc32 } = manifest.parse(JSON.parse(text));
    return {
      rows,
      bytes,
      firstTs: first_ts,
      lastTs: last_ts,
      seqs: seqs.map(([from, to]) => ({ from, to })),
      crc32: Number.parseInt(crc32, 16),
    };
  } catch (cause) {
    throw new AlphaError('ARCHIVE_DAMAGED', `The manifest ${path} cannot be read; restore it from a copy.`, {
      context: { path },
      cause,
    });
  }
}

/** Durable once resolved. */
export async function writeManifest(folder: string, key: SegmentKey, value: Manifest): Promise<void> {
  const path = join(folder, manifestFile(key));
  const draft = `${path}.new`;
  const content: z.infer<typeof manifest> = {
    format: 1,
    rows: value.rows,
    bytes: value.bytes,
    first_ts: value.firstTs,
    last_ts: value.lastTs,
    first_seq: value.seqs[0]?.from ?? null,
    last_seq: value.seqs.at(-1)?.to ?? null,
    seqs: value.seqs.map(({ from, to }): [number, number] => [from, to]),
    crc32: value.crc32.toString(16).padStart(8, '0'),
  };
  const file = await open(draft, 'w');
  try {
    await file.writeFile(`${JSON.stringify(content)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncFolder(folder);
}

/** Makes names that were added to a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const file = await open(folder, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

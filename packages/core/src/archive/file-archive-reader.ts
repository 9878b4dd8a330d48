import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { crc32, createGunzip } from 'node:zlib';
import { AlphaError } from '../errors/alpha-error.js';
import { decodeEvent } from '../events/codec.js';
import type { AlphaEvent } from '../events/event.js';
import { DAY_MS, type RawEventQuery, startOfDay } from '../store/raw-events.js';
import type { ArchiveReader, ArchiveSegment } from './archive.js';
import { readManifest } from './manifest.js';
import { dayFolder, eventsFile, isDayFolder, parseManifestFile, type SegmentKey, unescaped } from './segment-path.js';
import { union } from './seq-ranges.js';

const CHUNK_BYTES = 256 * 1024;

/** Reads the files of docs/archive.md below `folder`, also while they are being written: what a manifest names is whole. */
export function openFileArchive(options: { readonly folder: string }): ArchiveReader {
  const root = resolve(options.folder);
  return {
    segments: (query = {}) => segmentsBelow(root, query),
    read: (segment) => readSegment(root, segment),
    check: (segment) => checkSegment(root, segment),
  };
}

async function segmentsBelow(root: string, query: RawEventQuery): Promise<readonly ArchiveSegment[]> {
  const { exchange, symbols, types, from = 0, to = Number.POSITIVE_INFINITY } = query;
  const found: ArchiveSegment[] = [];
  for (const one of await namesIn(root)) {
    if (exchange !== undefined && unescaped(one) !== exchange) continue;
    for (const symbol of await namesIn(join(root, one))) {
      if (symbols !== undefined && !symbols.includes(unescaped(symbol))) continue;
      for (const day of await namesIn(join(root, one, symbol))) {
        if (!isDayFolder(day) || startOfDay(day) + DAY_MS <= from || startOfDay(day) >= to) continue;
        const folder = join(root, one, symbol, day);
        for (const name of await namesIn(folder)) {
          const file = parseManifestFile(name);
          if (file === null || (types !== undefined && !types.includes(file.type))) continue;
          const key = { exchange: unescaped(one), symbol: unescaped(symbol), day, ...file };
          const segment = await segmentOf(folder, key);
          if (segment !== null) found.push(segment);
        }
      }
    }
  }
  return found.toSorted(bySeriesAndTime);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name !== 'lock' && !name.startsWith('lock.'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

async function segmentOf(folder: string, key: SegmentKey): Promise<ArchiveSegment | null> {
  const manifest = await readManifest(folder, key);
  if (manifest === null) return null;
  const { rows, bytes, firstTs, lastTs, seqs } = manifest;
  return { ...key, rows, firstTs, lastTs, seqs, file: { path: join(dayFolder(key), eventsFile(key)), bytes } };
}

function bySeriesAndTime(a: ArchiveSegment, b: ArchiveSegment): number {
  const key = (one: ArchiveSegment) => `${one.exchange}\0${one.symbol}\0${one.type}\0${one.day}`;
  if (key(a) !== key(b)) return key(a) < key(b) ? -1 : 1;
  return a.part - b.part;
}

async function* readSegment(root: string, segment: ArchiveSegment): AsyncGenerator<readonly AlphaEvent[]> {
  let line = 0;
  for await (const lines of linesOf(root, segment)) {
    const events: AlphaEvent[] = [];
    for (const text of lines) {
      line++;
      try {
        events.push(decodeEvent(text));
      } catch (cause) {
        throw damaged(segment, `Line ${line} of ${segment.file?.path} is not an event`, cause);
      }
    }
    yield events;
  }
  // A file that was cut where one member ends and the next begins decompresses without a word.
  if (line === segment.rows) return;
  throw damaged(segment, `${segment.file?.path} has ${line} rows; its manifest says ${segment.rows}`);
}

/** Whole lines, many at a time. */
async function* linesOf(root: string, segment: ArchiveSegment): AsyncGenerator<readonly string[]> {
  let rest = '';
  for await (const text of textOf(root, segment)) {
    const end = text.lastIndexOf('\n');
    if (end < 0) {
      rest += text;
      continue;
    }
    yield (rest + text.slice(0, end)).split('\n');
    rest = text.slice(end + 1);
  }
}

async function* textOf(root: string, segment: ArchiveSegment): AsyncGenerator<string> {
  const { path, bytes } = segment.file!;
  if (bytes === 0) return;
  const file = createReadStream(join(root, path), { end: bytes - 1, highWaterMark: CHUNK_BYTES });
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  file.on('error', (error) => gunzip.destroy(error));
  file.pipe(gunzip).setEncoding('utf8');
  try {
    yield* gunzip as AsyncIterable<string>;
  } catch (cause) {
    throw damaged(segment, `${path} cannot be decompressed: ${(cause as Error).message}`, cause);
  } finally {
    file.destroy();
    gunzip.destroy();
  }
}

async function checkSegment(root: string, segment: ArchiveSegment): Promise<readonly string[]> {
  const folder = join(root, dayFolder(segment));
  const manifest = await readManifest(folder, segment);
  const { path, bytes } = segment.file!;
  if (manifest === null) return [`${path} has no manifest any more.`];
  const size = await stat(join(root, path)).then(
    (found) => found.size,
    () => 0,
  );
  if (size < bytes) return [`${path} has ${size} bytes; its manifest says ${bytes}.`];

  let sum = 0;
  let rows = 0;
  let firstTs = Number.POSITIVE_INFINITY;
  let lastTs = 0;
  const seqs: { from: number; to: number }[] = [];
  let numbered = 0;
  try {
    for await (const lines of linesOf(root, segment)) {
      sum = crc32(`${lines.join('\n')}\n`, sum);
      for (const text of lines) {
        const event = decodeEvent(text);
        rows++;
        firstTs = Math.min(firstTs, event.ts);
        lastTs = Math.max(lastTs, event.ts);
        if (event.seq === undefined) continue;
        numbered++;
        const last = seqs.at(-1);
        if (last !== undefined && event.seq === last.to + 1) last.to = event.seq;
        else seqs.push({ from: event.seq, to: event.seq });
      }
    }
  } catch (error) {
    if (AlphaError.is(error)) return [error.message];
    throw error;
  }
  const found = union(seqs);
  const distinct = found.reduce((total, { from, to }) => total + to - from + 1, 0);
  return [
    ...(sum === manifest.crc32 ? [] : [`The checksum of ${path} differs from its manifest's.`]),
    ...(rows === manifest.rows ? [] : [`${path} has ${rows} rows; its manifest says ${manifest.rows}.`]),
    ...(distinct === numbered ? [] : [`${path} has ${numbered - distinct} sequence numbers twice.`]),
    ...(JSON.stringify(found) === JSON.stringify(manifest.seqs)
      ? []
      : [`The sequence numbers in ${path} differ from its manifest's.`]),
    ...(rows === 0 || (firstTs === manifest.firstTs && lastTs === manifest.lastTs)
      ? []
      : [`The times in ${path} differ from its manifest's.`]),
  ];
}

function damaged(segment: ArchiveSegment, what: string, cause?: unknown): AlphaError {
  return new AlphaError('ARCHIVE_DAMAGED', `${what}. Restore it from a copy, or remove it with its manifest.`, {
    context: { path: segment.file?.path },
    ...(cause !== undefined && { cause }),
  });
}

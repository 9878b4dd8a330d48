import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { AlphaError, type EpochMs, type TradeArchive, type TradeFile } from '@alpha-engine/core';
import { writeOutput } from '../output/output-file.js';
import { unwritable } from '../output/tell-output-errors.js';

export interface DownloadRequest {
  readonly archive: TradeArchive;
  readonly symbols: readonly string[];
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Between two requests, milliseconds of wall time, and longer before another try. Default 200: the files are a courtesy of the exchange. */
  readonly pauseMs?: number;
  /** Called when a file is done. */
  onFile(file: DownloadedFile, done: number, of: number): void;
}

export interface DownloadedFile {
  readonly name: string;
  readonly symbol: string;
  /** `kept`: it was there, and its sum was right. `absent`: the exchange has none. `unfinished`: its day is not over, or was not published yet. */
  readonly state: 'fetched' | 'kept' | 'absent' | 'unfinished';
  /** 0 where there is none. */
  readonly bytes: number;
  readonly sha256: string | null;
}

const TRIES = 5;
/** No two lines of trades are longer. */
const LONGEST_LINES = 4_096;

/**
 * Fetches files of trades one after the other. A file grows under `<name>.part`, is unpacked to see that it is whole, and then gets its name, and its SHA-256
 * beside it in `<name>.sha256`. What is there already and has the right sum is kept; what was begun goes on. Throws `EXCHANGE_*`, `DATA_INVALID` for
 * a file that is broken at the exchange, and `OUTPUT_UNWRITABLE`.
 */
export async function download(request: DownloadRequest): Promise<readonly DownloadedFile[]> {
  const { archive, folder, from, onFile, pauseMs = 200, signal, symbols, to } = request;
  const files = symbols.flatMap((symbol) => archive.files(symbol, from, to));
  for (const { name } of files) {
    if (basename(name) !== name) throw new AlphaError('USAGE', `"${name}" is no name of a file.`);
  }
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw unwritable(folder, error);
  });
  const done: DownloadedFile[] = [];
  for (const file of files) {
    const target = join(folder, file.name);
    const kept = await keptFile(file, target);
    done.push(kept ?? (await fetched(file, target, { archive, pauseMs, signal })));
    onFile(done.at(-1) as DownloadedFile, done.length, files.length);
    if (kept === null && done.length < files.length) await wait(pauseMs, undefined, { signal });
  }
  return done;
}

async function keptFile({ name, symbol }: TradeFile, target: string): Promise<DownloadedFile | null> {
  const noted = await readFile(`${target}.sha256`, 'utf8').catch(() => null);
  const found = await stat(target).catch(() => null);
  if (noted === null || found === null) return null;
  const sha256 = await sumOf(target);
  return noted.startsWith(sha256) ? { name, symbol, state: 'kept', bytes: found.size, sha256 } : null;
}

async function fetched(
  file: TradeFile,
  target: string,
  { archive, pauseMs, signal }: Required<Pick<DownloadRequest, 'archive' | 'pauseMs' | 'signal'>>,
): Promise<DownloadedFile> {
  const { name, symbol } = file;
  const part = `${target}.part`;
  for (let attempt = 1; ; attempt++) {
    try {
      const found = await fetchOn(archive, file, part, signal);
      if (found !== 'fetched') return { name, symbol, state: found, bytes: 0, sha256: null };
      const problem = await problemOf(archive, file, part);
      if (problem !== null) {
        // Begun with another file, broken on the way, or something else under this name.
        await rm(part, { force: true });
        throw new AlphaError('DATA_INVALID', `${name} came wrong from the exchange, ${attempt} times: ${problem}.`, {
          context: { name },
          retryable: true,
        });
      }
      const sha256 = await sumOf(part);
      const { size: bytes } = await stat(part);
      await sync(part);
      await writeOutput(`${target}.sha256`, `${sha256}  ${name}\n`);
      await rename(part, target);
      return { name, symbol, state: 'fetched', bytes, sha256 };
    } catch (error) {
      if (AlphaError.is(error) ? !error.retryable : isFileError(error))
        throw AlphaError.is(error) ? error : unwritable(part, error);
      if (signal.aborted || attempt === TRIES) throw error;
      await wait(pauseMs * 2 ** attempt, undefined, { signal });
    }
  }
}

/** Adds to `part` what it lacks. */
async function fetchOn(
  archive: TradeArchive,
  file: TradeFile,
  part: string,
  signal: AbortSignal,
): Promise<'fetched' | 'absent' | 'unfinished'> {
  const begun = await stat(part).catch(() => null);
  const found = await archive.open(file, begun?.size ?? 0, signal);
  if (typeof found === 'string') {
    await rm(part, { force: true });
    return found;
  }
  await pipeline(found.bytes, createWriteStream(part, { flags: found.offset > 0 ? 'a' : 'w' }), { signal });
  const { size } = await stat(part);
  if (found.total === null || size === found.total) return 'fetched';
  if (size > found.total) await rm(part, { force: true });
  const message = `Of ${file.name} ${size} bytes came, and it has ${found.total}. Start again.`;
  throw new AlphaError('EXCHANGE_UNREACHABLE', message, { context: { name: file.name }, retryable: true });
}

/** A gzip file carries a sum of what is in it; what is in it, its first and last lines tell. */
async function problemOf(archive: TradeArchive, file: TradeFile, path: string): Promise<string | null> {
  let head = '';
  let tail = '';
  try {
    await pipeline(createReadStream(path), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        if (head.length < LONGEST_LINES) head += chunk.toString('latin1', 0, LONGEST_LINES);
        tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - LONGEST_LINES))).slice(-LONGEST_LINES);
      }
    });
  } catch {
    return 'it is no whole gzip file';
  }
  return archive.problemOf(file, linesIn(head).slice(0, 2), linesIn(tail).at(-1) ?? '');
}

function linesIn(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}

async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  return hash.digest('hex');
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function isFileError(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOENT', 'ENOTDIR'].includes(code);
}

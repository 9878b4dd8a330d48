import type { Stats } from 'node:fs';
import { access, constants, type FileHandle, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AlphaError } from '@alpha-engine/core';
import { unwritable } from './tell-output-errors.js';

export type OutputChunks = Iterable<string> | AsyncIterable<string>;

/** A file on its way to the name that somebody gave for it. All methods throw `OUTPUT_UNWRITABLE`, and what their chunks throw. */
export interface OutputFile {
  /** All of it, once. */
  write(chunks: OutputChunks): Promise<void>;
  /** It appears under its name, whole, in place of what was there. */
  keep(): Promise<void>;
  /** What was there stays, and nothing beside it. Does nothing after `keep`. */
  abandon(): Promise<void>;
}

/**
 * Asks for the place before the work begins. What is written goes into a file beside it, which takes its name when it is whole; a link
 * stays a link, to the new file. What is no file, such as a device, a pipe or our own stdout, is written to as it is: taking its name
 * would remove it from the machine. Throws `OUTPUT_UNWRITABLE`.
 */
export async function openOutput(name: string): Promise<OutputFile> {
  return telling(name, async () => {
    const found = await statOf(name);
    if (found?.isDirectory() === true) {
      throw new AlphaError('OUTPUT_UNWRITABLE', `${name} is a folder. Name a file.`, { context: { name } });
    }
    const own = found === null ? null : await ownStream(found);
    if (own !== null) return asItIs(name, (chunks) => pipeline(chunks, own, { end: false }));
    if (found === null || found.isFile()) return fileBeside(name, found);
    await access(name, constants.W_OK);
    return asItIs(name, (chunks) => writeInto(name, chunks));
  });
}

/** A whole file at once. Throws `OUTPUT_UNWRITABLE`. */
export async function writeOutput(name: string, text: string): Promise<void> {
  const file = await openOutput(name);
  try {
    await file.write([text]);
    await file.keep();
  } finally {
    await file.abandon();
  }
}

async function fileBeside(name: string, found: Stats | null): Promise<OutputFile> {
  const target = await endOfLinks(name);
  const draft = `${target}.${process.pid}.part`;
  await rm(draft, { force: true });
  let handle: FileHandle | null = await open(draft, 'wx');
  if (found !== null) await handle.chmod(found.mode);
  return {
    write: (chunks) =>
      telling(name, async () => {
        if (handle === null) return;
        await writeAll(handle, chunks);
        await handle.sync();
      }),
    keep: () =>
      telling(name, async () => {
        await handle?.close();
        await rename(draft, target);
        handle = null;
      }),
    async abandon() {
      if (handle === null) return;
      await handle.close().catch(() => undefined);
      await rm(draft, { force: true });
    },
  };
}

function asItIs(name: string, write: (chunks: OutputChunks) => Promise<void>): OutputFile {
  const nothing = async () => undefined;
  return {
    write: (chunks) =>
      telling(name, () =>
        write(chunks).catch((error: NodeJS.ErrnoException) => {
          // A reader that left, such as `head`, is no failure.
          if (error.code !== 'EPIPE') throw error;
        }),
      ),
    keep: nothing,
    abandon: nothing,
  };
}

async function writeInto(name: string, chunks: OutputChunks): Promise<void> {
  const handle = await open(name, constants.O_WRONLY);
  try {
    await writeAll(handle, chunks);
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, chunks: OutputChunks): Promise<void> {
  for await (const chunk of chunks) await handle.writeFile(chunk);
}

/**
 * `/dev/stdout` and its like: opened again they would begin at their beginning, and a socket cannot be opened again at all. Not `fstatSync`:
 * after that of a pipe, Node 20 loads modules by paths with links in them, and finds none.
 */
async function ownStream({ dev, ino }: Stats): Promise<Writable | null> {
  const isOpenAs = async (fd: number) => {
    const own = await stat(`/dev/fd/${fd}`).catch(() => null);
    return own !== null && own.dev === dev && own.ino === ino;
  };
  if (await isOpenAs(1)) return process.stdout;
  return (await isOpenAs(2)) ? process.stderr : null;
}

/** Where the links of this name end, though nothing may be there yet. */
async function endOfLinks(name: string): Promise<string> {
  const folder = await realpath(dirname(name));
  const next = await readlink(name).catch(() => null);
  return next === null ? join(folder, basename(name)) : endOfLinks(resolve(folder, next));
}

/** Null where nothing is. */
async function statOf(name: string): Promise<Stats | null> {
  try {
    return await stat(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function telling<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw AlphaError.is(error) ? error : unwritable(name, error);
  }
}

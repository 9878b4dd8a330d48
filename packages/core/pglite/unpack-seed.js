// @ts-check
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';

const BLOCK = 512;

/**
 * Makes a new data folder from the seed, file by file, so that it never stands in memory whole (a first start the usual way
 * peaks at more than twice the memory). The folder appears under its name only when it is complete.
 * @param {string} seed Path of a gzipped tar archive.
 * @param {string} folder
 */
export async function unpackSeed(seed, folder) {
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  for await (const { path, type, content } of entries(createReadStream(seed).pipe(createGunzip()))) {
    const target = join(draft, path);
    if (type === '5') {
      await mkdir(target, { recursive: true, mode: 0o700 });
    } else {
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await writeFile(target, content, { mode: 0o600 });
    }
  }
  await rename(draft, folder);
}

/**
 * Entries of a tar archive of plain files and folders.
 * @param {AsyncIterable<Buffer>} stream
 */
async function* entries(stream) {
  const read = reader(stream);
  for (;;) {
    const header = await read(BLOCK);
    if (header.length < BLOCK || header[0] === 0) return;
    const size = Number.parseInt(field(header, 124, 12), 8) || 0;
    const padded = await read(Math.ceil(size / BLOCK) * BLOCK);
    if (padded.length < size)
      throw new Error('The seed of the embedded database is cut off: install the package again.');
    const prefix = field(header, 345, 155);
    const path = (prefix === '' ? '' : `${prefix}/`) + field(header, 0, 100);
    yield { path, type: field(header, 156, 1) || '0', content: padded.subarray(0, size) };
  }
}

/** @param {Buffer} header @param {number} start @param {number} length */
function field(header, start, length) {
  const text = header.toString('latin1', start, start + length);
  const end = text.indexOf('\0');
  return (end === -1 ? text : text.slice(0, end)).trim();
}

/** @param {AsyncIterable<Buffer>} stream */
function reader(stream) {
  const source = stream[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);
  /** @param {number} length Bytes; fewer come at the end of the stream. */
  return async (length) => {
    const parts = [rest];
    let have = rest.length;
    while (have < length) {
      const { value, done } = await source.next();
      if (done) break;
      parts.push(value);
      have += value.length;
    }
    const all = parts.length === 1 ? rest : Buffer.concat(parts);
    rest = all.subarray(length);
    return all.subarray(0, length);
  };
}

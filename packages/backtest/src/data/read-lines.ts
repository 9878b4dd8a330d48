import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { unreadable } from './unreadable.js';

const CHUNK_BYTES = 256 * 1024;

/** A file, line by line. */
export interface Lines {
  /** In batches as they are read; memory does not grow with the length of the file. Throws `DATA_UNREADABLE`. */
  batches(): AsyncIterable<readonly string[]>;
  /** Of everything in the file; asked once, at the end. */
  sha256(): string;
  /** What should be known of the file; asked once, at the end. */
  notes(): readonly string[];
}

/** The lines of a text file, plain or gzip (`.gz`), in batches as they are read; memory does not grow with its length. */
export class LineReader implements Lines {
  readonly #file: string;
  readonly #hash = createHash('sha256');

  /** Lines that were read. */
  #count = 0;
  /** The last line had no line end. */
  #unfinished = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** Throws `DATA_UNREADABLE`: no such file, no permission, a gzip file that is cut or damaged. */
  async *batches(): AsyncGenerator<readonly string[]> {
    const raw = createReadStream(this.#file, { highWaterMark: CHUNK_BYTES });
    raw.on('data', (bytes) => this.#hash.update(bytes));
    const text = this.#file.endsWith('.gz') ? raw.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : raw;
    // A pipe hands no error on.
    raw.on('error', (error) => text.destroy(error));
    const decoder = new StringDecoder('utf8');
    let rest = '';
    try {
      for await (const bytes of text) {
        const lines = (rest + decoder.write(bytes as Buffer)).split('\n');
        rest = lines.pop() as string;
        this.#count += lines.length;
        yield lines;
      }
    } catch (cause) {
      throw unreadable(this.#file, this.#count, cause);
    } finally {
      raw.destroy();
      text.destroy();
    }
    rest += decoder.end();
    this.#unfinished = rest !== '';
    if (!this.#unfinished) return;
    this.#count += 1;
    yield [rest];
  }

  /** What should be known of the file; asked once, at the end. A compressed file carries a sum: it is whole. */
  notes(): readonly string[] {
    if (!this.#unfinished || this.#file.endsWith('.gz')) return [];
    return [`line ${this.#count}, the last, has no line end: if the file was cut, its last number is wrong`];
  }

  /** Of everything read; asked once, at the end. */
  sha256(): string {
    return this.#hash.digest('hex');
  }
}

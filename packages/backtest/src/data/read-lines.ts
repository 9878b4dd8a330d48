import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { AlphaError } from '@alpha-engine/core';

const CHUNK_BYTES = 256 * 1024;
const UNFINISHED = 'the last line has no line end: if the file was cut, its last number is wrong';

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
        yield lines;
      }
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new AlphaError('DATA_UNREADABLE', `${this.#file} cannot be read: ${why}.`, {
        context: { file: this.#file },
        cause,
      });
    } finally {
      raw.destroy();
      text.destroy();
    }
    rest += decoder.end();
    this.#unfinished = rest !== '';
    if (this.#unfinished) yield [rest];
  }

  /** What should be known of the file; asked once, at the end. A compressed file carries a sum: it is whole. */
  notes(): readonly string[] {
    return this.#unfinished && !this.#file.endsWith('.gz') ? [UNFINISHED] : [];
  }

  /** Of everything read; asked once, at the end. */
  sha256(): string {
    return this.#hash.digest('hex');
  }
}

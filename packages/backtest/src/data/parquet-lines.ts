import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Lines } from './read-lines.js';
import { unreadable } from './unreadable.js';

/** The rows of a Parquet file as JSON objects, one row group at a time: what reads JSON lines reads them. Memory grows with the largest row group. */
export class ParquetLines implements Lines {
  readonly #file: string;
  #sha256 = '';

  constructor(file: string) {
    this.#file = file;
  }

  /** Throws `DATA_UNREADABLE`: no such file, no permission, no Parquet file, one that is cut. */
  async *batches(): AsyncGenerator<readonly string[]> {
    let rowStart = 0;
    let problem = 'it is cut, or no Parquet file';
    try {
      // The library is large, and few need it.
      const [{ asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects }, { compressors }] = await Promise.all([
        import('hyparquet'),
        import('hyparquet-compressors'),
      ]);
      const file = await asyncBufferFromFile(this.#file);
      const metadata = await parquetMetadataAsync(file);
      problem = 'it is damaged';
      for (const { num_rows: rows } of metadata.row_groups) {
        const rowEnd = rowStart + Number(rows);
        const objects = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
        yield objects.map((row) => JSON.stringify(row, plainValue));
        rowStart = rowEnd;
      }
      const hash = createHash('sha256');
      for await (const bytes of createReadStream(this.#file)) hash.update(bytes as Buffer);
      this.#sha256 = hash.digest('hex');
    } catch (cause) {
      throw unreadable(this.#file, rowStart, cause, problem);
    }
  }

  sha256(): string {
    return this.#sha256;
  }

  /** What a Parquet file holds stands at its end: where that is there, the file is whole. */
  notes(): readonly string[] {
    return [];
  }
}

/** Whole numbers of 64 bits become text, which keeps all digits. */
function plainValue(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

import { ParquetLines } from './parquet-lines.js';
import { LineReader, type Lines } from './read-lines.js';

/** A file by its ending: Parquet, gzip, or text. */
export function linesOf(file: string): Lines {
  return file.endsWith('.parquet') ? new ParquetLines(file) : new LineReader(file);
}

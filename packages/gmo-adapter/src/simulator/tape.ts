import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { AlphaError, type EpochMs, type Side } from '@alpha-engine/core';
import { z } from 'zod';

const DEFAULT_TAPE = 'btc-20240808.jsonl.gz';

const headerSchema = z.object({
  format: z.literal('alpha-tape'),
  version: z.literal(1),
  exchange: z.string(),
  symbols: z.array(z.object({ symbol: z.string(), source: z.string() })).min(1),
  start: z.number().int().positive(),
  end: z.number().int().positive(),
  records: z.number().int().positive(),
  origin: z.string(),
  licence: z.string(),
  conversion: z.string(),
});

/** Where a tape comes from, what was done to it, and what it holds; see tapes/README.md. */
export type TapeHeader = z.infer<typeof headerSchema>;

export type TapeLevel = readonly [price: number, size: number];

export type TapeRecord =
  | {
      readonly kind: 'trade';
      readonly symbol: string;
      readonly ts: EpochMs;
      readonly price: number;
      readonly size: number;
      readonly side: Side;
    }
  | {
      readonly kind: 'book';
      readonly symbol: string;
      readonly ts: EpochMs;
      /** Best first. */
      readonly bids: readonly TapeLevel[];
      readonly asks: readonly TapeLevel[];
    };

export interface Tape {
  readonly header: TapeHeader;
  readonly records: readonly TapeRecord[];
}

/** The tape that comes with the package: five minutes of BTC and BTC_JPY. */
export function defaultTapePath(): string {
  // One folder up from dist/, two from src/simulator/.
  const candidates = ['../tapes/', '../../tapes/'].map((folder) =>
    fileURLToPath(new URL(`${folder}${DEFAULT_TAPE}`, import.meta.url)),
  );
  return candidates.find((path) => existsSync(path)) ?? (candidates[0] as string);
}

/** Reads a tape line by line. Throws `TAPE_INVALID` with the line that is wrong. */
export async function* readTape(path: string): AsyncGenerator<TapeHeader | TapeRecord> {
  const file = createReadStream(path);
  const source = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // `pipe` does not hand on errors of the file itself.
  file.on('error', (error) => source.destroy(error));
  let line = 0;
  let header: TapeHeader | null = null;
  let last = 0;
  try {
    for await (const text of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      if (header === null) {
        header = parseHeader(text, path);
        last = header.start;
        yield header;
        continue;
      }
      const record = parseRecord(text, header);
      if (typeof record === 'string') throw invalid(path, line, record);
      if (record.ts < last || record.ts > header.end) throw invalid(path, line, `time ${record.ts} is out of order`);
      last = record.ts;
      yield record;
    }
  } catch (error) {
    if (AlphaError.is(error)) throw error;
    throw new AlphaError('TAPE_INVALID', `The tape ${path} cannot be read after line ${line}: ${String(error)}.`, {
      context: { path, line },
      cause: error,
    });
  } finally {
    file.destroy();
  }
  if (header === null) throw invalid(path, 1, 'the header is missing');
  if (line - 1 !== header.records) {
    throw invalid(path, line, `the header promises ${header.records} records and there are ${line - 1}`);
  }
}

/** The whole tape in memory. */
export async function loadTape(path: string): Promise<Tape> {
  const records: TapeRecord[] = [];
  let header: TapeHeader | null = null;
  for await (const item of readTape(path)) {
    if ('kind' in item) records.push(item);
    else header = item;
  }
  return { header: header as TapeHeader, records };
}

function parseHeader(text: string, path: string): TapeHeader {
  const result = headerSchema.safeParse(parseJson(text));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'header'}: ${issue.message}`);
  throw invalid(path, 1, problems.join('; '));
}

/** The record, or what is wrong with it. Checked by hand: a schema costs more than the parsing. */
function parseRecord(text: string, header: TapeHeader): TapeRecord | string {
  const row = parseJson(text);
  if (!Array.isArray(row)) return 'it is not a JSON array';
  const [kind, symbol, ts, first, second, side] = row as unknown[];
  if (typeof symbol !== 'string' || !header.symbols.some((known) => known.symbol === symbol)) {
    return `the symbol ${String(symbol)} is not in the header`;
  }
  if (!Number.isSafeInteger(ts)) return 'the time is not a whole number of milliseconds';
  if (kind === 'trade') {
    if (!isPositive(first) || !isPositive(second)) return 'price and size must be above zero';
    if (side !== 'buy' && side !== 'sell') return 'the side is neither buy nor sell';
    return { kind, symbol, ts: ts as number, price: first, size: second, side };
  }
  if (kind === 'book') {
    if (!isSide(first, -1) || !isSide(second, 1)) return 'a side of the book is not a sorted list of [price, size]';
    const [bid, ask] = [first[0], second[0]];
    if (bid !== undefined && ask !== undefined && bid[0] >= ask[0]) return 'the book is crossed';
    return { kind, symbol, ts: ts as number, bids: first, asks: second };
  }
  return `the kind ${String(kind)} is neither trade nor book`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isSide(value: unknown, direction: 1 | -1): value is TapeLevel[] {
  if (!Array.isArray(value)) return false;
  let last = direction === 1 ? 0 : Number.POSITIVE_INFINITY;
  for (const level of value as unknown[]) {
    if (!Array.isArray(level) || !isPositive(level[0]) || !isPositive(level[1])) return false;
    if ((level[0] - last) * direction <= 0) return false;
    last = level[0];
  }
  return true;
}

function invalid(path: string, line: number, problem: string): AlphaError {
  return new AlphaError('TAPE_INVALID', `Line ${line} of the tape ${path} is wrong: ${problem}. Make the tape again.`, {
    context: { path, line, problem },
  });
}

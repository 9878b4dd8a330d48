import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const SHIPPED = fileURLToPath(new URL('../../../gmo-adapter/tapes/btc-20240808.jsonl.gz', import.meta.url));

export interface TapeTrade {
  readonly symbol: string;
  readonly ts: number;
  readonly price: number;
  readonly size: number;
}

export interface ShortTape {
  readonly path: string;
  readonly startTs: number;
  readonly trades: readonly TapeTrade[];
}

type Row = [kind: string, symbol: string, ts: number, price: number, size: number];

/**
 * The first seconds of the shipped tape as a tape of its own, and its trades as plain rows for a second opinion. `startTs`: when it is to
 * begin, instead of when it was recorded.
 */
export async function shortTape(folder: string, seconds: number, startTs?: number): Promise<ShortTape> {
  const [first = '', ...lines] = gunzipSync(await readFile(SHIPPED))
    .toString()
    .trim()
    .split('\n');
  const header = JSON.parse(first) as { start: number; end: number; records: number };
  const start = startTs ?? header.start;
  const end = start + seconds * 1000;
  const rows = lines
    .map((line) => JSON.parse(line) as Row)
    .map(([kind, symbol, ts, ...rest]): Row => [kind, symbol, ts - header.start + start, ...rest])
    .filter(([, , ts]) => ts < end);
  const path = join(folder, 'short.jsonl');
  const told = [{ ...header, start, end, records: rows.length }, ...rows].map((line) => JSON.stringify(line));
  await writeFile(path, [...told, ''].join('\n'));
  const trades = rows
    .filter(([kind]) => kind === 'trade')
    .map(([, symbol, ts, price, size]) => ({ symbol, ts, price, size }));
  return { path, startTs: start, trades };
}

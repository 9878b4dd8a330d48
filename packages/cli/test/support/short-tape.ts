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

/** The first seconds of the shipped tape as a tape of its own, and its trades as plain rows for a second opinion. */
export async function shortTape(folder: string, seconds: number): Promise<ShortTape> {
  const [first = '', ...lines] = gunzipSync(await readFile(SHIPPED))
    .toString()
    .trim()
    .split('\n');
  const header = JSON.parse(first) as { start: number; end: number; records: number };
  const end = header.start + seconds * 1000;
  const rows = lines.map(
    (line) => JSON.parse(line) as [kind: string, symbol: string, ts: number, price: number, size: number],
  );
  const kept = lines.filter((_, index) => rows[index]![2] < end);
  const path = join(folder, 'short.jsonl');
  await writeFile(path, [JSON.stringify({ ...header, end, records: kept.length }), ...kept, ''].join('\n'));
  const trades = rows
    .filter(([kind, , ts]) => kind === 'trade' && ts < end)
    .map(([, symbol, ts, price, size]) => ({ symbol, ts, price, size }));
  return { path, startTs: header.start, trades };
}

import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { EventFiles } from '@alpha-engine/backtest';
import { fetchPackage } from '../fetch-package.js';

/** What a reader saw; the same of all of them. */
export interface Seen {
  trades: number;
  value: number;
}

export async function readOurs(file: string): Promise<Seen> {
  const source = new EventFiles({ files: [file], exchange: 'bitflyer', symbol: 'BTC_JPY' });
  const seen = { trades: 0, value: 0 };
  for await (const events of source.events()) {
    for (const event of events) if (event.type === 'trade') count(seen, event.data);
  }
  return seen;
}

/** Unpacks, cuts into lines, parses and maps, and checks nothing. */
export async function readBare(file: string): Promise<Seen> {
  const seen = { trades: 0, value: 0 };
  const text = createReadStream(file, { highWaterMark: 256 * 1024 }).pipe(createGunzip({ chunkSize: 256 * 1024 }));
  text.setEncoding('utf8');
  let rest = '';
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() as string;
    for (const { exchange, symbol, ts, data } of lines.map(parsed)) {
      const trade = {
        type: 'trade',
        exchange,
        symbol,
        ts,
        data: { price: data.price, size: data.size, side: data.side },
      };
      count(seen, trade.data);
    }
  }
  return seen;
}

interface WireTrade {
  readonly exchange: string;
  readonly symbol: string;
  readonly ts: number;
  readonly data: { readonly price: number; readonly size: number; readonly side: string };
}

function parsed(line: string): WireTrade {
  return JSON.parse(line) as WireTrade;
}

function count(seen: Seen, { price, size }: { readonly price: number; readonly size: number }): void {
  seen.trades += 1;
  seen.value += price * size;
}

export const TARDIS_VERSION = '13.35.3';

/** The little that is used of it. */
interface Tardis {
  init(options: { readonly cacheDir: string; readonly endpoint: string }): void;
  readonly normalizeTrades: unknown;
  replayNormalized(
    options: { exchange: string; symbols: string[]; from: string; to: string },
    ...normalizers: unknown[]
  ): AsyncIterable<{ readonly type: string; readonly price: number; readonly amount: number }>;
}

/** Null when it cannot be fetched. */
export async function tardisReader(cacheDir: string): Promise<((from: string, to: string) => Promise<Seen>) | null> {
  const load = await fetchPackage('tardis-dev', TARDIS_VERSION);
  if (load === null) return null;
  const { init, normalizeTrades, replayNormalized } = load('tardis-dev') as Tardis;
  // Whatever it does not find in its folder it must not look for outside of this machine.
  init({ cacheDir, endpoint: 'http://127.0.0.1:9' });
  return async (from, to) => {
    const seen = { trades: 0, value: 0 };
    const messages = replayNormalized({ exchange: 'bitflyer', symbols: ['BTC_JPY'], from, to }, normalizeTrades);
    for await (const { type, price, amount } of messages) if (type === 'trade') count(seen, { price, size: amount });
    return seen;
  };
}

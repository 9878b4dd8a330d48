import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const FIRST_TS = Date.UTC(2024, 0, 1);
const MINUTE_MS = 60_000;

/** Trades of one symbol, the same in every run: a random walk, `perMinute` of them spread over each minute. */
export interface Recording {
  readonly minutes: number;
  readonly perMinute: number;
}

interface RecordedTrade {
  readonly ts: number;
  readonly price: number;
  readonly size: number;
  readonly side: 'buy' | 'sell';
}

function* tradesOf({ minutes, perMinute }: Recording): Generator<RecordedTrade> {
  let price = 6_000_000;
  let random = 1;
  for (let at = 0; at < minutes * perMinute; at++) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    price = Math.max(1_000_000, price + ((random >>> 8) % 401) - 200);
    const ts = FIRST_TS + Math.floor((at * MINUTE_MS) / perMinute);
    yield { ts, price, size: ((random >>> 12) % 500) / 1_000 + 0.001, side: (random >>> 20) & 1 ? 'buy' : 'sell' };
  }
}

/** As events of ours, one a line. Returns the file. */
export async function writeEvents(folder: string, recording: Recording): Promise<string> {
  const lines: string[] = [];
  for (const { ts, ...data } of tradesOf(recording)) {
    lines.push(JSON.stringify({ type: 'trade', exchange: 'bitflyer', symbol: 'BTC_JPY', ts, data }));
  }
  const file = join(folder, `trades-${recording.minutes}.jsonl.gz`);
  await writeFile(file, gzipSync(`${lines.join('\n')}\n`));
  return file;
}

/**
 * As tardis-dev keeps what it has fetched: a file a minute of bitFlyer's own messages, each behind the moment of its receipt, in a folder
 * named after the filter. Found there, nothing is asked of any server.
 */
export async function writeTardisCache(cacheDir: string, recording: Recording): Promise<{ from: string; to: string }> {
  const filters = [{ channel: 'lightning_executions', symbols: ['BTC_JPY'] }];
  const hash = createHash('sha256').update(JSON.stringify(filters)).digest('hex');
  const minutes: string[][] = Array.from({ length: recording.minutes }, () => []);
  let id = 1;
  for (const { ts, price, size, side } of tradesOf(recording)) {
    const time = new Date(ts).toISOString();
    const message = [{ id: id++, side: side === 'buy' ? 'BUY' : 'SELL', price, size, exec_date: time }];
    const frame = { method: 'channelMessage', params: { channel: 'lightning_executions_BTC_JPY', message } };
    minutes[Math.floor((ts - FIRST_TS) / MINUTE_MS)]?.push(`${time.slice(0, -1)}0000Z ${JSON.stringify(frame)}`);
  }
  for (const [minute, lines] of minutes.entries()) {
    const [day = '', time = ''] = new Date(FIRST_TS + minute * MINUTE_MS).toISOString().split('T');
    const folder = join(cacheDir, 'feeds/bitflyer', hash, ...day.split('-'), time.slice(0, 2));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${time.slice(3, 5)}.json.gz`), gzipSync(`${lines.join('\n')}\n`));
  }
  const end = FIRST_TS + recording.minutes * MINUTE_MS;
  return { from: new Date(FIRST_TS).toISOString(), to: new Date(end).toISOString() };
}

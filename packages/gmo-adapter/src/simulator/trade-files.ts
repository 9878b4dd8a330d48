import { gzipSync } from 'node:zlib';
import type { EpochMs } from '@alpha-engine/core';
import { businessDayOf } from '../mapper/business-day.js';
import { plain } from './envelopes.js';
import { isSymbol } from './symbols.js';
import type { Tape } from './tape.js';

const PATH = /^\/data\/trades\/([^/]+)\/(\d{4})\/(\d{2})\/(\d{8})_([^/]+)\.csv\.gz$/;

/**
 * A daily file of trades, made of the tape as it lies `shift` away from its own time. 404 where nothing was traded, 403 for a day that is not
 * over, null for another path.
 */
export function tradeFile(path: string, tape: Tape, shift: number, now: EpochMs): Buffer | number | null {
  if (!path.startsWith('/data/trades/')) return null;
  const [, symbol = '', year = '', month = '', day = '', again] = PATH.exec(path) ?? [];
  if (!isSymbol(symbol) || symbol !== again || !day.startsWith(year + month)) return 404;
  const { from, name, to } = businessDayOf(Date.parse(`${year}-${month}-${day.slice(6)}T00:00:00Z`));
  if (name !== day) return 404;
  if (to > now) return 403;
  const rows: string[] = [];
  for (const record of tape.records) {
    const ts = record.ts + shift;
    if (record.kind !== 'trade' || record.symbol !== symbol || ts < from || ts >= to) continue;
    const time = new Date(ts).toISOString().replace('T', ' ').replace('Z', '');
    rows.push(`${symbol},${record.side.toUpperCase()},${plain(record.size)},${plain(record.price)},${time}\n`);
  }
  return rows.length === 0 ? 404 : gzipSync(`symbol,side,size,price,timestamp\n${rows.join('')}`);
}

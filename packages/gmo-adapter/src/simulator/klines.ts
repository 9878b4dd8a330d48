import { Decimal, type EpochMs } from '@alpha-engine/core';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The business day begins at 06:00 JST, 21:00 UTC. */
const DAY_OFFSET = 21 * HOUR;
const FIRST_SHORT_DAY = '20210415';

const SHORT = {
  '1min': MINUTE,
  '5min': 5 * MINUTE,
  '10min': 10 * MINUTE,
  '15min': 15 * MINUTE,
  '30min': 30 * MINUTE,
  '1hour': HOUR,
};
const LONG = { '4hour': 4 * HOUR, '8hour': 8 * HOUR, '12hour': 12 * HOUR, '1day': DAY };

interface Candle {
  readonly openTime: EpochMs;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: Decimal;
}

export interface KlineQuery {
  readonly from: EpochMs;
  readonly to: EpochMs;
  startOf(ts: EpochMs): EpochMs;
}

/** One-minute candles of the matches so far, added up to any interval on demand. Minutes without trades are left out. */
export class Klines {
  readonly #minutes: Candle[] = [];

  add(price: number, size: number, ts: EpochMs): void {
    const openTime = Math.floor(ts / MINUTE) * MINUTE;
    const last = this.#minutes.at(-1);
    if (last?.openTime === openTime) {
      last.high = Math.max(last.high, price);
      last.low = Math.min(last.low, price);
      last.close = price;
      last.volume = last.volume.plus(size);
    } else {
      this.#minutes.push({ openTime, open: price, high: price, low: price, close: price, volume: Decimal.of(size) });
    }
  }

  /** Ascending. `volume` counts each match once. */
  read(query: KlineQuery): readonly Readonly<Candle>[] {
    const found: Candle[] = [];
    for (const minute of this.#minutes) {
      if (minute.openTime < query.from || minute.openTime >= query.to) continue;
      const openTime = query.startOf(minute.openTime);
      const last = found.at(-1);
      if (last?.openTime !== openTime) {
        found.push({ ...minute, openTime });
        continue;
      }
      last.high = Math.max(last.high, minute.high);
      last.low = Math.min(last.low, minute.low);
      last.close = minute.close;
      last.volume = last.volume.plus(minute.volume);
    }
    return found;
  }
}

/** What an interval and a date stand for, or null for a pair the exchange answers with ERR-5207. */
export function klineQuery(interval: string | null, date: string | null, now: EpochMs): KlineQuery | null {
  if (interval === null || date === null) return null;
  if (Object.hasOwn(SHORT, interval)) {
    if (!/^\d{8}$/.test(date) || date < FIRST_SHORT_DAY) return null;
    const midnight = Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T00:00:00.000Z`);
    const from = midnight - DAY + DAY_OFFSET;
    if (Number.isNaN(midnight) || from > now) return null;
    return { from, to: from + DAY, startOf: aligned(SHORT[interval as keyof typeof SHORT]) };
  }
  if (!/^\d{4}$/.test(date) || date < '2018') return null;
  const year = Number(date);
  const from = businessDay(year, 0);
  if (from > now) return null;
  const to = businessDay(year + 1, 0);
  if (interval === '1month') return { from, to, startOf: monthStart };
  // Business weeks begin on Monday.
  if (interval === '1week') return { from, to, startOf: (ts) => floorTo(ts, 7 * DAY, DAY_OFFSET - DAY + 4 * DAY) };
  if (!Object.hasOwn(LONG, interval)) return null;
  return { from, to, startOf: aligned(LONG[interval as keyof typeof LONG]) };
}

/** When the business day of a UTC calendar month's first day begins. */
function businessDay(year: number, month: number): EpochMs {
  return Date.UTC(year, month, 1) - DAY + DAY_OFFSET;
}

function monthStart(ts: EpochMs): EpochMs {
  const day = new Date(ts - DAY_OFFSET + DAY);
  return businessDay(day.getUTCFullYear(), day.getUTCMonth());
}

function aligned(length: number): (ts: EpochMs) => EpochMs {
  return (ts) => floorTo(ts, length, DAY_OFFSET);
}

function floorTo(ts: EpochMs, length: number, offset: number): EpochMs {
  return Math.floor((ts - offset) / length) * length + offset;
}

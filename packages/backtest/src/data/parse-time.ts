import type { EpochMs } from '@alpha-engine/core';

/** A moment, and how it was written: in which unit of an epoch, or as a date that says its own time zone or does not. */
export interface WrittenTime {
  readonly ts: EpochMs;
  readonly written: 's' | 'ms' | 'µs' | 'ns' | 'zone' | 'no zone';
}

const DATE = /^(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[ T]?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(.*)$/;
const ZONE = /^(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2})?)$/i;

/**
 * Understands epoch seconds, milliseconds, microseconds and nanoseconds (by their number of digits) and dates with the year
 * first: `2004-08-19`, `2004/08/19 09:30`, `20040819 093000`, `2004-08-19T09:30:00.123+09:00`. A date without a zone is `offsetMs` ahead of
 * UTC. Null for anything else; day or month first is ambiguous and never guessed.
 */
export function parseTime(text: string, offsetMs: number): WrittenTime | null {
  if (/^\d{9,19}(\.\d+)?$/.test(text)) return epochTime(text);
  const match = DATE.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = ''] = match;
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  const parts = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [y, mo, d, h, mi, s] = parts;
  const utc = Date.UTC(y, mo - 1, d, h, mi, s, ms);
  // 2004-02-31 would become the 2nd of March.
  const date = new Date(utc);
  if (date.getUTCMonth() !== mo - 1 || date.getUTCDate() !== d || h > 23 || mi > 59 || s > 59) return null;
  if (zone === '') return { ts: utc - offsetMs, written: 'no zone' };
  const offset = parseOffset(zone);
  return offset === null ? null : { ts: utc - offset, written: 'zone' };
}

/** `+09:00`, `-0500`, `Z` or `UTC` as milliseconds ahead of UTC; null for anything else. */
export function parseOffset(text: string): number | null {
  const match = ZONE.exec(text);
  if (match === null) return null;
  if (match[1] !== undefined) return 0;
  const [, , sign, hours, minutes = '0'] = match;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function epochTime(text: string): WrittenTime {
  const digits = text.split('.')[0]?.length ?? 0;
  const value = Number(text);
  if (digits <= 11) return { ts: Math.round(value * 1_000), written: 's' };
  if (digits <= 14) return { ts: Math.floor(value), written: 'ms' };
  if (digits <= 17) return { ts: Math.floor(value / 1e3), written: 'µs' };
  return { ts: Math.floor(value / 1e6), written: 'ns' };
}

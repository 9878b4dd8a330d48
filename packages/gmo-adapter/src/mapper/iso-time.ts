import type { EpochMs } from '@alpha-engine/core';

const TOLERANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAY_MS = 86_400_000;

/** Days from 1970-01-01 to a civil date, after Howard Hinnant's algorithm; `month` is 1 to 12. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Two digits at `at`, or NaN. */
function two(text: string, at: number): number {
  const a = text.charCodeAt(at) - 48;
  const b = text.charCodeAt(at + 1) - 48;
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : Number.NaN;
}

/**
 * Reads `2026-09-23T03:25:47.765Z` (the form GMO sends, read by hand because `Date.parse` costs six times as much) and, by a
 * slower path, the same with another number of fraction digits or none. NaN for everything else, times before 1970 included.
 */
export function parseIsoTime(text: unknown): EpochMs {
  if (typeof text !== 'string') return Number.NaN;
  if (
    text.length !== 24 ||
    text.charCodeAt(4) !== 45 ||
    text.charCodeAt(7) !== 45 ||
    text.charCodeAt(10) !== 84 ||
    text.charCodeAt(13) !== 58 ||
    text.charCodeAt(16) !== 58 ||
    text.charCodeAt(19) !== 46 ||
    text.charCodeAt(23) !== 90
  ) {
    return parseSlowly(text);
  }
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  const milli = two(text, 20) * 10 + (text.charCodeAt(22) - 48);
  // Written so that NaN fails too.
  const valid =
    year >= 1970 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= DAYS_IN_MONTH[month - 1]! &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59 &&
    text.charCodeAt(22) >= 48 &&
    text.charCodeAt(22) <= 57 &&
    milli <= 999;
  if (!valid || (month === 2 && day === 29 && !isLeap(year))) return Number.NaN;
  return daysSinceEpoch(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + milli;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function parseSlowly(text: string): EpochMs {
  if (!TOLERANT.test(text)) return Number.NaN;
  const ts = Math.floor(Date.parse(text));
  return ts >= 0 ? ts : Number.NaN;
}

import { DATA_FIELDS, parseOffset, parseTime } from '@alpha-engine/backtest';
import { AlphaError, Decimal, type EpochMs, type Sizing } from '@alpha-engine/core';

/** Texts of flags, understood. All throw `USAGE` with what was expected. */

export function fractionIn(flag: string, text: string): Decimal {
  const percent = text.endsWith('%');
  const value = decimalIn(flag, percent ? text.slice(0, -1) : text, 'a fraction such as 0.002 or 0.2%');
  const fraction = percent ? value.dividedBy(100) : value;
  if (fraction.abs().gte(1)) throw usage(flag, text, 'a fraction below 1, such as 0.002 or 0.2%');
  return fraction;
}

export function positiveIn(flag: string, text: string): Decimal {
  const value = decimalIn(flag, text, 'a positive number');
  if (!value.isPositive()) throw usage(flag, text, 'a positive number');
  return value;
}

/** A share of the equity has room for its own fee: all of it can be spent. */
export function sizingIn(text: string, takerFeeRate: Decimal): Sizing {
  if (!text.endsWith('%')) return { kind: 'fixed', size: positiveIn('--size', text) };
  const share = positiveIn('--size', text.slice(0, -1)).dividedBy(100);
  return { kind: 'equity', fraction: share.dividedBy(Decimal.max(takerFeeRate, '0').plus(1)) };
}

export function offsetIn(text: string): number {
  const offset = parseOffset(text);
  if (offset === null) throw usage('--time-zone', text, 'UTC or an offset such as +09:00');
  return offset;
}

export function instantIn(flag: string, text: string | undefined, offsetMs: number): EpochMs | undefined {
  if (text === undefined) return undefined;
  const time = parseTime(text, offsetMs);
  if (time === null) throw usage(flag, text, 'a time such as 2024-01-31 or 2024-01-31T09:00:00+09:00');
  return time.ts;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** A timer holds no more than 24 days; nobody waits for one. */
const LONGEST_MS = 24 * 3_600_000;

/** Milliseconds; undefined: none. */
export function durationIn(flag: string, text: string): number | undefined {
  if (text === 'none') return undefined;
  const [, count, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  const duration = Number(count) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (duration >= 1 && duration <= LONGEST_MS) return duration;
  throw usage(flag, text, 'a time such as 30s, 10m or 2h, 24h at most, or none');
}

export function columnsIn(text: string | undefined): Record<string, string> {
  const columns: Record<string, string> = {};
  for (const pair of text?.split(',') ?? []) {
    const [field = '', ...column] = pair.split('=');
    const known = DATA_FIELDS.find((one) => one === field.trim());
    if (known === undefined || column.length === 0) {
      throw usage('--columns', text ?? '', `pairs of field and column; fields are ${DATA_FIELDS.join(', ')}`);
    }
    columns[known] = column.join('=').trim();
  }
  return columns;
}

function decimalIn(flag: string, text: string, expected: string): Decimal {
  try {
    return Decimal.of(text.trim());
  } catch {
    throw usage(flag, text, expected);
  }
}

function usage(flag: string, text: string, expected: string): AlphaError {
  return new AlphaError('USAGE', `${flag} is "${text}", and should be ${expected}.`, {
    context: { flag, value: text },
  });
}

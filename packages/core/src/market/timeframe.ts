import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs } from '../events/common.js';

/**
 * What makes a bar. Time: `90s`, `7m`, `2h`, `3d`, `1w`. Trades, whatever time they take: `500t` (ticks), `100v` (volume, base coin),
 * `1000000q` (quote value, what the literature calls dollar bars).
 */
export type Timeframe = `${number}${'s' | 'm' | 'h' | 'd' | 'w' | 't' | 'v' | 'q'}`;

/** When a bar closes: at the end of an interval, or when it has so many trades, so much volume or so much value. */
export type BarRule =
  | { readonly kind: 'time'; readonly lengthMs: number; readonly beginsMs: EpochMs }
  | { readonly kind: 'trades' | 'volume' | 'value'; readonly size: number };

const DAY_MS = 86_400_000;
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS } as const;
const KIND = { t: 'trades', v: 'volume', q: 'value' } as const;
/** Weeks begin on Mondays: the first one of the epoch is the fifth of January. */
const MONDAY_MS = 4 * DAY_MS;
const LONGEST_MS = 366 * DAY_MS;
const MOST = 1e15;
const LEAST = 1e-6;

const WORD = /^(\d+(?:\.\d+)?)([smhdwtvq])$/;
const ORDER: readonly BarRule['kind'][] = ['time', 'trades', 'volume', 'value'];

/**
 * Understands a timeframe and gives it its one name: `60s` is `1m`, `24h` is `1d`, `0.50v` is `0.5v`; seven days are not a week, which begins on
 * a Monday. Throws `UNKNOWN_TIMEFRAME`.
 */
export function parseTimeframe(text: string): Timeframe {
  const rule = ruleIn(text);
  const unit = text.at(-1);
  if (rule.kind !== 'time') return `${rule.size}${unit as 't' | 'v' | 'q'}`;
  if (unit === 'w') return `${rule.lengthMs / UNIT_MS.w}w`;
  const longest = (['d', 'h', 'm', 's'] as const).find((each) => rule.lengthMs % UNIT_MS[each] === 0) ?? 's';
  return `${rule.lengthMs / UNIT_MS[longest]}${longest}`;
}

/** Throws `UNKNOWN_TIMEFRAME`. */
export function barRule(timeframe: Timeframe): BarRule {
  return ruleIn(timeframe);
}

export function isTimed(timeframe: Timeframe): boolean {
  return barRule(timeframe).kind === 'time';
}

/** Length in milliseconds. Throws `UNKNOWN_TIMEFRAME` for bars of trades, volume or value: nobody knows how long they will take. */
export function timeframeMs(timeframe: Timeframe): number {
  return timeRule(timeframe).lengthMs;
}

/** First millisecond of the interval that `ts` lies in. Intervals are aligned to the Unix epoch, UTC; weeks to its first Monday. */
export function intervalStart(timeframe: Timeframe, ts: EpochMs): EpochMs {
  const { beginsMs, lengthMs } = timeRule(timeframe);
  return Math.floor((ts - beginsMs) / lengthMs) * lengthMs + beginsMs;
}

/** Bars of time first, the shorter ones before the longer ones; then those of trades, volume and value, the smaller ones first. */
export function compareTimeframes(a: Timeframe, b: Timeframe): number {
  const [one, other] = [barRule(a), barRule(b)];
  const byRule = ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind) || measureOf(one) - measureOf(other);
  // Seven days and a week are as long.
  return byRule || Number(a.endsWith('w')) - Number(b.endsWith('w'));
}

/** Whether whole bars of one timeframe make up every bar of the other. */
export function divides(shorter: Timeframe, longer: Timeframe): boolean {
  const [part, whole] = [barRule(shorter), barRule(longer)];
  if (part.kind !== 'time' || whole.kind !== 'time') return false;
  const shiftMs = whole.beginsMs - part.beginsMs;
  return part.lengthMs < whole.lengthMs && whole.lengthMs % part.lengthMs === 0 && shiftMs % part.lengthMs === 0;
}

function measureOf(rule: BarRule): number {
  return rule.kind === 'time' ? rule.lengthMs : rule.size;
}

function timeRule(timeframe: Timeframe): Extract<BarRule, { kind: 'time' }> {
  const rule = barRule(timeframe);
  if (rule.kind === 'time') return rule;
  throw unknown(timeframe, `Bars of ${timeframe} have no length in time, and only trades make them`);
}

function ruleIn(text: string): BarRule {
  const match = WORD.exec(text);
  const size = Number(match?.[1]);
  const unit = match?.[2] as keyof typeof UNIT_MS | keyof typeof KIND | undefined;
  if (unit === 't' || unit === 'v' || unit === 'q') {
    const whole = unit !== 't' || Number.isInteger(size);
    if (whole && size >= LEAST && size <= MOST) return { kind: KIND[unit], size };
  } else if (unit !== undefined) {
    const lengthMs = size * UNIT_MS[unit];
    const beginsMs = unit === 'w' ? MONDAY_MS : 0;
    if (Number.isInteger(size) && lengthMs > 0 && lengthMs <= LONGEST_MS) return { kind: 'time', lengthMs, beginsMs };
  }
  throw unknown(text, `Timeframe "${text}" is unknown`);
}

function unknown(timeframe: string, what: string): AlphaError {
  return new AlphaError(
    'UNKNOWN_TIMEFRAME',
    `${what}. Time is written 30s, 1m, 2h, 1d or 1w (up to 366d); so many trades 500t, so much volume 100v, so much value 1000000q.`,
    { context: { timeframe } },
  );
}

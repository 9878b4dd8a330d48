import type { Numbers } from './statistics.js';

const DAY_MS = 86_400_000;

export interface DailySeries {
  /** First millisecond of each day, UTC. The first value is the beginning of the run. */
  readonly days: readonly number[];
  /** Equity at the end of each day. */
  readonly equity: readonly number[];
  /** Days without a value are left out; true when a Saturday or a Sunday has one. */
  readonly trading7: boolean;
}

/**
 * The last equity of every UTC day, the beginning in front of them. A value belongs to the day that ends with it or that it lies
 * in: a bar that closes at midnight is of the day before.
 */
export function dailyEquity(times: Numbers, equity: Numbers): DailySeries {
  const days: number[] = [];
  const values: number[] = [];
  let trading7 = false;
  /** Of the last day that was begun; none yet with the first value. */
  let [afterTs, untilTs] = [0, 0];
  for (let i = 0; i < times.length; i++) {
    const ts = times[i] as number;
    if (ts > afterTs && ts <= untilTs) {
      values[values.length - 1] = equity[i] as number;
      continue;
    }
    const day = i === 0 ? Math.floor(ts / DAY_MS) - 1 : Math.ceil(ts / DAY_MS) - 1;
    days.push(day * DAY_MS);
    values.push(equity[i] as number);
    if (i === 0) continue;
    trading7 ||= isWeekend(day);
    afterTs = day * DAY_MS;
    untilTs = afterTs + DAY_MS;
  }
  return { days, equity: values, trading7 };
}

/** Change from each value to the next, as a fraction of the first. Ends where the equity is used up. */
export function returnsOf(equity: Numbers): readonly number[] {
  const returns: number[] = [];
  for (let i = 1; i < equity.length; i++) {
    const before = equity[i - 1] as number;
    if (!(before > 0)) break;
    returns.push((equity[i] as number) / before - 1);
  }
  return returns;
}

/** Day 0 of the epoch was a Thursday. */
function isWeekend(day: number): boolean {
  const weekday = (((day + 4) % 7) + 7) % 7;
  return weekday === 0 || weekday === 6;
}

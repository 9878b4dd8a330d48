import type { EpochMs } from '@alpha-engine/core';
import { EquityCurve } from '../run/equity-curve.js';

const DAY_MS = 86_400_000;

/**
 * The books say what the account is worth only while something is held. Between two of their rows it is worth what the last one said: at
 * the close of every bar and at the end of every day (UTC), as in a back-test, so that days without a position are days without a change.
 */
export function carriedEquity(
  booked: EquityCurve,
  closes: ReadonlyMap<string, readonly { readonly ts: EpochMs }[]>,
): EquityCurve {
  const carried = new EquityCurve();
  const { times, values } = booked;
  const first = times[0];
  if (first === undefined) return carried;
  const moments = [...closes.values()].flatMap((list) => list.map(({ ts }) => ts));
  const end = moments.reduce((latest, ts) => Math.max(latest, ts), times.at(-1) ?? first);
  for (let day = (Math.floor(first / DAY_MS) + 1) * DAY_MS; day <= end; day += DAY_MS) moments.push(day);

  let next = 0;
  const take = (until: number) => {
    for (; next < times.length && (times[next] as number) <= until; next++) {
      carried.add(times[next] as number, values[next] as number);
    }
  };
  for (const ts of Float64Array.from(moments).sort()) {
    if (ts < first) continue;
    take(ts);
    carried.add(ts, values[next - 1] as number);
  }
  take(Number.POSITIVE_INFINITY);
  return carried;
}

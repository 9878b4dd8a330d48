import { dailyEquity } from '../metrics/daily.js';
import type { Numbers } from '../metrics/statistics.js';

export interface YearOfReturns {
  readonly year: number;
  /** January first, fractions of 1; null: nothing was run in it, or the equity was used up before. */
  readonly months: readonly (number | null)[];
  readonly total: number | null;
}

/** Change of the equity from the last value of one month (UTC) to that of the next; the first from the capital. */
export function monthReturns(times: Numbers, equity: Numbers): readonly YearOfReturns[] {
  const daily = dailyEquity(times, equity);
  const years = new Map<number, { months: (number | null)[]; before: number; after: number }>();
  let last: { readonly month: number; readonly before: number } | null = null;
  for (let i = 1; i < daily.days.length; i++) {
    const date = new Date(daily.days[i] as number);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    const previous = daily.equity[i - 1] as number;
    const after = daily.equity[i] as number;
    if (last === null || last.month !== year * 12 + month) last = { month: year * 12 + month, before: previous };
    const row = years.get(year) ?? { months: Array<number | null>(12).fill(null), before: previous, after };
    years.set(year, row);
    row.after = after;
    row.months[month] = change(last.before, after);
  }
  return [...years].map(([year, { after, before, months }]) => ({ year, months, total: change(before, after) }));
}

function change(before: number, after: number): number | null {
  return before > 0 ? after / before - 1 : null;
}

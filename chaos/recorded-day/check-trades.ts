import type { StatusEvent, TradeEvent } from '@alpha-engine/core';
import type { SimulatorStats } from '@alpha-engine/gmo-adapter/simulator';
import { type CheckResult, Problems } from '../checks/check.js';
import type { ArchivedDay } from './archived-day.js';
import type { DayMarket } from './day-market.js';
import type { RecordedTrade } from './recorded-trades.js';
import { countBefore } from './schedule.js';

/** Trades that the simulator's REST tells at least, as the exchange's hundred pages of a hundred rows do. */
const REST_TELLS = 10_000;
/** Faults that let frames overtake each other, and how long after its end one may still be under way, wall milliseconds. */
const OVERTAKING = new Set<string>(['reorder']);
const UNDER_WAY_MS = 1_000;
/** Behind a slow reader a hundred frames may wait, at ten a second. */
const BEHIND_SLOW_READER_MS = 10_000;

type ToldFault = SimulatorStats['faults'][number];
type Trade = Pick<RecordedTrade, 'ts' | 'price' | 'size'>;
const keyOf = ({ ts, price, size }: Trade): string => `${ts} ${price} ${size}`;
const flat = ({ ts, data }: TradeEvent): RecordedTrade => ({ ts, ...data });

/**
 * Every trade of the tape is in the archive as often as it is on the tape; one that is not stands in a published `gap` or `dropped`,
 * and REST told it no more when that was said.
 */
export function checkTrades({ trades, startTs }: DayMarket, { trades: archived, statuses }: ArchivedDay): CheckResult {
  const problems = new Problems();
  const left = new Map<string, RecordedTrade[]>();
  for (const trade of trades) left.set(keyOf(trade), [...(left.get(keyOf(trade)) ?? []), trade]);
  let [equal, backfilled, sides] = [0, 0, 0];
  for (const event of archived) {
    const trade = flat(event);
    const same = left.get(keyOf(trade)) ?? [];
    const place = same.findIndex(({ side }) => side === trade.side);
    const found = same.splice(place === -1 ? 0 : place, 1)[0];
    if (event.origin === 'backfill') backfilled++;
    if (found === undefined) {
      problems.add(`Trade ${event.seq} (${JSON.stringify(event)}) is once too often in the archive.`);
      continue;
    }
    equal++;
    if (found.side === trade.side) continue;
    // Whose the taker was is not told by REST, which prints both sides.
    if (event.origin === 'backfill') sides++;
    else problems.add(`Trade ${event.seq} (${JSON.stringify(event)}) has the other side on the tape.`);
  }
  const missing = [...left.values()].flat();
  const told = statuses.filter(tellsOfLoss);
  for (const trade of missing) {
    const said = told.find(({ data: { from_ts = 0, to_ts = 0 } }) => from_ts <= trade.ts && trade.ts <= to_ts);
    const at = new Date(trade.ts).toISOString();
    if (said === undefined) problems.add(`The trade of ${at} is missing, and nothing says so.`);
    else if (countBefore(trades, said.ts) - countBefore(trades, trade.ts) < REST_TELLS)
      problems.add(`The trade of ${at} is missing though REST still told it: ${said.data.reason}`);
  }
  const first = archived[0]?.ts ?? startTs;
  return {
    check: 'the archive has every trade of the tape once',
    problems: problems.list,
    figures: `${equal} of ${trades.length} trades from ${new Date(first).toISOString()} on, ${backfilled} of them backfilled (${sides} with the other side), ${missing.length} in ${told.length} published gaps`,
  };
}

function tellsOfLoss({ data: { state, channel = 'trade' } }: StatusEvent): boolean {
  return (state === 'gap' || state === 'dropped') && channel === 'trade';
}

/** Trades stand in the order of time, but for those whose frames the exchange let overtake each other and those whose frame was unreadable. */
export function checkOrder({ trades }: ArchivedDay, { faults }: SimulatorStats, speed: number): CheckResult {
  const problems = new Problems();
  const windows = faults
    .filter(({ kind }) => OVERTAKING.has(kind))
    .map((fault) => overtakingWindow(fault, faults, speed));
  let newest = Number.NEGATIVE_INFINITY;
  let [overtaken, late] = [0, 0];
  for (const event of trades) {
    const { ts, origin, recv_ts: received = ts, seq } = event;
    if (ts >= newest) newest = ts;
    else if (origin === 'backfill') late++;
    else if (windows.some(({ from, to }) => received >= from && received <= to)) {
      overtaken++;
    } else problems.add(`Trade ${seq} of ${ts} comes after one of ${newest}, and no fault let it be overtaken.`);
  }
  problems.expect(late <= trades.length / 1_000, () => `${late} backfilled trades come late.`);
  return {
    check: 'trades in the order of time',
    problems: problems.list,
    figures: `${overtaken} overtaken on the way by intent, ${late} read late from REST`,
  };
}

/** Market time in which what a fault let be overtaken arrives; open where the fault had not ended. */
function overtakingWindow(
  { begunMarketTs: from, endedMarketTs: ended }: ToldFault,
  faults: SimulatorStats['faults'],
  speed: number,
): { readonly from: number; readonly to: number } {
  const end = ended ?? Number.POSITIVE_INFINITY;
  const slow = faults
    .filter(({ kind, begunMarketTs }) => kind === 'slow_reader' && begunMarketTs <= end)
    .map(({ endedMarketTs }) => (endedMarketTs ?? Number.POSITIVE_INFINITY) + BEHIND_SLOW_READER_MS * speed)
    .filter((drained) => drained >= from);
  return { from, to: Math.max(end + UNDER_WAY_MS * speed, ...slow) };
}

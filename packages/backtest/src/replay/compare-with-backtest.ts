import type {
  Bar,
  DenialEvent,
  EpochMs,
  FillRecord,
  Order,
  SignalEvent,
  SignalRecord,
  Store,
} from '@alpha-engine/core';
import { firstDifference } from './difference.js';
import { type Outcome, outcomeOf } from './outcome.js';

/**
 * Why a signal came to something else:
 *
 * - `denial`: the gate refused it on one side only
 * - `after a denial`: a denial had corrected the target of its strategy and symbol before, on one side only, and no signal since was the same
 *   and approved on both
 * - `price`: filled at another price, because it reached the market at another moment
 * - `size`: filled for another size, or not at all
 * - `time`: filled for the same, and ordered or filled at another market time, or in other parts
 * - `fee`: all of that the same, and charged otherwise
 * - `unexplained`: a signal differs, or is missing, and no denial says why
 */
export type DifferenceCause = 'denial' | 'after a denial' | 'price' | 'size' | 'time' | 'fee' | 'unexplained';

export interface SignalDifference {
  readonly signalId: string;
  readonly symbol: string;
  readonly action: string;
  readonly ts: EpochMs;
  readonly cause: DifferenceCause;
  /** Null where this signal does not exist. */
  readonly session: Outcome | null;
  readonly backtest: Outcome | null;
}

/** A bar that one side has otherwise, or not at all. */
export interface BarDifference {
  readonly symbol: string;
  readonly timeframe: string;
  readonly openTs: EpochMs;
  readonly session: Bar | null;
  readonly backtest: Bar | null;
}

export interface AgainstBacktest {
  /** Every signal is the same, or a denial says why it is not. */
  readonly agree: boolean;
  /** There is no difference of any kind: bars, signals, orders, fills, prices, market times, fees. */
  readonly identical: boolean;
  /** Of the back-test. */
  readonly bars: number;
  readonly barDifferences: readonly BarDifference[];
  readonly sameSignals: number;
  readonly sameOutcomes: number;
  readonly differences: readonly SignalDifference[];
  readonly causes: Readonly<Record<DifferenceCause, number>>;
  /** Share of all signals, of either side, that differ and are excused by a denial before them. */
  readonly excused: number;
  /** What the back-test rests on, and where it is another than the session was. */
  readonly assumptions: readonly string[];
}

interface Played {
  readonly signals: readonly SignalEvent[];
  readonly denials: readonly DenialEvent[];
  readonly orders: readonly Order[];
  readonly fills: readonly FillRecord[];
  readonly bars: readonly Bar[];
  /** What the strategies read. */
  readonly series: readonly Series[];
  readonly from: EpochMs | undefined;
  readonly to: EpochMs | undefined;
}

type Series = Pick<Bar, 'exchange' | 'symbol' | 'timeframe'>;

interface Side {
  readonly event: SignalEvent;
  readonly outcome: Outcome;
}

/** Signal by signal, in order of time. */
export async function compareWithBacktest(store: Store, played: Played): Promise<Omit<AgainstBacktest, 'assumptions'>> {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = played;
  const recorded = (await store.signals()).filter(({ event }) => event.ts >= from && event.ts < to);
  const session = await sessionSides(store, recorded);
  const backtest = backtestSides(played);
  const ids = new Set([...session.keys(), ...backtest.keys()]);
  const sides = [...ids].map((id) => ({ id, live: session.get(id), now: backtest.get(id) }));
  sides.sort((a, b) => tsOf(a.live, a.now) - tsOf(b.live, b.now));

  /** Strategy and symbol of which a denial, on one side only, corrected the target. */
  const corrected = new Set<string>();
  const causes = { denial: 0, 'after a denial': 0, price: 0, size: 0, time: 0, fee: 0, unexplained: 0 };
  const differences: SignalDifference[] = [];
  let [sameSignals, sameOutcomes] = [0, 0];
  for (const { id, now, live } of sides) {
    const event = (live ?? now)!.event;
    const key = `${event.strategy} ${event.symbol}`;
    const isSame = live !== undefined && now !== undefined && firstDifference(said(live), said(now)) === null;
    if (isSame) sameSignals += 1;
    // Both want the same again, and both may: what differs from here on has another reason.
    if (isSame && live.outcome.denied === null && now.outcome.denied === null) corrected.delete(key);
    const cause = isSame
      ? outcomeCause(live.outcome, now.outcome)
      : corrected.has(key)
        ? 'after a denial'
        : 'unexplained';
    if (cause === null) {
      sameOutcomes += 1;
      continue;
    }
    if (cause === 'denial') corrected.add(key);
    causes[cause] += 1;
    differences.push({
      ...{ signalId: id, symbol: event.symbol, action: event.action, ts: event.ts, cause },
      ...{ session: live?.outcome ?? null, backtest: now?.outcome ?? null },
    });
  }
  const excused = sides.length === 0 ? 0 : causes['after a denial'] / sides.length;
  const barDifferences = await differentBars(store, played);
  const identical = differences.length === 0 && barDifferences.length === 0;
  const agree = causes.unexplained === 0;
  const bars = played.bars.length;
  return { agree, identical, bars, barDifferences, sameSignals, sameOutcomes, differences, causes, excused };
}

async function differentBars(store: Store, { bars, from, series, to }: Played): Promise<readonly BarDifference[]> {
  const keyOf = ({ openTs, ordinal = 0, symbol, timeframe }: Bar) => `${symbol} ${timeframe} ${openTs} ${ordinal}`;
  const isIn = ({ openTs }: Bar) => openTs >= (from ?? 0) && (to === undefined || openTs < to);
  const recorded: Bar[] = [];
  for (const one of series) recorded.push(...(await store.bars(one)));
  const session = new Map(recorded.filter(isIn).map((bar) => [keyOf(bar), bar]));
  const backtest = new Map(bars.filter(isIn).map((bar) => [keyOf(bar), bar]));
  const differences: BarDifference[] = [];
  for (const key of new Set([...session.keys(), ...backtest.keys()])) {
    const [live, now] = [session.get(key) ?? null, backtest.get(key) ?? null];
    if (firstDifference(live, now) === null) continue;
    const { openTs, symbol, timeframe } = (live ?? now)!;
    differences.push({ symbol, timeframe, openTs, session: live, backtest: now });
  }
  return differences.toSorted((a, b) => a.openTs - b.openTs);
}

/** Everything but its place in the line of signals. */
function said({ event: { seq: _, ...event } }: Side): unknown {
  return event;
}

function outcomeCause(session: Outcome, backtest: Outcome): DifferenceCause | null {
  if (session.denied !== backtest.denied) return 'denial';
  if (session.size !== backtest.size) return 'size';
  if (session.averagePrice !== backtest.averagePrice) return 'price';
  const difference = firstDifference(session, backtest);
  return difference && (difference.path === 'fees' ? 'fee' : 'time');
}

function tsOf(live: Side | undefined, now: Side | undefined): EpochMs {
  return (live ?? now)!.event.ts;
}

async function sessionSides(store: Store, signals: readonly SignalRecord[]): Promise<ReadonlyMap<string, Side>> {
  const denied = new Map((await store.verdicts({ approved: false })).map(({ code, signalId }) => [signalId, code]));
  const made = (await store.orders()).map(({ order }) => order);
  const orders = bySignal(made);
  const fills = fillsBySignal(made, await store.fills());
  return new Map(
    signals.map(({ event }) => {
      const own = orders.get(event.id) ?? [];
      const filled = fills.get(event.id) ?? [];
      return [event.id, { event, outcome: outcomeOf(own, filled, denied.get(event.id) ?? null) }];
    }),
  );
}

function backtestSides({ denials, fills, orders, signals }: Played): ReadonlyMap<string, Side> {
  const denied = new Map(denials.map(({ data }) => [data.signal_id, data.code]));
  const own = bySignal(orders);
  const filled = fillsBySignal(orders, fills);
  return new Map(
    signals.map((event) => {
      const id = String(event.id);
      return [id, { event, outcome: outcomeOf(own.get(id) ?? [], filled.get(id) ?? [], denied.get(id) ?? null) }];
    }),
  );
}

function bySignal(orders: readonly Order[]): ReadonlyMap<string, readonly Order[]> {
  const groups = new Map<string, Order[]>();
  for (const order of orders) {
    const group = groups.get(order.terms.signalId);
    if (group === undefined) groups.set(order.terms.signalId, [order]);
    else group.push(order);
  }
  return groups;
}

function fillsBySignal(
  orders: readonly Order[],
  fills: readonly FillRecord[],
): ReadonlyMap<string, readonly FillRecord[]> {
  const signals = new Map(orders.map(({ terms }) => [terms.clientOrderId, terms.signalId]));
  const groups = new Map<string, FillRecord[]>();
  for (const fill of fills) {
    const signalId = fill.clientOrderId === null ? undefined : signals.get(fill.clientOrderId);
    if (signalId === undefined) continue;
    const group = groups.get(signalId);
    if (group === undefined) groups.set(signalId, [fill]);
    else group.push(fill);
  }
  return groups;
}

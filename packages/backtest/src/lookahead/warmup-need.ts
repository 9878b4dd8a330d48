import { type Bar, barRule, type InstanceSpec, type StrategyInstance, type Timeframe } from '@alpha-engine/core';
import type { Random } from '../search/random.js';
import { type Decision, decisionsOf } from './decisions.js';
import { type Difference, firstDifference } from './difference.js';

export interface WarmupNeed {
  /** Bars of the strategy's own timeframe that its declaration comes to, further timeframes included; the first it decides on is the last. */
  readonly declared: number;
  /** The fewest with which it decides at every point as with all bars before it; null: not even with the most that were tried. */
  readonly needed: number | null;
  readonly most: number;
  /** Moments at which it was begun anew; 0: it was not measured. */
  readonly points: number;
  /** Where it decides otherwise with as many bars as it declares. */
  readonly difference: (Difference & { readonly begun: Bar }) | null;
}

/** Bars that are compared behind each beginning. */
const WINDOW = 100;
const MOST = 20_000;

/**
 * Begins the strategy at several moments, half of them where it entered, with so many bars before it and with all of them, and compares what
 * it decides in the bars that follow. `spec` must not be muted by what it declares itself.
 */
export function warmupNeed(
  spec: InstanceSpec,
  bars: readonly Bar[],
  decided: readonly Decision[],
  { declared, points, random }: { readonly declared: number; readonly points: number; readonly random: Random },
): WarmupNeed {
  const begins = beginnings(bars.length, decided, points, random);
  const most = Math.min(MOST, Math.max(0, ...begins));
  const references = begins.map((begin) => after(spec, bars, begin, Math.min(begin, MOST)));
  const differs = (count: number): (Difference & { readonly begun: Bar }) | null => {
    for (const [place, begin] of begins.entries()) {
      const difference = firstDifference(
        references[place] ?? [],
        after(spec, bars, begin, Math.min(begin, count)),
        true,
      );
      if (difference !== null) return { ...difference, begun: bars[begin] as Bar };
    }
    return null;
  };
  const before = smallest(most, (count) => differs(count) === null);
  const needed = before === null ? null : before + 1;
  return { declared, needed, most: most + 1, points: begins.length, difference: differs(Math.max(0, declared - 1)) };
}

/** In bars of its own timeframe, one at least; of a further one so many as make up its bars, and one more for where it begins. */
export function declaredWarmup({ timeframes = {}, warmup = 0 }: StrategyInstance, own: Timeframe): number {
  const base = barRule(own);
  const further = Object.entries(timeframes).map(([name, bars]) => {
    const rule = barRule(name as Timeframe);
    const ratio = base.kind === 'time' && rule.kind === 'time' ? rule.lengthMs / base.lengthMs : 1;
    return bars.warmup ? (bars.warmup + 1) * ratio : 0;
  });
  return Math.ceil(Math.max(1, warmup, ...further));
}

function beginnings(count: number, decided: readonly Decision[], points: number, random: Random): number[] {
  const entries = decided.filter(
    ({ action, place }) => place > 0 && (action === 'enter_long' || action === 'enter_short'),
  );
  const begins = new Set<number>();
  for (let n = 0; n < points && entries.length > 0; n += 2)
    begins.add(entries[random.below(entries.length)]?.place ?? 1);
  for (let n = 1; n < points && count > 2; n += 2) begins.add(1 + random.below(count - 2));
  return [...begins].sort((a, b) => a - b);
}

/** What is decided from a bar on, with so many bars before it to warm up. Places count from that bar. */
function after(spec: InstanceSpec, bars: readonly Bar[], begin: number, count: number): Decision[] {
  const decisions = decisionsOf([spec], bars.slice(begin - count, begin + WINDOW), count);
  return decisions.map((decision) => ({ ...decision, place: decision.place - count }));
}

/** By doubling, then by halving: more bars are taken to be no worse. */
function smallest(most: number, isEnough: (count: number) => boolean): number | null {
  let [low, high] = [-1, 0];
  while (!isEnough(high)) {
    if (high >= most) return null;
    [low, high] = [high, Math.min(most, Math.max(1, high * 2))];
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

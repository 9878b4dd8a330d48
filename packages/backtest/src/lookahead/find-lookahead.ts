import { AlphaError, type Bar, type EpochMs, type InstanceSpec, parseParams } from '@alpha-engine/core';
import { Random } from '../search/random.js';
import { type Decision, decisionsOf } from './decisions.js';
import { type Difference, firstDifference } from './difference.js';
import { endOf, isBar, type Moment } from './moment.js';
import { OutsideWorld, type Touch } from './outside-world.js';
import { perturbed } from './perturb.js';
import { declaredWarmup, type WarmupNeed, warmupNeed } from './warmup-need.js';
import { watchedStrategy } from './watched-strategy.js';

export interface LookaheadOptions {
  /** A strategy on one symbol each. All see the same data in one run, as in an engine. */
  readonly specs: readonly InstanceSpec[];
  /**
   * Closed bars of the timeframe of `specs`, or recorded trades, books and tickers, in order. Changed in place while it is looked at, and given back
   * as it was.
   */
  readonly data: Moment[];
  /** How many moments to cut at. */
  readonly cuts: number;
  /** How many beginnings to measure the warm-up at. */
  readonly points: number;
  readonly seed: number;
  /** The files that the bars were read from: a strategy that reads one knows the future. */
  readonly files?: readonly string[];
  /** One that was open while the strategy was loaded. Default: a new one. */
  readonly world?: OutsideWorld;
}

/**
 * A decision that changed although nothing changed that the strategy may see.
 *
 * - `truncated`: what comes after the cut is missing
 * - `perturbed`: what comes after the cut is other
 * - `repeated`: the same once more; `clock`: once more, while clocks and chance say something else
 */
export interface LookaheadFinding extends Difference {
  readonly kind: 'truncated' | 'perturbed' | 'repeated' | 'clock';
  /** End of what is the same; null when all is. */
  readonly cutTs: EpochMs | null;
  /** The bar or event of the first decision that changed. */
  readonly moment: Moment;
}

export interface SymbolWarmup extends WarmupNeed {
  readonly symbol: string;
}

/**
 * `allowed`: a file that is read before the first bar and is none of the data may hold a model, and may hold the future; what is in it nobody
 * here can tell. Everything else is forbidden.
 */
export interface JudgedTouch extends Touch {
  readonly allowed: boolean;
}

export interface LookaheadResult {
  /** Nothing was found: no decision changed, nothing forbidden was used, the declared warm-up is enough, and it did not throw. */
  readonly clean: boolean;
  /** Bars, or events. */
  readonly moments: number;
  readonly decisions: number;
  readonly cuts: number;
  readonly seed: number;
  readonly findings: readonly LookaheadFinding[];
  /** Of every symbol; measured where the data are bars. */
  readonly warmup: readonly SymbolWarmup[];
  /** What its code used beside the arguments of its callbacks. */
  readonly touches: readonly JudgedTouch[];
  /** It threw here, and nothing was looked at behind it. */
  readonly failure: { readonly moment: Moment; readonly message: string } | null;
}

/**
 * Tries to prove that a strategy looks ahead, or depends on anything but what it was given: runs it over all data, over those before many
 * moments, with another market behind them, and again. Then measures the warm-up it really needs. Throws `DATA_INVALID` for fewer than
 * three bars or events, and `STRATEGY_*`.
 */
export function findLookahead({
  cuts,
  data,
  files = [],
  points,
  seed,
  specs,
  ...options
}: LookaheadOptions): LookaheadResult {
  if (data.length < 3) {
    throw new AlphaError(
      'DATA_INVALID',
      `There are ${data.length} bars or events, and at least three are needed to cut them.`,
    );
  }
  const world = options.world ?? new OutsideWorld();
  if (options.world === undefined) world.open();
  try {
    const watched = specs.map((spec) => ({ ...spec, strategy: watchedStrategy(spec.strategy, world) }));
    const random = new Random(seed);
    const whole = decisionsOf(watched, data);
    const findings: LookaheadFinding[] = [];
    const note = (kind: LookaheadFinding['kind'], cut: number | null, now: readonly Decision[]) => {
      const before = cut === null ? whole : whole.filter(({ place }) => place < cut);
      const after = cut === null ? now : now.filter(({ place }) => place < cut);
      const difference = firstDifference(before, after);
      if (difference === null) return;
      const moment = data[(difference.was ?? difference.is)?.place ?? 0] as Moment;
      findings.push({ kind, cutTs: cut === null ? null : endOf(data[cut - 1] as Moment), moment, ...difference });
    };
    note('repeated', null, decisionsOf(watched, data));
    world.variation = 1;
    note('clock', null, decisionsOf(watched, data));
    world.variation = 0;
    for (const cut of cutsOf(data.length, cuts, whole, random)) {
      const rest = data.splice(cut);
      try {
        note('truncated', cut, decisionsOf(watched, data));
        for (const moment of perturbed(rest, data, random)) data.push(moment);
        note('perturbed', cut, decisionsOf(watched, data));
      } finally {
        data.length = cut;
        for (const moment of rest) data.push(moment);
      }
    }
    const warmup = specs.map((spec) => ({
      symbol: spec.symbol,
      ...warmupOf(spec, world, data, whole, { points, random }),
    }));
    const threw = whole.find(({ action }) => action === 'threw');
    const touches = world.touches().map((touch) => ({ ...touch, allowed: isAllowed(touch, files) }));
    const kept = findings.length === 0 && touches.every(({ allowed }) => allowed);
    return {
      clean: kept && warmup.every(({ difference }) => difference === null) && threw === undefined,
      moments: data.length,
      decisions: whole.length,
      cuts: Math.min(cuts, data.length - 1),
      seed,
      findings,
      warmup,
      touches,
      failure: threw ? { moment: data[threw.place] as Moment, message: String(threw.details.message) } : null,
    };
  } finally {
    if (options.world === undefined) world.close();
  }
}

/** By the bars of its own symbol alone. Events are no measure of it: live, ticks warm nothing up. */
function warmupOf(
  spec: InstanceSpec,
  world: OutsideWorld,
  data: readonly Moment[],
  whole: readonly Decision[],
  { points, random }: { readonly points: number; readonly random: Random },
): WarmupNeed {
  const declared = declaredWarmup(spec.strategy.create(parseParams(spec.strategy, spec.params)), spec.timeframe);
  const bars: Bar[] = [];
  const places = new Map<number, number>();
  for (const [place, moment] of data.entries()) {
    if (!isBar(moment) || moment.symbol !== spec.symbol) continue;
    places.set(place, bars.length);
    bars.push(moment);
  }
  if (bars.length === 0) return { declared, needed: null, most: 0, points: 0, difference: null };
  const decided = whole.flatMap((decision) => {
    const place = decision.symbol === spec.symbol ? places.get(decision.place) : undefined;
    return place === undefined ? [] : [{ ...decision, place }];
  });
  const unmuted = { ...spec, strategy: watchedStrategy(spec.strategy, world, 0) };
  return warmupNeed(unmuted, bars, decided, { declared, points, random });
}

/**
 * Places of the first moment that is cut off, each once, in order. Half of them directly behind a decision: who looks one step ahead is found
 * only there.
 */
function cutsOf(count: number, cuts: number, decided: readonly Decision[], random: Random): number[] {
  const found = new Set<number>();
  const behind = decided.map(({ place }) => place + 1).filter((place) => place < count);
  for (let n = 0; n < cuts && behind.length > 0; n += 2) found.add(behind[random.below(behind.length)] as number);
  while (found.size < Math.min(cuts, count - 1)) found.add(1 + random.below(count - 1));
  return [...found].sort((a, b) => a - b);
}

function isAllowed({ file, where }: Touch, data: readonly string[]): boolean {
  return file !== undefined && (where === 'create' || where === 'import') && !data.includes(file);
}

import { AlphaError, type Bar, type EpochMs, type InstanceSpec, parseParams } from '@alpha-engine/core';
import { Random } from '../search/random.js';
import { type Decision, decisionsOf } from './decisions.js';
import { type Difference, firstDifference } from './difference.js';
import { OutsideWorld, type Touch } from './outside-world.js';
import { perturbed } from './perturb.js';
import { declaredWarmup, type WarmupNeed, warmupNeed } from './warmup-need.js';
import { watchedStrategy } from './watched-strategy.js';

export interface LookaheadOptions {
  readonly spec: InstanceSpec;
  /** One symbol and timeframe, in order. Changed in place while it is looked at, and given back as it was. */
  readonly bars: Bar[];
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
 * - `truncated`: the bars after the cut are missing
 * - `perturbed`: the bars after the cut are others
 * - `repeated`: the same bars once more; `clock`: once more, while clocks and chance say something else
 */
export interface LookaheadFinding extends Difference {
  readonly kind: 'truncated' | 'perturbed' | 'repeated' | 'clock';
  /** Close of the last bar that is the same; null when all are. */
  readonly cutTs: EpochMs | null;
  /** The bar of the first decision that changed. */
  readonly bar: Bar;
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
  readonly bars: number;
  readonly decisions: number;
  readonly cuts: number;
  readonly seed: number;
  readonly findings: readonly LookaheadFinding[];
  readonly warmup: WarmupNeed;
  /** What its code used beside the arguments of its callbacks. */
  readonly touches: readonly JudgedTouch[];
  /** It threw at this bar, and nothing was looked at behind it. */
  readonly failure: { readonly bar: Bar; readonly message: string } | null;
}

/**
 * Tries to prove that a strategy looks ahead, or depends on anything but the bars it was given: runs it over all bars, over those before many
 * moments, with another market behind them, and again. Then measures the warm-up it really needs. Throws `DATA_INVALID` for fewer than
 * three bars, and `STRATEGY_*`.
 */
export function findLookahead({
  bars,
  cuts,
  files = [],
  points,
  seed,
  spec,
  ...options
}: LookaheadOptions): LookaheadResult {
  if (bars.length < 3) {
    throw new AlphaError('DATA_INVALID', `There are ${bars.length} bars, and at least three are needed to cut them.`);
  }
  const world = options.world ?? new OutsideWorld();
  if (options.world === undefined) world.open();
  try {
    const watched = { ...spec, strategy: watchedStrategy(spec.strategy, world) };
    const random = new Random(seed);
    const whole = decisionsOf(watched, bars);
    const findings: LookaheadFinding[] = [];
    const note = (kind: LookaheadFinding['kind'], cut: number | null, now: readonly Decision[]) => {
      const before = cut === null ? whole : whole.filter(({ bar }) => bar < cut);
      const after = cut === null ? now : now.filter(({ bar }) => bar < cut);
      const difference = firstDifference(before, after);
      if (difference === null) return;
      const bar = bars[(difference.was ?? difference.is)?.bar ?? 0] as Bar;
      findings.push({ kind, cutTs: cut === null ? null : (bars[cut - 1] as Bar).closeTs, bar, ...difference });
    };
    note('repeated', null, decisionsOf(watched, bars));
    world.variation = 1;
    note('clock', null, decisionsOf(watched, bars));
    world.variation = 0;
    for (const cut of cutsOf(bars.length, cuts, random)) {
      const rest = bars.splice(cut);
      try {
        note('truncated', cut, decisionsOf(watched, bars));
        for (const bar of perturbed(rest, bars[cut - 1]?.close ?? 1, random)) bars.push(bar);
        note('perturbed', cut, decisionsOf(watched, bars));
      } finally {
        bars.length = cut;
        for (const bar of rest) bars.push(bar);
      }
    }
    const unmuted = { ...spec, strategy: watchedStrategy(spec.strategy, world, 0) };
    const declared = declaredWarmup(spec.strategy.create(parseParams(spec.strategy, spec.params)), spec.timeframe);
    const warmup = warmupNeed(unmuted, bars, whole, { declared, points, random });
    const threw = whole.find(({ action }) => action === 'threw');
    const touches = world.touches().map((touch) => ({ ...touch, allowed: isAllowed(touch, files) }));
    const kept = findings.length === 0 && touches.every(({ allowed }) => allowed);
    return {
      clean: kept && warmup.difference === null && threw === undefined,
      bars: bars.length,
      decisions: whole.length,
      cuts: Math.min(cuts, bars.length - 1),
      seed,
      findings,
      warmup,
      touches,
      failure: threw ? { bar: bars[threw.bar] as Bar, message: String(threw.details.message) } : null,
    };
  } finally {
    if (options.world === undefined) world.close();
  }
}

/** Places of the first bar that is cut off, each once, in order. */
function cutsOf(count: number, cuts: number, random: Random): number[] {
  const found = new Set<number>();
  while (found.size < Math.min(cuts, count - 1)) found.add(1 + random.below(count - 1));
  return [...found].sort((a, b) => a - b);
}

function isAllowed({ file, where }: Touch, data: readonly string[]): boolean {
  return file !== undefined && (where === 'create' || where === 'import') && !data.includes(file);
}

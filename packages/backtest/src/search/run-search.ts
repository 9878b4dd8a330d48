import { AlphaError } from '@alpha-engine/core';
import type { Objective } from './objective.js';
import { keyOf, type ParameterSpace, type Point } from './parameter-space.js';
import { type JudgedTrial, judge, ranked } from './rank.js';
import { gridSampling } from './samplers/grid.js';
import { randomSampling } from './samplers/random.js';
import type { SamplerName, SamplerOptions, Sampling, Scored } from './samplers/sampler.js';
import { tpeSampling } from './samplers/tpe.js';
import type { FinishedTrial, Period, Trial } from './trial.js';
import type { TrialRunner } from './trial-runner.js';

export interface SearchOptions {
  readonly space: ParameterSpace;
  readonly sampler: SamplerName;
  readonly seed: number;
  /** At most; a grid may have fewer points. */
  readonly trials: number;
  /** Points that `tpe` chooses at a time, before it learns what they are worth. Default 8. */
  readonly batch?: number;
  readonly objective: Objective;
  readonly runner: TrialRunner;
  /** Why the strategy does not take a point; null when it does. */
  readonly refusalOf: (point: Point) => string | null;
  /** Every trial on this part of the data. */
  readonly period?: Period;
  /** Trials of an earlier, unfinished search, by index. */
  readonly known?: ReadonlyMap<number, FinishedTrial>;
  /** Told of every trial that was run here, as it is finished. */
  readonly onTrial?: (trial: JudgedTrial, state: SearchState) => void;
  readonly signal?: AbortSignal;
}

export interface SearchState {
  readonly finished: number;
  /** Of the finished ones, those that were known from before. */
  readonly known: number;
  /** Of the finished ones, those that were not run to their end. */
  readonly failed: number;
  /** How many there will be; null where only the end tells. */
  readonly total: number | null;
  readonly best: JudgedTrial | null;
}

export interface SearchResult {
  /** In the order in which they were chosen, whatever thread was first. */
  readonly trials: readonly JudgedTrial[];
  /** Best first. */
  readonly ranked: readonly JudgedTrial[];
  /** Null when no trial has the objective's value and meets the requirements. */
  readonly best: JudgedTrial | null;
  readonly refused: RefusedPoints;
  /** It was stopped before its end. */
  readonly stopped: boolean;
}

/** Points that the strategy's schema does not take. */
export interface RefusedPoints {
  readonly count: number;
  readonly examples: readonly { readonly point: Point; readonly why: string }[];
}

const EXAMPLES = 5;
/** A grid beyond this would be counted for minutes before its first trial. */
const MOST_POINTS = 20_000_000;

const SAMPLINGS: Readonly<Record<SamplerName, (options: SamplerOptions) => Sampling>> = {
  grid: gridSampling,
  random: randomSampling,
  tpe: tpeSampling,
};

/**
 * Looks for the point with the most of an objective. The same options give the same trials with the same figures, however many threads
 * run them. Throws `USAGE` when no point meets the constraints, and `STRATEGY_PARAM_INVALID` when the strategy takes none.
 */
export async function runSearch(options: SearchOptions): Promise<SearchResult> {
  const { batch = 8, sampler, seed, space, trials } = options;
  if (sampler === 'grid' && Number.isFinite(space.size) && space.size > MOST_POINTS) {
    throw new AlphaError(
      'USAGE',
      `The grid has ${space.size} points, more than ${MOST_POINTS}: take larger steps, or --sampler random or tpe.`,
    );
  }
  const search = new Search(options);
  const sampling = SAMPLINGS[sampler]({ space, seed, trials, batch });
  for (let round = sampling.next(); round.done !== true && !search.stopped; ) {
    round = sampling.next(await search.round(round.value));
  }
  return search.result();
}

class Search {
  readonly #options: SearchOptions;
  readonly #signal: AbortSignal;
  readonly #judged = new Map<number, JudgedTrial>();
  readonly #refusals: { point: Point; why: string }[] = [];
  #refused = 0;
  #chosen = 0;
  #known = 0;
  #failed = 0;
  #best: JudgedTrial | null = null;

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#signal = options.signal ?? new AbortController().signal;
  }

  get stopped(): boolean {
    return this.#signal.aborted;
  }

  /** Tries the points of a round and gives their scores back in the order of the points. */
  async round(points: Iterable<Point>): Promise<readonly Scored[]> {
    const { onTrial, runner } = this.#options;
    const places: { readonly point: Point; readonly index: number | null }[] = [];
    for await (const finished of runner.run(this.#choose(points, places), this.#signal)) {
      const trial = this.#take(finished);
      onTrial?.(trial, this.#state());
    }
    return places.map(({ index, point }) => {
      const trial = index === null ? undefined : this.#judged.get(index);
      return { point, score: trial?.standing === 'found' ? trial.value : null };
    });
  }

  result(): SearchResult {
    const trials = [...this.#judged.values()].sort((a, b) => a.index - b.index);
    const refused = { count: this.#refused, examples: this.#refusals };
    if (trials.length === 0 && !this.stopped) throw this.#nothing(refused);
    return { trials, ranked: ranked(trials), best: this.#best, refused, stopped: this.stopped };
  }

  *#choose(points: Iterable<Point>, places: { point: Point; index: number | null }[]): Generator<Trial> {
    const { known, period, refusalOf } = this.#options;
    for (const point of points) {
      if (this.stopped) return;
      const why = refusalOf(point);
      if (why !== null) {
        places.push({ point, index: null });
        this.#refused += 1;
        if (this.#refusals.length < EXAMPLES) this.#refusals.push({ point, why });
        continue;
      }
      const index = this.#chosen++;
      places.push({ point, index });
      const before = known?.get(index);
      if (before !== undefined) {
        if (keyOf(before.point) !== keyOf(point)) throw otherTrial(before, point);
        this.#known += 1;
        this.#take(before);
      } else {
        yield { index, point, ...(period !== undefined && { period }) };
      }
    }
  }

  #take(finished: FinishedTrial): JudgedTrial {
    const trial = judge(this.#options.objective, finished);
    this.#judged.set(trial.index, trial);
    if (trial.standing === 'failed') this.#failed += 1;
    this.#best =
      trial.standing !== 'found' ? this.#best : (ranked(this.#best ? [this.#best, trial] : [trial])[0] ?? null);
    return trial;
  }

  #state(): SearchState {
    const { sampler, space, trials } = this.#options;
    const bounded = Math.min(trials, space.size);
    const total = sampler === 'grid' && space.constraints.length > 0 ? null : bounded - this.#refused;
    return { finished: this.#judged.size, known: this.#known, failed: this.#failed, total, best: this.#best };
  }

  #nothing({ count, examples }: RefusedPoints): AlphaError {
    const { space } = this.#options;
    const first = examples[0];
    if (first === undefined) {
      const where = space.constraints.map(({ text }) => `"${text}"`).join(' and ');
      return new AlphaError('USAGE', `There is nothing to search over: no point of the space meets --where ${where}.`);
    }
    return new AlphaError(
      'STRATEGY_PARAM_INVALID',
      `The strategy takes none of the ${count} points of the space. The first, ${keyOf(first.point)}: ${first.why}`,
    );
  }
}

function otherTrial({ index, point: before }: FinishedTrial, point: Point): AlphaError {
  return new AlphaError(
    'DATA_INVALID',
    `The file of trials has ${keyOf(before)} as trial ${index}, where this search has ${keyOf(point)}: it was not written by this search. Name another file with --out.`,
  );
}

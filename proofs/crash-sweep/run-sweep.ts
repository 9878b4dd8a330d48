import { randomFor } from '../random.js';
import { ANSWERS } from '../world/answers.js';
import type { Cut } from '../world/tripwire.js';
import type { SweepOptions } from './options.js';
import { runCase } from './run-case.js';
import { nameOf, type SweepRun } from './run-name.js';
import { SCENARIOS } from './scenarios.js';

export interface SweepReport {
  readonly seed: number;
  readonly scenarios: readonly ScenarioFigures[];
  /** Of every method that the ports have: how often it is called on the way to the end, and at how many of its calls the engine was cut. */
  readonly methods: Readonly<Record<string, { readonly calls: number; readonly cut: number }>>;
  readonly cutTwice: number;
  /** Points that `every` left out. */
  readonly leftOut: number;
  readonly failures: readonly { readonly run: string; readonly point: string; readonly problems: readonly string[] }[];
  readonly seconds: number;
}

export interface ScenarioFigures {
  readonly scenario: string;
  readonly answers: number;
  /** Calls of a port, over all answers. */
  readonly points: number;
  readonly runs: number;
}

/** The longest an engine is away, virtual milliseconds: longer than the horizon of an order in doubt. */
const LONGEST_DOWN_MS = 8_000;

type Tell = (line: string) => void;

/** Cuts every case at every point, once before it had an effect and once after, and once more at random. */
export async function runSweep(options: SweepOptions, tell: Tell, signal: AbortSignal): Promise<SweepReport> {
  const sweep = new Sweep(options, tell, signal);
  for (const scenario of options.scenarios) await sweep.scenario(scenario);
  await sweep.cutTwice();
  return sweep.report();
}

class Sweep {
  readonly #options: SweepOptions;
  readonly #tell: Tell;
  readonly #signal: AbortSignal;
  readonly #begun = performance.now();
  readonly #figures: ScenarioFigures[] = [];
  readonly #methods: Record<string, { calls: number; cut: number }> = {};
  readonly #failures: SweepReport['failures'][number][] = [];
  /** Points by scenario and answer. */
  readonly #points = new Map<string, readonly string[]>();
  #leftOut = 0;
  #cutTwice = 0;

  constructor(options: SweepOptions, tell: Tell, signal: AbortSignal) {
    this.#options = options;
    this.#tell = tell;
    this.#signal = signal;
  }

  async scenario(scenario: string): Promise<void> {
    const { answers, every } = this.#options;
    let points = 0;
    let runs = 0;
    for (const answer of answers) {
      const whole = await this.#run({ scenario, answer, cuts: [] });
      runs += 1;
      points += whole.points.length;
      this.#points.set(`${scenario}/${answer}`, whole.points);
      for (const method of whole.methods) this.#methods[method] ??= { calls: 0, cut: 0 };
      for (const point of whole.points) this.#methods[point]!.calls += 1;
      // Of a sample, every case takes other points.
      const offset = Math.floor(randomFor(this.#options.seed, `${scenario}/${answer}`)() * every);
      for (const [index, point] of whole.points.entries()) {
        // A sample has something of every method.
        if (index % every !== offset && this.#methods[point]!.cut > 0) {
          this.#leftOut += 1;
          continue;
        }
        for (const when of ['before', 'after'] as const) {
          await this.#run({ scenario, answer, cuts: [{ at: index + 1, when }] }, point);
          runs += 1;
        }
        this.#methods[point]!.cut += 1;
      }
      this.#tell(`${scenario}/${answer}: ${whole.points.length} points, ${this.#failures.length} failures so far`);
    }
    this.#figures.push({ scenario, answers: answers.length, points, runs });
  }

  /** The next start is cut as well: at any of its calls. */
  async cutTwice(): Promise<void> {
    const cases = [...this.#points];
    for (let number = 0; number < this.#options.twice; number += 1) {
      const random = randomFor(this.#options.seed, `twice ${number}`);
      const [name, points] = cases[Math.floor(random() * cases.length)]!;
      const [scenario = '', answer = ''] = name.split('/');
      const cut = (): Cut => ({
        at: 1 + Math.floor(random() * points.length),
        when: random() < 0.5 ? 'before' : 'after',
      });
      const cuts = [cut(), cut()];
      await this.#run({ scenario, answer, cuts });
      this.#cutTwice += 1;
    }
  }

  report(): SweepReport {
    return {
      seed: this.#options.seed,
      scenarios: this.#figures,
      methods: this.#methods,
      cutTwice: this.#cutTwice,
      leftOut: this.#leftOut,
      failures: this.#failures,
      seconds: Math.round((performance.now() - this.#begun) / 1000),
    };
  }

  /** Also fails when the run did not get to the point where it was to be cut: that one would be left out unseen. */
  async #run(run: SweepRun, point?: string) {
    this.#signal.throwIfAborted();
    const result = await runOne(this.#options.seed, run);
    const reached = result.points[(run.cuts[0]?.at ?? 1) - 1];
    const missed = point !== undefined && reached !== point ? [`It reached ${reached} instead of ${point}.`] : [];
    const problems = [...result.problems, ...missed];
    if (problems.length > 0) {
      this.#failures.push({ run: nameOf(run), point: point ?? reached ?? '', problems });
      this.#tell(`FAILS ${nameOf(run)} (${point ?? reached}): ${problems.join(' ')}`);
    }
    return result;
  }
}

/** One run, as its name and the seed determine it. */
export async function runOne(seed: number, run: SweepRun) {
  const scenario = SCENARIOS.find(({ name }) => name === run.scenario);
  const answer = ANSWERS.find(({ name }) => name === run.answer);
  if (scenario === undefined || answer === undefined) throw new Error(`There is no run ${nameOf(run)}.`);
  const downMs = Math.floor(randomFor(seed, nameOf(run))() * LONGEST_DOWN_MS);
  return runCase(scenario, answer, run.cuts, downMs);
}

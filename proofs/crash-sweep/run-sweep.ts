import { randomFor } from '../random.js';
import type { Cut } from '../world/tripwire.js';
import type { SweepOptions } from './options.js';
import { planCase, type WholeRun } from './plan-sweep.js';
import type { CaseRun } from './run-case.js';
import { runInThreads } from './run-in-threads.js';
import { nameOf, type SweepRun } from './run-name.js';

export interface SweepReport {
  readonly seed: number;
  readonly scenarios: readonly ScenarioFigures[];
  /** Of every method that the ports have: how often it is called on the way to the end, and at how many of its calls the engine was cut. */
  readonly methods: Readonly<Record<string, { readonly calls: number; readonly cut: number }>>;
  readonly cutTwice: number;
  /** Points that `every` left out. */
  readonly leftOut: number;
  readonly failures: readonly { readonly run: string; readonly point: string; readonly problems: readonly string[] }[];
  readonly threads: number;
  readonly seconds: number;
}

export interface ScenarioFigures {
  readonly scenario: string;
  readonly answers: number;
  /** Calls of a port, over all answers. */
  readonly points: number;
  /** Places before and after them where the engine was cut. */
  readonly cuts: number;
  /** Of them, those that leave something else behind than another does: each was run. */
  readonly runs: number;
}

type Tell = (line: string) => void;

const TELL_EVERY = 1_000;

/** Cuts every case at every point, once before it had an effect and once after, and some once more at random. */
export async function runSweep(options: SweepOptions, tell: Tell, signal: AbortSignal): Promise<SweepReport> {
  const sweep = new Sweep(options, tell, signal);
  await sweep.wholeRuns();
  const planned = sweep.plan();
  tell(`${planned.length} runs to go`);
  await sweep.run(planned);
  return sweep.report();
}

class Sweep {
  readonly #options: SweepOptions;
  readonly #tell: Tell;
  readonly #signal: AbortSignal;
  readonly #begun = performance.now();
  readonly #wholes = new Map<string, WholeRun>();
  readonly #figures = new Map<string, ScenarioFigures>();
  readonly #methods: Record<string, { calls: number; cut: number }> = {};
  readonly #failures: SweepReport['failures'][number][] = [];
  #leftOut = 0;
  #done = 0;

  constructor(options: SweepOptions, tell: Tell, signal: AbortSignal) {
    this.#options = options;
    this.#tell = tell;
    this.#signal = signal;
  }

  /** Every case once without a cut: they say what there is to cut. */
  async wholeRuns(): Promise<void> {
    const { answers, scenarios } = this.#options;
    const runs = scenarios.flatMap((scenario) => answers.map((answer) => ({ scenario, answer, cuts: [] })));
    await this.run(runs, ({ answer, scenario }, { methods, moments, points, returns }) => {
      this.#wholes.set(`${scenario}/${answer}`, { scenario, answer, points, moments, returns });
      for (const method of methods) this.#methods[method] ??= { calls: 0, cut: 0 };
      for (const point of points) this.#methods[point]!.calls += 1;
    });
  }

  /** All further runs, by case in the order that was asked for. */
  plan(): readonly SweepRun[] {
    const { answers, every, scenarios, seed, twice } = this.#options;
    const planned: SweepRun[] = [];
    const cutSoFar = new Set<string>();
    for (const scenario of scenarios) {
      let figures = { scenario, answers: answers.length, points: 0, cuts: 0, runs: answers.length };
      for (const answer of answers) {
        const whole = this.#wholeOf(scenario, answer);
        const { cuts, points, standsFor } = planCase(whole, every, seed, cutSoFar);
        planned.push(...cuts.map((cut) => ({ scenario, answer, cuts: [cut] })));
        for (const point of points.map((number) => whole.points[number - 1]!)) {
          cutSoFar.add(point);
          this.#methods[point]!.cut += 1;
        }
        this.#leftOut += whole.points.length - points.length;
        figures = {
          ...figures,
          points: figures.points + whole.points.length,
          cuts: figures.cuts + standsFor,
          runs: figures.runs + cuts.length,
        };
      }
      this.#figures.set(scenario, figures);
    }
    return [...planned, ...Array.from({ length: twice }, (_, number) => this.#cutTwice(number))];
  }

  /** Also fails when a run did not get to the point where it was to be cut: that one would be left out unseen. */
  async run(runs: readonly SweepRun[], took: (run: SweepRun, result: CaseRun) => void = () => {}): Promise<void> {
    const { seed, threads } = this.#options;
    const look = (run: SweepRun, result: CaseRun) => {
      took(run, result);
      const { answer, cuts, scenario } = run;
      const at = (cuts[0]?.at ?? 1) - 1;
      const point = this.#wholeOf(scenario, answer).points[at];
      const reached = result.points[at];
      const missed = reached === point ? [] : [`It reached ${reached} instead of ${point}.`];
      const problems = [...result.problems, ...missed];
      if (problems.length > 0) {
        this.#failures.push({ run: nameOf(run), point: point ?? '', problems });
        this.#tell(`FAILS ${nameOf(run)} (${point}): ${problems.join(' ')}`);
      }
      this.#done += 1;
      if (this.#done % TELL_EVERY === 0)
        this.#tell(`${this.#done} runs, ${this.#failures.length} failures, ${this.#seconds} s`);
    };
    await runInThreads(threads, seed, runs, look, this.#signal);
  }

  report(): SweepReport {
    const { seed, threads, twice } = this.#options;
    const failures = this.#failures.toSorted((a, b) => (a.run < b.run ? -1 : 1));
    const scenarios = [...this.#figures.values()];
    const methods = this.#methods;
    return {
      seed,
      scenarios,
      methods,
      cutTwice: twice,
      leftOut: this.#leftOut,
      failures,
      threads,
      seconds: this.#seconds,
    };
  }

  get #seconds(): number {
    return Math.round((performance.now() - this.#begun) / 1000);
  }

  /** The next start is cut as well: at any of its calls. */
  #cutTwice(number: number): SweepRun {
    const random = randomFor(this.#options.seed, `twice ${number}`);
    const wholes = this.#options.scenarios.flatMap((scenario) =>
      this.#options.answers.map((answer) => this.#wholeOf(scenario, answer)),
    );
    const { answer, points, scenario } = wholes[Math.floor(random() * wholes.length)]!;
    const cut = (): Cut => ({
      at: 1 + Math.floor(random() * points.length),
      when: random() < 0.5 ? 'before' : 'after',
    });
    return { scenario, answer, cuts: [cut(), cut()] };
  }

  #wholeOf(scenario: string, answer: string): WholeRun {
    return this.#wholes.get(`${scenario}/${answer}`)!;
  }
}

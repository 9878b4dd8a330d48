import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { ANSWERS } from '../world/answers.js';
import { SCENARIOS } from './scenarios.js';

export interface SweepOptions {
  /** Decides how long the engine is away, which points are cut twice, and which are cut with real processes. */
  readonly seed: number;
  readonly scenarios: readonly string[];
  readonly answers: readonly string[];
  /** Every so-manieth point of a case; 1 leaves none out. */
  readonly every: number;
  /** Further runs whose second life is cut as well, anywhere. */
  readonly twice: number;
  /** Points that are cut by `kill -9` of a real process. */
  readonly processes: number;
  /** Threads that runs are spread over. */
  readonly threads: number;
  /** One run by its name, as the report prints it. */
  readonly only: string | null;
  readonly json: boolean;
}

export const USAGE =
  'pnpm crash-sweep [--seed N] [--scenario NAME …] [--answer NAME …] [--every N] [--twice N] [--processes N] [--threads N] [--only RUN] [--json]';

/** Throws a sentence for what cannot be meant. */
export function readOptions(args: readonly string[]): SweepOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      scenario: { type: 'string', multiple: true, default: [] },
      answer: { type: 'string', multiple: true, default: [] },
      every: { type: 'string', default: '1' },
      twice: { type: 'string', default: '1000' },
      processes: { type: 'string', default: '0' },
      threads: { type: 'string', default: String(availableParallelism()) },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    seed: whole('seed', values.seed, 0),
    scenarios: named('scenario', values.scenario, SCENARIOS),
    answers: named('answer', values.answer, ANSWERS),
    every: whole('every', values.every, 1),
    twice: whole('twice', values.twice, 0),
    processes: whole('processes', values.processes, 0),
    threads: whole('threads', values.threads, 1),
    only: values.only ?? null,
    json: values.json,
  };
}

/** All of them when none is named. */
function named(what: string, given: readonly string[], known: readonly { readonly name: string }[]): readonly string[] {
  const names = known.map(({ name }) => name);
  const wrong = given.find((name) => !names.includes(name));
  if (wrong !== undefined) throw new Error(`There is no ${what} "${wrong}". There are: ${names.join(', ')}.`);
  return given.length === 0 ? names : given;
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${name} must be a whole number from ${least}; it is "${text}".`);
}

import { randomFor } from '../random.js';
import { ANSWERS } from '../world/answers.js';
import { type CaseRun, runCase } from './run-case.js';
import { nameOf, type SweepRun } from './run-name.js';
import { SCENARIOS } from './scenarios.js';

/** The longest an engine is away, virtual milliseconds: longer than the horizon of an order in doubt. */
const LONGEST_DOWN_MS = 8_000;

/** One run, as its name and the seed determine it. */
export async function runOne(seed: number, run: SweepRun): Promise<CaseRun> {
  const scenario = SCENARIOS.find(({ name }) => name === run.scenario);
  const answer = ANSWERS.find(({ name }) => name === run.answer);
  if (scenario === undefined || answer === undefined) throw new Error(`There is no run ${nameOf(run)}.`);
  const downMs = Math.floor(randomFor(seed, nameOf(run))() * LONGEST_DOWN_MS);
  return runCase(scenario, answer, run.cuts, downMs);
}

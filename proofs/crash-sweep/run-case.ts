import { createHash } from 'node:crypto';
import { Decimal } from '@alpha-engine/core';
import type { Answer } from '../world/answers.js';
import { checkWorld } from '../world/check-world.js';
import { EngineWorld } from '../world/engine-world.js';
import type { Cut, Return, Tripwire } from '../world/tripwire.js';
import type { Scenario, Step } from './scenarios.js';

/** What one run showed. */
export interface CaseRun {
  readonly problems: readonly string[];
  /** Of the first life: every call of a port, and every method that could be called. */
  readonly points: readonly string[];
  readonly moments: readonly number[];
  readonly returns: readonly (Return | null)[];
  readonly methods: ReadonlySet<string>;
  readonly lives: number;
  /** Of everything that was told of orders: the same for runs in which the same happened. */
  readonly digest: string;
}

/** Answers after which the signal is not done and need not be. */
const UNDONE = new Set(['refused', 'maintenance', 'partly', 'partly-unanswered', 'nothing', 'nothing-unanswered']);

/** One way to the end: a scenario, an answer, and where each life of the engine is cut. */
export async function runCase(
  scenario: Scenario,
  answer: Answer,
  cuts: readonly Cut[],
  downMs: number,
): Promise<CaseRun> {
  const world = new EngineWorld({ cuts, downMs, ...scenario.world });
  try {
    const problems = await follow(world, scenario, answer);
    const first = world.tripwires[0] as Tripwire;
    const { methods, moments, points, returns } = first;
    const digest = createHash('sha256')
      .update(await world.orderLog())
      .digest('hex');
    return { problems, points, moments, returns, methods, digest, lives: world.tripwires.length };
  } finally {
    world.end();
  }
}

async function follow(world: EngineWorld, scenario: Scenario, answer: Answer): Promise<readonly string[]> {
  const { answered = { step: scenario.steps.length - 1, placement: 0 } } = scenario;
  for (const [number, step] of scenario.steps.entries()) {
    if (number === answered.step) world.broker.prepareFrom(answered.placement, answer);
    await take(world, step);
    if (step.thenMs !== undefined) {
      await world.pass(step.thenMs);
      continue;
    }
    if (await world.settle()) continue;
    const ended = await world.stop();
    const why = 'error' in ended ? ` The engine ended: ${String(ended.error)}` : '';
    return [
      `Step ${number + 1} was not done in time.${why} ${JSON.stringify(world.books?.openOrders ?? null)} ${JSON.stringify(world.books?.halts ?? null)}`,
    ];
  }
  const ended = await world.stop();
  if ('error' in ended) return [`The engine ended: ${String(ended.error)}`];
  const { mayBeRefused = false, mayHalt = [] } = scenario;
  const alarms = isRefusal(answer) && scenario.world?.config?.protect !== undefined;
  const allowed = { mayBeRefused, mayHalt: alarms ? [...mayHalt, 'unexplained' as const] : mayHalt };
  return [...(await checkWorld(world, ended.report, allowed)), ...(await wrongPosition(world, scenario, answer))];
}

async function take(world: EngineWorld, step: Step): Promise<void> {
  if ('signal' in step) await world.signal(step.symbol, step.signal, step.strategy);
  else if ('price' in step) await world.move(step.price);
  else await world.control(step.control);
}

/** A protective order that is refused halts openings, which is its alarm; it is placed again all the same. */
function isRefusal({ answer }: Answer): boolean {
  return answer?.as === 'refused' || answer?.as === 'maintenance';
}

async function wrongPosition(world: EngineWorld, scenario: Scenario, answer: Answer): Promise<readonly string[]> {
  if (UNDONE.has(answer.name) && scenario.insists !== true) return [];
  const positions = await world.store.positions();
  return Object.entries(scenario.net).flatMap(([symbol, net]) => {
    const size = Decimal.sum(positions.filter((one) => one.symbol === symbol).map((one) => one.size));
    return size.eq(net) ? [] : [`The position of ${symbol} is ${size}; it is to be ${net}.`];
  });
}

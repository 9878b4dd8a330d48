import { createHash } from 'node:crypto';
import type { SignalAction } from '@alpha-engine/core';
import { randomFor } from '../random.js';
import { ANSWERS } from '../world/answers.js';
import { checkWorld } from '../world/check-world.js';
import { EngineWorld } from '../world/engine-world.js';
import { INSTRUMENTS } from '../world/market.js';

export interface DayReport {
  readonly signals: number;
  readonly lives: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
  /** Every event of every order as it stands on the bus, a line each. */
  readonly log: string;
  readonly digest: string;
}

const DAY_MS = 86_400_000;
const SIGNALS_A_DAY = 10_000;
/** Shares of the signals on whose way something goes wrong. */
const SHARE = { answer: 0.3, kill: 0.05, outage: 0.03 };
const ACTIONS: readonly SignalAction[] = ['enter_long', 'enter_short', 'exit', 'hold'];

/**
 * A day, or the beginning of one, in virtual time: so many signals at random moments, with random answers of the exchange,
 * kills, and outages of bus, record and exchange. The seed determines all of it, and with it every byte of the order log.
 */
export async function runDay(seed: number, signals: number): Promise<DayReport> {
  const random = randomFor(seed, 'day');
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const faults: Record<string, number> = {};
  const note = (fault: string) => {
    faults[fault] = (faults[fault] ?? 0) + 1;
  };
  const world = new EngineWorld({ downMs: 500, chance: randomFor(seed, 'outages') });
  try {
    for (let number = 0; number < signals; number += 1) {
      if (random() < SHARE.answer) {
        const answer = pick(ANSWERS);
        note(answer.name);
        world.broker.prepare(answer);
      }
      if (random() < SHARE.outage) {
        const port = pick(['bus', 'store', 'broker'] as const);
        note(`${port} away`);
        world.outages.begin(port, 200 + random() * 4_000);
      }
      await world.signal(pick(INSTRUMENTS).symbol, pick(ACTIONS), pick(['one', 'two']));
      const gap = Math.ceil(random() * 2 * (DAY_MS / SIGNALS_A_DAY));
      if (random() < SHARE.kill) {
        note('kill -9');
        const before = Math.floor(random() * Math.min(gap, 2_000));
        await world.pass(before);
        world.kill();
        await world.pass(gap - before);
      } else await world.pass(gap);
      if (world.failure !== null) break;
    }
    world.broker.prepare();
    const problems = await endOf(world);
    const log = await world.orderLog();
    const digest = createHash('sha256').update(log).digest('hex');
    return { signals, lives: world.tripwires.length, faults, problems, log, digest };
  } finally {
    world.end();
  }
}

async function endOf(world: EngineWorld): Promise<readonly string[]> {
  const settled = await world.settle();
  const ended = await world.stop();
  if ('error' in ended) return [`The engine ended: ${String(ended.error)}`];
  return [...(settled ? [] : ['Something is not done.']), ...(await checkWorld(world, ended.report))];
}

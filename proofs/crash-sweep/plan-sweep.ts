import { randomFor } from '../random.js';
import type { Answer } from '../world/answers.js';
import { type Cut, isClock, type Return } from '../world/tripwire.js';

/** The way to the end that nobody cut: what there is to cut. */
export interface WholeRun {
  readonly scenario: string;
  readonly answer: Answer['name'];
  readonly points: readonly string[];
  readonly moments: readonly number[];
  readonly returns: readonly (Return | null)[];
}

/** Cuts that one run stands for, and the points that were left out. */
export interface CasePlan {
  readonly cuts: readonly Cut[];
  /** Cuts, before and after a point, that `cuts` stand for. */
  readonly standsFor: number;
  /** Numbers of the points that are cut; 1 is the first. */
  readonly points: readonly number[];
}

/** Which points of a case are cut. Of a sample every case takes others, and something of every method that `cutSoFar` lacks. */
export function planCase(whole: WholeRun, every: number, seed: number, cutSoFar: ReadonlySet<string>): CasePlan {
  const offset = Math.floor(randomFor(seed, `${whole.scenario}/${whole.answer}`)() * every);
  const known = new Set(cutSoFar);
  const points: number[] = [];
  const cuts = new Map<string, Cut>();
  for (const [index, point] of whole.points.entries()) {
    if (index % every !== offset && known.has(point)) continue;
    known.add(point);
    points.push(index + 1);
    for (const when of ['before', 'after'] as const) {
      const cut = sameAs(whole, { at: index + 1, when });
      cuts.set(`${cut.when} ${cut.at}`, cut);
    }
  }
  return { cuts: [...cuts.values()], standsFor: 2 * points.length, points };
}

/**
 * One of the cuts that end the process with exactly the same behind it, always the same one. A clock's call has no effect and is
 * answered to the dead too: to be cut after it is to be cut before it. To be cut after any other call is to be cut before the next, when that
 * comes in the same turn and only once the first has returned: in between the process had no effect on anything, and nobody looked
 * whether it lives.
 */
export function sameAs(whole: Pick<WholeRun, 'moments' | 'points' | 'returns'>, cut: Cut): Cut {
  const { moments, points, returns } = whole;
  let { at } = cut;
  if (cut.when === 'after' && !isClock(points[at - 1]!)) {
    const back = returns[at - 1];
    if (back === undefined || back === null || back.calls !== at || back.moment !== moments[at]) return cut;
    return { at: at + 1, when: 'before' };
  }
  while (at > 1 && isClock(points[at - 2]!) && moments[at - 2] === moments[at - 1]) at -= 1;
  return { at, when: 'before' };
}

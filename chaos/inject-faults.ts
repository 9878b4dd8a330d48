import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './faults/fault.js';
import type { Progress } from './progress.js';
import type { Random } from './random.js';
import type { World } from './world.js';

export interface FaultRecord {
  readonly fault: string;
  /** Since the market began, milliseconds. */
  readonly atMs: number;
  /** From the strike until those it hit worked on newer data again; null when they did not. */
  readonly recoveredMs: number | null;
}

/** A fault that is not over after this has defeated us. */
const GIVE_UP_MS = 60_000;
const PAUSE_MS = [500, 4000] as const;

/** Strikes, heals, waits for the recovery, pauses, and strikes again, until `signal` aborts; `stop` ends the fault in hand too. */
export async function injectFaults(
  faults: readonly Fault[],
  parts: { readonly world: World; readonly progress: Progress; readonly random: Random },
  record: (done: FaultRecord) => Promise<void>,
  { signal, stop }: { readonly signal: AbortSignal; readonly stop: AbortSignal },
): Promise<void> {
  const { world, progress, random } = parts;
  const begun = performance.now();
  for (let bag: Fault[] = []; ; ) {
    await delay(random.between(...PAUSE_MS), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    if (bag.length === 0) bag = random.shuffled(faults);
    const fault = bag.pop()!;
    const struck = performance.now();
    await fault.strike(world);
    // Entry ids are times of this machine's clock: what comes later came after the strike.
    const place = `${Date.now()}-0`;
    if (fault.lastsMs) await delay(random.between(...fault.lastsMs), undefined, { signal: stop }).catch(() => {});
    await fault.heal?.(world);
    const recovered = await progress.passed(fault.recoveredWhen, place, GIVE_UP_MS, stop);
    const recoveredMs = recovered ? Math.round(performance.now() - struck) : null;
    await record({ fault: fault.name, atMs: Math.round(struck - begun), recoveredMs });
  }
}

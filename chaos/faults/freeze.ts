import { WORKERS } from '../progress.js';
import type { World } from '../world.js';
import type { Fault } from './fault.js';

type Freezing = 'SIGSTOP' | 'SIGCONT';
const ENGINE = ['strategy', 'execution'] as const;
const SHORT_MS = [500, 4000] as const;
/** Longer than the database keeps the locks of an owner that says nothing, 15 s. */
const LONG_MS = [16_500, 19_000] as const;

/** A process that stands still and goes on as if nothing had been: SIGSTOP, then SIGCONT to the same one. */
function freeze<Target>(
  fault: Pick<Fault, 'name' | 'target' | 'lastsMs' | 'recoveredWhen'>,
  find: (world: World) => Target,
  send: (target: Target, signal: Freezing) => void,
): Fault {
  let frozen: Target | undefined;
  return {
    ...fault,
    strike: async (world) => {
      frozen = find(world);
      send(frozen, 'SIGSTOP');
    },
    heal: async () => {
      if (frozen !== undefined) send(frozen, 'SIGCONT');
    },
  };
}

export const freezeEngine = freeze(
  { name: 'freeze-engine', target: 'engine', lastsMs: SHORT_MS, recoveredWhen: ENGINE },
  ({ owner }) => owner,
  (owner, signal) => owner.signal(signal),
);
/** The standby takes over while the owner stands still; then the owner wakes, believes to own, and must neither send nor commit. */
export const freezeOwner = freeze(
  { name: 'freeze-owner-beyond-lock', target: 'engine', lastsMs: LONG_MS, recoveredWhen: ENGINE },
  ({ owner }) => owner,
  (owner, signal) => owner.signal(signal),
);
export const freezeArchiver = freeze(
  { name: 'freeze-archiver', target: 'archiver', lastsMs: SHORT_MS, recoveredWhen: ['archiver'] },
  (world) => world.process('archiver'),
  (archiver, signal) => archiver.signal(signal),
);
export const freezeRedis = freeze(
  { name: 'freeze-redis', target: 'redis', lastsMs: SHORT_MS, recoveredWhen: WORKERS },
  ({ redis }) => redis.pid,
  (pid, signal) => process.kill(pid, signal),
);
export const freezePostgres = freeze(
  { name: 'freeze-postgres', target: 'postgres', lastsMs: SHORT_MS, recoveredWhen: ENGINE },
  ({ postgres }) => postgres.pids(),
  (pids, signal) => {
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // A child that ended in between.
      }
    }
  },
);

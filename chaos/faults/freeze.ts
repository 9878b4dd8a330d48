import { WORKERS } from '../progress.js';
import type { World } from '../world.js';
import type { Fault } from './fault.js';

const freeze = (
  target: string,
  recoveredWhen: Fault['recoveredWhen'],
  send: (world: World, signal: 'SIGSTOP' | 'SIGCONT') => void,
): Fault => ({
  name: `freeze-${target}`,
  target,
  lastsMs: [500, 4000],
  recoveredWhen,
  strike: async (world) => send(world, 'SIGSTOP'),
  heal: async (world) => send(world, 'SIGCONT'),
});

/** A process that stands still and goes on as if nothing had been: SIGSTOP, SIGCONT. */
export const freezeEngine = freeze('engine', ['strategy', 'execution'], (world, signal) =>
  world.process('engine').signal(signal),
);
export const freezeArchiver = freeze('archiver', ['archiver'], (world, signal) =>
  world.process('archiver').signal(signal),
);
export const freezeRedis = freeze('redis', WORKERS, ({ redis }, signal) => process.kill(redis.pid, signal));
export const freezePostgres = freeze('postgres', ['strategy', 'execution'], ({ postgres }, signal) => {
  for (const pid of postgres.pids()) process.kill(pid, signal);
});

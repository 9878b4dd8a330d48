import type { Worker } from '../progress.js';
import type { ProcessName } from '../world.js';
import type { Fault } from './fault.js';

/** `kill -9` of a process of ours; its supervisor starts it again. */
function killProcess(target: ProcessName, recoveredWhen: readonly Worker[]): Fault {
  return {
    name: `kill-${target}`,
    target,
    recoveredWhen,
    strike: (world) => world.process(target).kill(),
  };
}

export const killEngine = killProcess('engine', ['strategy', 'execution']);
export const killArchiver = killProcess('archiver', ['archiver']);

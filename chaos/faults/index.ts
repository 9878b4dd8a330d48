import { cutPostgres, cutRedis, silencePostgres, silenceRedis } from './break-connections.js';
import type { Fault } from './fault.js';
import { freezeArchiver, freezeEngine, freezePostgres, freezeRedis } from './freeze.js';
import { killArchiver, killEngine } from './kill-processes.js';
import { killPostgres, killRedis } from './kill-servers.js';

/** Every fault there is; a run draws from these until each was there, then begins again. */
export const FAULTS: readonly Fault[] = [
  killEngine,
  killArchiver,
  killRedis,
  killPostgres,
  cutRedis,
  cutPostgres,
  silenceRedis,
  silencePostgres,
  freezeEngine,
  freezeArchiver,
  freezeRedis,
  freezePostgres,
];

import { cutExchange, cutPostgres, cutRedis, silencePostgres, silenceRedis } from './break-connections.js';
import type { Fault } from './fault.js';
import { fillArchiveDisk, fillPostgresDisk, fillRedisDisk, fillSpoolDisk } from './fill-disks.js';
import { freezeArchiver, freezeEngine, freezeOwner, freezePostgres, freezeRedis } from './freeze.js';
import { killArchiver, killCollector, killEngine, killStandby } from './kill-processes.js';
import { killPostgres, killRedis } from './kill-servers.js';
import { loseRedisTail } from './lose-redis-tail.js';

/** Every fault there is; a run draws from these until each was there, then begins again. */
export const FAULTS: readonly Fault[] = [
  killEngine,
  killStandby,
  killArchiver,
  killCollector,
  killRedis,
  killPostgres,
  cutExchange,
  cutRedis,
  cutPostgres,
  silenceRedis,
  silencePostgres,
  freezeEngine,
  freezeOwner,
  freezeArchiver,
  freezeRedis,
  freezePostgres,
  fillRedisDisk,
  fillPostgresDisk,
  fillArchiveDisk,
  fillSpoolDisk,
  loseRedisTail,
];

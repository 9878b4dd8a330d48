import type { DiskName } from '../disk.js';
import { WORKERS } from '../progress.js';
import type { World } from '../world.js';
import type { Fault } from './fault.js';

/** Nothing more fits on the disk; then there is room again, and what ended of it is started. */
const fill = (
  disk: DiskName,
  recoveredWhen: Fault['recoveredWhen'],
  restart: (world: World) => Promise<void> = async () => {},
): Fault => ({
  name: `fill-${disk}-disk`,
  target: disk,
  disk,
  lastsMs: [2000, 6000],
  recoveredWhen,
  strike: (world) => world.disk(disk).fill(),
  heal: async (world) => {
    world.disk(disk).free();
    await restart(world);
  },
});

/** With `appendfsync always` Redis ends when it cannot write its file, with `everysec` it takes no more writes. */
export const fillRedisDisk = fill('redis', WORKERS, async ({ redis }) => {
  if (!redis.isRunning) await redis.start();
});

/** PostgreSQL refuses statements, and ends with a PANIC when its log finds no room. */
export const fillPostgresDisk = fill('postgres', ['strategy', 'execution'], async ({ postgres }) => {
  if (!postgres.isRunning) await postgres.start();
});

/** Redis is gone, and nothing fits where the collector keeps what Redis cannot take: it drops, and says what. */
export const fillSpoolDisk: Fault = {
  name: 'fill-spool-disk',
  target: 'collector',
  disk: 'spool',
  blinds: true,
  lastsMs: [2000, 6000],
  recoveredWhen: WORKERS,
  strike: async (world) => {
    await world.disk('spool').fill();
    await world.redis.kill('SIGKILL');
  },
  heal: async (world) => {
    await world.redis.start();
    world.disk('spool').free();
  },
};

export const fillArchiveDisk = fill('archive', ['archiver']);

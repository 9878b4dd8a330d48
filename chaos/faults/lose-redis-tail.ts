import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKERS } from '../progress.js';
import type { Fault } from './fault.js';

/** Less than a second of the market. */
const LOST_BYTES = 200_000;
const TRANSACTION = '*1\r\n$5\r\nMULTI\r\n';

/** What a loss of power may do under `everysec`: the last moments of Redis's file are gone, though it had acknowledged them. */
export const loseRedisTail: Fault = {
  name: 'lose-redis-tail',
  target: 'redis',
  appendfsync: 'everysec',
  recoveredWhen: WORKERS,
  strike: async (world) => {
    await world.redis.kill('SIGKILL');
    world.lost += await cutTail(join(world.redis.folder, 'appendonlydir'));
  },
  heal: ({ redis }) => redis.start(),
};

/**
 * Answers how many entries were cut off. Cuts between transactions: of one that is cut in two Redis keeps the beginning in its
 * file, skips it, and lets it come alive at the next load.
 */
async function cutTail(folder: string): Promise<number> {
  const number = (name: string) => Number(name.split('.').at(-3));
  const names = (await readdir(folder)).filter((name) => name.endsWith('.incr.aof'));
  const newest = names.toSorted((a, b) => number(a) - number(b)).at(-1);
  if (newest === undefined) return 0;
  const file = await open(join(folder, newest), 'r+');
  try {
    const { size } = await file.stat();
    const keep = Math.max(0, size - LOST_BYTES);
    const tail = Buffer.alloc(size - keep);
    await file.read(tail, 0, tail.length, keep);
    const text = tail.toString('latin1');
    const begin = text.indexOf(TRANSACTION);
    if (begin === -1) return 0;
    await file.truncate(keep + begin);
    return text.slice(begin).split('\r\nXADD\r\n').length - 1;
  } finally {
    await file.close();
  }
}

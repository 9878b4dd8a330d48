import { readdirSync, readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** Seconds of CPU that some work cost this process, Redis, and all processes of PostgreSQL. */
export interface CpuSeconds {
  readonly own: number;
  readonly redis: number;
  readonly postgres: number;
}

/** Ticks of /proc/<pid>/stat a second, the same on every Linux that Node runs on. */
const TICKS = 100;

/** CPU time instead of wall time: what else runs on the machine hardly changes it. Reads /proc, so Linux only. */
export class CpuMeter {
  readonly #redis: Redis;
  readonly #postgresPid: number;

  constructor(redis: Redis, postgresPid: number) {
    this.#redis = redis;
    this.#postgresPid = postgresPid;
  }

  async measure(work: () => Promise<void>): Promise<CpuSeconds> {
    const before = await this.#now();
    await work();
    const after = await this.#now();
    return {
      own: after.own - before.own,
      redis: after.redis - before.redis,
      postgres: after.postgres - before.postgres,
    };
  }

  async #now(): Promise<CpuSeconds> {
    const info = await this.#redis.info('cpu');
    const field = (name: string) => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)?.[1]);
    const { user, system } = process.cpuUsage();
    return {
      own: (user + system) / 1e6,
      redis: field('used_cpu_user') + field('used_cpu_sys'),
      postgres: familySeconds(this.#postgresPid),
    };
  }
}

/** A process, those of its children that ended, and those that live. */
function familySeconds(pid: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    // After the name in parentheses: state, parent …; utime is the 12th, then stime, cutime, cstime.
    if (Number(name) === pid) ticks += sum(stat, 11, 15);
    else if (Number(stat[1]) === pid) ticks += sum(stat, 11, 13);
  }
  return ticks / TICKS;
}

function statOf(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // It ended in between.
    return [];
  }
}

function sum(stat: readonly string[], from: number, to: number): number {
  return stat.slice(from, to).reduce((total, ticks) => total + Number(ticks), 0);
}

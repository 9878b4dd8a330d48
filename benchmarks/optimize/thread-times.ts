import { readdirSync, readFileSync } from 'node:fs';

/** By thread of this process: milliseconds that it ran, and that it could have run while others held the cores. Empty where no Linux tells. */
export type ThreadTimes = ReadonlyMap<string, number>;

export function threadTimes(): ThreadTimes {
  try {
    return new Map(readdirSync('/proc/self/task').map((id) => [id, wantedMs(id)]));
  } catch {
    return new Map();
  }
}

/** Of the `count` threads that wanted to run most: the share of the time in which they did. Null where nobody tells. */
export function shareWanted(before: ThreadTimes, wallMs: number, count: number): number | null {
  const after = threadTimes();
  if (after.size === 0) return null;
  const wanted = [...after].map(([id, ms]) => ms - (before.get(id) ?? 0)).sort((a, b) => b - a);
  return wanted.slice(0, count).reduce((sum, ms) => sum + Math.min(ms, wallMs), 0) / (wallMs * count);
}

function wantedMs(id: string): number {
  const [ranNs = 0, waitedNs = 0] = readFileSync(`/proc/self/task/${id}/schedstat`, 'utf8').split(' ').map(Number);
  return (ranNs + waitedNs) / 1e6;
}

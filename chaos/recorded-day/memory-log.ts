import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const LOOK_EVERY_MS = 2_000;
/** A process grows while it fills its caches and compiles its code. */
const WARM_UP_MS = 120_000;
/** Fewer looks after the warm-up tell nothing: nine minutes. */
const ENOUGH = 270;
const run = promisify(execFile);

export interface MemoryFigures {
  /** How long the process that lived longest was looked at after its warm-up. */
  readonly minutes: number;
  /** Medians of the first and the last quarter of that time, MiB. */
  readonly firstMiB: number;
  readonly lastMiB: number;
  readonly mostMiB: number;
  /** Slope of the straight line that fits best, MiB an hour. */
  readonly slopeMiB: number;
}

interface Look {
  readonly atMs: number;
  readonly mib: number;
}

/** Looks at the resident memory of whatever process `pid` names at the moment, until `stop`. */
export class MemoryLog {
  readonly #lives = new Map<number, Look[]>();
  readonly #timer: NodeJS.Timeout;

  constructor(pid: () => number) {
    this.#timer = setInterval(() => void this.#look(pid()), LOOK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Null when no process lived long enough. */
  figures(): MemoryFigures | null {
    const lives = [...this.#lives.values()].map((looks) => {
      const begun = looks[0]!.atMs;
      return looks.filter(({ atMs }) => atMs - begun >= WARM_UP_MS);
    });
    const looks = lives.toSorted((a, b) => b.length - a.length)[0] ?? [];
    if (looks.length < ENOUGH) return null;
    const quarter = Math.floor(looks.length / 4);
    return {
      minutes: (looks.at(-1)!.atMs - looks[0]!.atMs) / 60_000,
      firstMiB: median(looks.slice(0, quarter)),
      lastMiB: median(looks.slice(-quarter)),
      mostMiB: Math.max(...looks.map(({ mib }) => mib)),
      slopeMiB: slope(looks) * 3_600_000,
    };
  }

  async #look(pid: number): Promise<void> {
    const atMs = performance.now();
    // It may have ended in between.
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
    const mib = Number(stdout.trim()) / 1024;
    if (!(mib > 0)) return;
    const life = this.#lives.get(pid);
    if (life === undefined) this.#lives.set(pid, [{ atMs, mib }]);
    else life.push({ atMs, mib });
  }
}

function median(looks: readonly Look[]): number {
  return looks.map(({ mib }) => mib).toSorted((a, b) => a - b)[looks.length >> 1]!;
}

/** Least squares, MiB a millisecond. */
function slope(looks: readonly Look[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [t, m] = [mean(looks.map(({ atMs }) => atMs)), mean(looks.map(({ mib }) => mib))];
  const over = looks.reduce((sum, { atMs, mib }) => sum + (atMs - t) * (mib - m), 0);
  return over / looks.reduce((sum, { atMs }) => sum + (atMs - t) ** 2, 0);
}

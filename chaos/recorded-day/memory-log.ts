import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { liveHeapBytes } from './live-heap.js';

const LOOK_EVERY_MS = 2_000;
/** Each asks for a whole collection, which stops the process for some milliseconds. */
const HEAP_EVERY_MS = 20_000;
/** A process grows while it fills its caches and compiles its code. */
const WARM_UP_MS = 120_000;
/** Fewer looks after the warm-up tell nothing: nine minutes. */
const ENOUGH = 270;
const run = promisify(execFile);

/** Of the process that lived longest, after its warm-up. MiB. */
export interface MemoryFigures {
  readonly minutes: number;
  /** What is in use after a collection: growth is a leak. */
  readonly heap: Growth;
  /** What the system counts; it follows the allocator, too. */
  readonly resident: Growth;
}

export interface Growth {
  /** Medians of the first and the last quarter. */
  readonly firstMiB: number;
  readonly lastMiB: number;
  readonly mostMiB: number;
}

interface Look {
  readonly atMs: number;
  readonly mib: number;
}

interface Life {
  readonly heap: Look[];
  readonly resident: Look[];
}

/** Looks at the memory of whatever process `pid` names at the moment, until `stop`; it is inspected at `inspectPort`. */
export class MemoryLog {
  readonly #lives = new Map<number, Life>();
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(pid: () => number, inspectPort: number) {
    const every = (ms: number, what: keyof Life, look: (of: number) => Promise<number>) =>
      setInterval(() => void this.#look(pid(), what, look), ms);
    this.#timers = [
      every(LOOK_EVERY_MS, 'resident', residentBytes),
      every(HEAP_EVERY_MS, 'heap', () => liveHeapBytes(inspectPort)),
    ];
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Null when no process lived long enough. */
  figures(): MemoryFigures | null {
    const lives = [...this.#lives.values()].map(({ heap, resident }) => ({
      heap: warm(heap),
      resident: warm(resident),
    }));
    const { heap, resident } = lives.toSorted((a, b) => b.resident.length - a.resident.length)[0] ?? {
      heap: [],
      resident: [],
    };
    if (resident.length < ENOUGH || heap.length < 4) return null;
    return {
      minutes: (resident.at(-1)!.atMs - resident[0]!.atMs) / 60_000,
      heap: growth(heap),
      resident: growth(resident),
    };
  }

  async #look(pid: number, what: keyof Life, look: (of: number) => Promise<number>): Promise<void> {
    const atMs = performance.now();
    // It may have ended in between.
    const mib = (await look(pid).catch(() => 0)) / 1024 ** 2;
    if (!(mib > 0)) return;
    const life = this.#lives.get(pid) ?? { heap: [], resident: [] };
    this.#lives.set(pid, life);
    life[what].push({ atMs, mib });
  }
}

async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout.trim()) * 1024;
}

function warm(looks: readonly Look[]): readonly Look[] {
  return looks.filter(({ atMs }) => atMs - looks[0]!.atMs >= WARM_UP_MS);
}

function growth(looks: readonly Look[]): Growth {
  const quarter = Math.ceil(looks.length / 4);
  return {
    firstMiB: median(looks.slice(0, quarter)),
    lastMiB: median(looks.slice(-quarter)),
    mostMiB: Math.max(...looks.map(({ mib }) => mib)),
  };
}

function median(looks: readonly Look[]): number {
  return looks.map(({ mib }) => mib).toSorted((a, b) => a - b)[looks.length >> 1]!;
}

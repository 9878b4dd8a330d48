import type { EngineReport } from '@alpha-engine/core/process';
import type { FaultRecord } from '../inject-faults.js';
import type { Market } from '../market.js';
import type { Progress } from '../progress.js';
import type { World } from '../world.js';

/** What a run left behind, after everything was read and the processes were stopped in order. */
export interface Aftermath {
  readonly market: Market;
  readonly world: World;
  readonly bus: Progress['bus'];
  readonly store: Progress['store'];
  /** The engine's last words. */
  readonly report: EngineReport;
  readonly exchange: Awaited<ReturnType<World['exchange']>>['stats'];
  readonly faults: readonly FaultRecord[];
  /** Faults kept market data from the collector: what it missed came from REST, later, or is said to be missing. */
  readonly isBlinded: boolean;
}

export interface CheckResult {
  readonly check: string;
  /** Empty: it holds. */
  readonly problems: readonly string[];
  /** What was looked at, in figures. */
  readonly figures: string;
}

export type Check = (aftermath: Aftermath) => Promise<CheckResult>;

/** Collects problems; of many only the first are worth reading. */
export class Problems {
  readonly #list: string[] = [];
  #more = 0;

  add(problem: string): void {
    if (this.#list.length < 10) this.#list.push(problem);
    else this.#more++;
  }

  expect(holds: boolean, problem: () => string): void {
    if (!holds) this.add(problem());
  }

  get list(): readonly string[] {
    return this.#more === 0 ? this.#list : [...this.#list, `… and ${this.#more} more.`];
  }
}

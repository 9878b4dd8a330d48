import type { DiskName } from '../disk.js';
import type { Worker } from '../progress.js';
import type { World } from '../world.js';

/** Something that goes wrong, and how one sees that it is over. To add one: a file, and a line in `index.ts`. */
export interface Fault {
  /** Unique; `--fault` names it. */
  readonly name: string;
  readonly target: string;
  /** Its files must lie on a disk of their own. */
  readonly disk?: DiskName;
  /** Keeps market data from the collector, which reads the trades it missed from REST: the market must be one that REST can catch up with. */
  readonly blinds?: true;
  /** Can only happen under this append-only policy. */
  readonly appendfsync?: 'everysec';
  /** How long it lasts before it is healed: a range of milliseconds to draw from. Absent: no longer than healing takes. */
  readonly lastsMs?: readonly [from: number, to: number];
  /** Recovered when all of these have worked on market data that reached the bus after the strike. */
  readonly recoveredWhen: readonly Worker[];
  strike(world: World): Promise<void>;
  /** Absent: it heals by itself (whoever supervises the process starts it again). */
  heal?(world: World): Promise<void>;
}

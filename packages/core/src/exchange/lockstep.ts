import type { EpochMs } from '../events/common.js';

/** One step of a market that goes on only when everybody has acted. */
export interface LockstepTurn {
  /** Market time stands here until the next turn. */
  readonly marketTs: EpochMs;
  /** How many market events this member ought to have been told since it joined, by `type symbol`. */
  readonly sent: Readonly<Record<string, number>>;
}

export const LOCKSTEP_ROLES = ['collector', 'engine', 'strategy', 'execution'] as const;

/** A collector, an engine, or the process of one of its two brains. */
export type LockstepRole = (typeof LOCKSTEP_ROLES)[number];

/** Who takes part: a collector has acted when what it was told is on the bus, a brain when it has nothing left to do. */
export interface LockstepMember {
  readonly role: LockstepRole;
  /** Resolves when there is nothing left to do in this turn. True: something was done since the answer before. */
  act(turn: LockstepTurn): Promise<boolean>;
}

import type { EpochMs } from '../events/common.js';

/** One step of a market that goes on only when everybody has acted. */
export interface LockstepTurn {
  /** Market time stands here until the next turn. */
  readonly marketTs: EpochMs;
  /** How many market events this member ought to have been told since it joined, by `type symbol`. */
  readonly sent: Readonly<Record<string, number>>;
}

/** Who takes part: a collector, which has acted when what it was told is on the bus, or an engine. */
export interface LockstepMember {
  readonly role: 'collector' | 'engine';
  /** Resolves when there is nothing left to do in this turn. True: something was done since the answer before. */
  act(turn: LockstepTurn): Promise<boolean>;
}

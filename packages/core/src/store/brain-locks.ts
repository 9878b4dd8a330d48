import type { EpochMs } from '../events/common.js';

/** Text that names a lock: the same text on the same database is the same lock. No secret: servers may log it. */
export type LockName = string;

/** A process on the database server's side of the lock. */
export interface LockHolder {
  /** Host and process, as it called itself; null when this database user may not see it. */
  readonly who: string | null;
  /** Of its connection on the server; with `sinceTs` unique for ever. */
  readonly pid: number;
  /** When that connection began, on the server's clock. */
  readonly sinceTs: EpochMs;
}

export interface Refusal {
  readonly name: LockName;
  /** Null when it let go in the same moment. */
  readonly holder: LockHolder | null;
}

/**
 * One connection that holds locks for as long as it lives, on a server where no statement of a brain can get in its way.
 * Methods throw `STORE_*` errors; after `ended` everything does.
 */
export interface LockSession {
  readonly self: LockHolder;
  /** Takes all of them or none; null when they are ours. Others see from a refusal on that this process waits for them. */
  take(names: readonly LockName[]): Promise<Refusal | null>;
  /** Who holds each of them now; those that nobody holds are left out. */
  holders(names: readonly LockName[]): Promise<ReadonlyMap<LockName, LockHolder>>;
  /** Shows the server that this process is alive, and this process that the connection is still the one with the locks. */
  beat(): Promise<void>;
  /** Resolves with the reason once the connection is gone, and with it every lock. */
  readonly ended: Promise<Error>;
  /** Lets go of everything. Idempotent; a server that does not answer is not waited for. */
  close(): Promise<void>;
}

/**
 * Locks between processes on any number of hosts that share one database server. An embedded database has none: it
 * belongs to the one process that opened it, which the lock of its folder sees to.
 */
export interface BrainLocks {
  /** Which database this is, whatever address leads to it: a hash. */
  readonly place: string;
  /** How often a holder has to `beat`, and after how long without it the server lets go of its locks; milliseconds. */
  readonly beatMs: number;
  readonly patienceMs: number;
  open(): Promise<LockSession>;
}

import { setTimeout as delay } from 'node:timers/promises';
import { AlphaError } from '../errors/alpha-error.js';
import type { BrainLocks, LockHolder, LockName, LockSession, Refusal } from '../store/brain-locks.js';
import type { BrainName } from '../store/store.js';
import type { Logger } from '../telemetry/logger.js';
import { openUnless, unless } from './unless.js';

/** A brain, and what goes with it. */
export interface Claim {
  readonly brain: BrainName;
  /** What this brain has to itself: no brain of another name may have it. */
  readonly parts: readonly ClaimedPart[];
}

export interface ClaimedPart {
  readonly lock: LockName;
  /** For people: `the symbol BTC_JPY`. */
  readonly what: string;
}

export interface LockQueueOptions {
  readonly locks: BrainLocks;
  readonly claims: readonly Claim[];
  readonly logger: Logger;
  /** Called once when this process becomes a standby. */
  readonly onStandby?: () => void;
  /** How often a standby looks, wall milliseconds. Default 1000. */
  readonly lookEveryMs?: number;
  /** How long a database that is away is waited for, wall milliseconds. Default 60 000. */
  readonly giveUpAfterMs?: number;
}

const LOOK_EVERY_MS = 1000;
const GIVE_UP_AFTER_MS = 60_000;
const FIRST_RETRY_MS = 50;

/** Waits for the locks of all claims at once: whoever has them owns the brains. */
export class LockQueue {
  readonly #options: LockQueueOptions;
  readonly #names: readonly LockName[];
  #waited = false;
  #suspected: string | undefined;

  constructor(options: LockQueueOptions) {
    this.#options = options;
    const { claims } = options;
    // Brains first: a part that is refused then says that every brain was free.
    this.#names = [
      ...claims.map(({ brain }) => brain),
      ...claims.flatMap(({ parts }) => parts.map(({ lock }) => lock)),
    ];
  }

  /** Whether another engine had to end first. */
  get waited(): boolean {
    return this.#waited;
  }

  /**
   * The connection that holds everything. Throws the reason of `signal`, `OWNERSHIP_CONFLICT` when waiting would be wrong,
   * and `STORE_*` when the database stays away.
   */
  turn(signal: AbortSignal): Promise<LockSession> {
    return this.#queue(signal, (session, refusal) => this.#standBy(session, refusal));
  }

  /** The same for an owner whose connection broke: throws `OWNERSHIP_LOST` as soon as somebody else owns what was ours. */
  turnAgain(before: LockHolder, signal: AbortSignal): Promise<LockSession> {
    return this.#queue(signal, async (_, { name, holder }) => {
      // The server may not have noticed yet that our old connection is gone.
      if (holder === null || isSame(holder, before)) return;
      throw new AlphaError('OWNERSHIP_LOST', `${nameOf(holder)} took over ${name}.`);
    });
  }

  async #queue(
    signal: AbortSignal,
    refused: (session: LockSession, refusal: Refusal) => Promise<void>,
  ): Promise<LockSession> {
    const { locks, logger, lookEveryMs = LOOK_EVERY_MS, giveUpAfterMs = GIVE_UP_AFTER_MS } = this.#options;
    let session: LockSession | undefined;
    let seen = performance.now();
    try {
      for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, lookEveryMs)) {
        try {
          session ??= await openUnless(signal, locks.open());
          const refusal = await unless(signal, session.take(this.#names));
          if (refusal === null) {
            const won = session;
            session = undefined;
            return won;
          }
          await unless(signal, refused(session, refusal));
          seen = performance.now();
        } catch (error) {
          const again = AlphaError.is(error) && error.retryable && performance.now() - seen < giveUpAfterMs;
          if (!again || signal.aborted) throw error;
          logger.warn({ code: error.code }, 'The database is away; the locks are asked for again.');
          await session?.close();
          session = undefined;
        }
        // Not all at the same moment.
        await delay(wait * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => {});
        signal.throwIfAborted();
      }
    } finally {
      await session?.close();
    }
  }

  async #standBy(session: LockSession, { holder }: Refusal): Promise<void> {
    const conflict = await this.#conflict(session);
    // Seen twice: the first time two engines may have been in the middle of taking or leaving.
    if (conflict !== undefined && conflict === this.#suspected) throw new AlphaError('OWNERSHIP_CONFLICT', conflict);
    this.#suspected = conflict;
    if (this.#waited || conflict !== undefined) return;
    this.#waited = true;
    const brains = this.#options.claims.map(({ brain }) => brain);
    this.#options.onStandby?.();
    const owner = holder === null ? null : nameOf(holder);
    this.#options.logger.info(
      { brains, owner },
      'standby: another engine owns these brains; this one takes over when it ends',
    );
  }

  /** Why waiting would end in something else than what the owner does now. */
  async #conflict(session: LockSession): Promise<string | undefined> {
    const holders = await session.holders(this.#names);
    for (const { brain, parts } of this.#options.claims) {
      const owner = holders.get(brain);
      for (const { lock, what } of parts) {
        const holder = holders.get(lock);
        if (owner === undefined && holder !== undefined) {
          return `${nameOf(holder)} has ${what} already, under another name than ${brain}. Give it the same name to wait as its standby, or leave ${what} to it.`;
        }
        if (owner !== undefined && (holder === undefined || !isSame(holder, owner))) {
          return `${nameOf(owner)} owns ${brain} and does not have ${what}: a standby must be set up as its owner is. Give this engine a name of its own (ALPHA_ENGINE_NAME), or the settings of the owner.`;
        }
      }
    }
    return undefined;
  }
}

function isSame(one: LockHolder, other: LockHolder): boolean {
  return one.pid === other.pid && one.sinceTs === other.sinceTs;
}

function nameOf({ who, pid }: LockHolder): string {
  return who === null ? `The engine on connection ${pid}` : `The engine ${who}`;
}

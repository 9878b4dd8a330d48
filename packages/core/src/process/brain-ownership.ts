import { setTimeout as delay } from 'node:timers/promises';
import { AlphaError } from '../errors/alpha-error.js';
import type { LockSession } from '../store/brain-locks.js';
import { LockQueue, type LockQueueOptions } from './lock-queue.js';

/** What a brain asks of its ownership before it commits or sends. */
export interface Hold {
  /** False as soon as it is not certain any more that the locks are ours. */
  readonly held: boolean;
  /** Resolves at once while held; waits while that is being found out; throws `OWNERSHIP_LOST` when they are not. */
  assure(): Promise<void>;
}

/** Of an embedded database: it belongs to one process for as long as that lives. */
export const UNSHARED: Hold = { held: true, assure: () => Promise.resolve() };

/**
 * Owning brains across hosts: locks on the database server, held by a connection of their own. A lock says whose turn it is;
 * what makes a wrong turn harmless is the fence in the record, which a new owner raises and every commit of the old one
 * meets. In the background a beat keeps the locks. When their connection breaks, nothing is committed or sent until they are
 * ours again; when somebody else was faster, they are lost for good. `close` ends it.
 */
export class BrainOwnership implements Hold {
  readonly #options: LockQueueOptions;
  readonly #lost = new AbortController();
  readonly #closed = new AbortController();
  #session: LockSession;
  /** When the server was last seen to hold the locks for us, monotonic milliseconds: it keeps them for its patience from then on. */
  #provenMs = Number.NEGATIVE_INFINITY;
  #proving: Promise<void> | undefined;
  #regaining = false;
  /** Whether another engine had to end first. */
  readonly waited: boolean;

  private constructor(options: LockQueueOptions, session: LockSession, waited: boolean) {
    this.#options = options;
    this.#session = session;
    this.waited = waited;
    this.#listen(session);
    void this.#beat();
  }

  /** Waits for its turn; throws as `LockQueue.turn` does. */
  static async obtain(options: LockQueueOptions, signal: AbortSignal): Promise<BrainOwnership> {
    const queue = new LockQueue(options);
    const session = await queue.turn(signal);
    const ownership = new BrainOwnership(options, session, queue.waited);
    await ownership.assure();
    return ownership;
  }

  get held(): boolean {
    if (this.#regaining || this.#lost.signal.aborted || this.#closed.signal.aborted) return false;
    // A process that was stopped for longer finds the time gone before it hears from the server.
    return performance.now() - this.#provenMs < this.#options.locks.patienceMs;
  }

  /** Aborts with an `OWNERSHIP_LOST` once the locks are gone for good. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async assure(): Promise<void> {
    while (!this.held) {
      this.#lost.signal.throwIfAborted();
      await this.#prove();
    }
  }

  /** Leaves the brains to whoever waits. Idempotent. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#session.close();
  }

  async #beat(): Promise<void> {
    const { beatMs } = this.#options.locks;
    const signal = this.#closed.signal;
    while (!signal.aborted && !this.#lost.signal.aborted) {
      await delay(beatMs, undefined, { signal, ref: false }).catch(() => {});
      if (!signal.aborted) await this.#prove().catch(() => {});
    }
  }

  /** A connection that ends is known at once. */
  #listen(session: LockSession): void {
    void session.ended.then(() => {
      const over = this.#closed.signal.aborted || this.#lost.signal.aborted;
      if (session === this.#session && !over) this.#prove().catch(() => {});
    });
  }

  #prove(): Promise<void> {
    this.#proving ??= this.#proveOnce().finally(() => {
      this.#proving = undefined;
    });
    return this.#proving;
  }

  async #proveOnce(): Promise<void> {
    for (;;) {
      const asked = performance.now();
      try {
        await this.#session.beat();
        this.#provenMs = asked;
        this.#regaining = false;
        return;
      } catch (error) {
        // A new connection would end the same way.
        if (AlphaError.is(error) && !error.retryable) await this.#lose(error);
        await this.#regain(error as Error);
      }
    }
  }

  /** Takes the locks back on a new connection, or says for good that they are lost. */
  async #regain(reason: Error): Promise<void> {
    const { claims, logger } = this.#options;
    const brains = claims.map(({ brain }) => brain);
    this.#regaining = true;
    const { self } = this.#session;
    await this.#session.close();
    if (!this.#closed.signal.aborted)
      logger.warn(
        { brains, reason: reason.message },
        'The locks are gone; nothing is committed or sent until they are back.',
      );
    try {
      this.#session = await new LockQueue(this.#options).turnAgain(self, this.#closed.signal);
      this.#listen(this.#session);
      logger.info({ brains }, 'The locks are back; nobody else had them.');
    } catch (error) {
      await this.#lose(error);
    }
  }

  /** For good. */
  async #lose(cause: unknown): Promise<never> {
    const brains = this.#options.claims.map(({ brain }) => brain);
    const because = AlphaError.is(cause) ? cause.message : 'It was not taken up again.';
    const lost = new AlphaError(
      'OWNERSHIP_LOST',
      `This engine does not own ${brains.join(' and ')} any more: the connection that held the locks was lost. ${because} Start it again: it waits as a standby, or goes on.`,
      { context: { brains }, cause },
    );
    this.#lost.abort(lost);
    await this.#session.close();
    throw lost;
  }
}

import { setMaxListeners } from 'node:events';
import { AlphaError } from '../../errors/alpha-error.js';
import type { Logger } from '../../telemetry/logger.js';
import { createClient, type RedisClient, type RedisDriver } from './redis-client.js';
import { isPassing, isRefusal, isWrongDatabase, redisError } from './redis-trouble.js';
import { describeRedis, type RedisTarget } from './redis-url.js';

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;
const FIRST_REMINDER_MS = 10_000;
const LONGEST_REMINDER_MS = 600_000;

export interface LinkOptions {
  readonly driver: RedisDriver;
  readonly logger: Logger;
  readonly patienceMs: number;
  /** An answer that takes longer means that the connection is dead; milliseconds of wall time. */
  readonly silenceMs: number;
}

/**
 * The way to one Redis: a connection for short commands, more for readers that wait, and the patience with which a Redis
 * that is away (restart, failover, LOADING) is waited for. Tells the log when Redis goes and comes, once each.
 */
export class RedisLink {
  /** The address without its secrets. */
  readonly where: string;
  readonly main: RedisClient;
  readonly isCluster: boolean;
  /** How long a call waits for a Redis that is away, milliseconds of wall time. */
  readonly patienceMs: number;
  readonly #target: RedisTarget;
  readonly #driver: RedisDriver;
  readonly #silenceMs: number;
  readonly #logger: Logger;
  readonly #end = new AbortController();
  #awaySinceMs: number | null = null;
  #reminder: NodeJS.Timeout | undefined;
  #lastError: Error | undefined;
  /** Why a Sentinel named no master. */
  #sentinelError: Error | undefined;

  constructor(target: RedisTarget, options: LinkOptions) {
    this.where = describeRedis(target);
    this.isCluster = target.kind === 'cluster';
    this.patienceMs = options.patienceMs;
    this.#target = target;
    this.#driver = options.driver;
    this.#silenceMs = options.silenceMs;
    this.#logger = options.logger;
    // Every call that waits listens.
    setMaxListeners(0, this.#end.signal);
    this.main = createClient(target, options.driver, options.silenceMs);
    this.main.setMaxListeners(0);
    this.main.on('error', (error: Error) => {
      // What follows a refusal only says that there is no connection.
      if (this.#lastError === undefined || !isRefusal(this.#lastError)) {
        this.#lastError = reasonOf(error, this.#sentinelError);
      }
    });
    this.main.on('sentinelError', (error: Error) => {
      this.#sentinelError = error;
    });
    // Told again on the new connection, should it still be so.
    this.main.on('connect', () => {
      if (this.#isInWrongDatabase) this.#lastError = undefined;
    });
    this.main.on('close', () => this.#went());
    this.main.on('ready', () => this.#came());
  }

  get closed(): boolean {
    return this.#end.signal.aborted;
  }

  /** A connection of its own for a reader; a Cluster's readers do not block and share the one there is. */
  openReader(): RedisClient {
    if (this.isCluster) return this.main;
    const client = createClient(this.#target, this.#driver, this.#silenceMs);
    // The main connection tells of it; without a listener the process would end.
    client.on('error', () => {});
    return client;
  }

  /**
   * Waits until the connection takes commands, until `deadline` (of `performance.now()`) and while it is `wanted`. Throws
   * `BUS_UNAVAILABLE` or `BUS_CLOSED`.
   */
  async ready(client: RedisClient, deadline: number, wanted: () => boolean = () => true): Promise<void> {
    while (client.status !== 'ready' || this.#isInWrongDatabase) {
      this.assertOpen();
      if (this.#lastError !== undefined && isRefusal(this.#lastError)) throw redisError(this.#lastError, this.where);
      if (!wanted()) throw redisError(new Error('interrupted'), this.where);
      if (client.status === 'wait' || client.status === 'end') void client.connect().catch(() => {});
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw redisError(this.#lastError ?? new Error('no connection'), this.where);
      await this.pause(leftMs, client);
    }
  }

  /** Does work that may be done twice, again and again while Redis is away or, with a full disk, refuses what it writes. Throws what the server finally says. */
  async call<T>(work: (client: RedisClient) => Promise<T>, patienceMs = this.patienceMs): Promise<T> {
    const deadline = performance.now() + patienceMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      await this.ready(this.main, deadline);
      try {
        return await work(this.main);
      } catch (error) {
        this.assertOpen();
        if (!isPassing(error) || performance.now() >= deadline) throw redisError(error, this.where);
        await this.pause(pauseMs);
      }
    }
  }

  /** Resolves after a time, at once when the link is closed, and when `client` becomes ready, fails or ends. */
  pause(ms: number, client?: RedisClient): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        client?.off('ready', done);
        client?.off('error', done);
        client?.off('close', done);
        client?.off('end', done);
        this.#end.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      client?.once('ready', done);
      client?.once('error', done);
      client?.once('close', done);
      client?.once('end', done);
      this.#end.signal.addEventListener('abort', done, { once: true });
      if (this.closed) done();
    });
  }

  assertOpen(): void {
    if (this.closed) throw new AlphaError('BUS_CLOSED', 'The bus was closed; open it again before using it.');
  }

  /** Ends every wait; connections stay until `disconnect`. */
  end(): void {
    clearTimeout(this.#reminder);
    this.#end.abort();
  }

  disconnect(): void {
    this.main.disconnect();
  }

  #went(): void {
    if (this.#awaySinceMs !== null || this.closed) return;
    this.#awaySinceMs = performance.now();
    this.#remind(FIRST_REMINDER_MS);
    const reason = this.#lastError?.message;
    this.#logger.warn({ redis: this.where, ...(reason && { reason }) }, 'Redis is away; it is tried again.');
  }

  get #isInWrongDatabase(): boolean {
    return this.#lastError !== undefined && isWrongDatabase(this.#lastError);
  }

  #came(): void {
    if (this.#isInWrongDatabase) return;
    this.#lastError = undefined;
    if (this.#awaySinceMs === null) return;
    clearTimeout(this.#reminder);
    const seconds = this.#secondsAway();
    this.#awaySinceMs = null;
    this.#logger.info({ redis: this.where, seconds }, 'Redis is back.');
  }

  /** After 10 seconds, 20, 40 … then every ten minutes. */
  #remind(ms: number): void {
    this.#reminder = setTimeout(() => {
      const reason = this.#lastError?.message;
      const fields = { redis: this.where, seconds: this.#secondsAway(), ...(reason && { reason }) };
      this.#logger.warn(fields, 'Redis is still away.');
      this.#remind(Math.min(LONGEST_REMINDER_MS, ms * 2));
    }, ms).unref();
  }

  #secondsAway(): number {
    return Math.round((performance.now() - (this.#awaySinceMs ?? 0)) / 1000);
  }
}

/** A Cluster, and a client that asks Sentinels, say that nobody could be reached; the reason lies below. */
function reasonOf(error: Error, sentinelError: Error | undefined): Error {
  if ('lastNodeError' in error && error.lastNodeError instanceof Error) return error.lastNodeError;
  return sentinelError !== undefined && error.message.startsWith('All sentinels') ? sentinelError : error;
}

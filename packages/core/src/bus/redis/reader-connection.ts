import type { RedisClient } from './redis-client.js';
import type { RedisLink } from './redis-link.js';

/** What a new connection to a Redis that answers is given, milliseconds. */
const CONNECT_MS = 2000;

/** A reader's own connection, made at the first read. Interrupting it ends what waits there; the next read connects anew. */
export class ReaderConnection {
  readonly #link: RedisLink;
  #client: RedisClient | null = null;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  /** Whether a read may wait inside Redis; on a Cluster one wait would hold up everybody on the shared connection. */
  get canBlock(): boolean {
    return !this.#link.isCluster;
  }

  /** The connection, ready; throws `BUS_UNAVAILABLE` when Redis is away for that long, or at an interruption. */
  async client(waitMs: number): Promise<RedisClient> {
    this.#client ??= this.#link.openReader();
    const client = this.#client;
    const isHere = this.#link.main.status === 'ready';
    const deadline = performance.now() + (isHere ? Math.max(CONNECT_MS, waitMs) : waitMs);
    await this.#link.ready(client, deadline, () => client === this.#client);
    return client;
  }

  interrupt(): void {
    if (this.#client === null || this.#client === this.#link.main) return;
    this.#client.disconnect();
    this.#client = null;
  }
}

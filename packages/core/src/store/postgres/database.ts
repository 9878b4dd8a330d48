import type { Pool, PoolClient } from 'pg';
import { AlphaError } from '../../errors/alpha-error.js';
import { toStoreError } from './pg-error.js';

export type Session = Pick<PoolClient, 'query'>;

/**
 * Transactions over a pool. Every statement runs inside one that begins with a plain `BEGIN`: on the embedded database all
 * clients share one session, and only an open transaction keeps their messages apart. With a pool of one, asking for a
 * second client inside a transaction would wait for ever, so the work gets the client and nothing else.
 */
export class Database {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#transaction('BEGIN READ ONLY', work);
  }

  write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#transaction('BEGIN', work);
  }

  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }

  async #transaction<T>(begin: string, work: (session: Session) => Promise<T>): Promise<T> {
    let client: PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      throw toStoreError(error);
    }
    // A connection that breaks between two statements says so by an event; the next statement fails with the reason.
    const ignore = () => {};
    client.on('error', ignore);
    let broken: Error | undefined;
    try {
      await client.query(begin);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      const failure = toStoreError(error);
      // A connection that does not answer, or leads to a server that takes no writes any more, is not worth another word:
      // closing it rolls back.
      if (AlphaError.is(failure, 'STORE_UNAVAILABLE')) broken = failure;
      else {
        await client.query('ROLLBACK').catch((again: Error) => {
          broken = again;
        });
      }
      throw failure;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }
}

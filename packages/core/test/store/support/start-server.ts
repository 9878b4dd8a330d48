import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { startPostgresServer } from '../../../src/testing/postgres-server.js';

export interface TestServer {
  /** Address of a new, empty database. */
  newDatabase(): Promise<string>;
  /** Ends the server and starts it again on the same files and port: in order, or after a kill that it must recover from. */
  restart(how: 'stop' | 'kill', whileDown?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** A real PostgreSQL server of this run's own, or the one of TEST_DATABASE_URL (a user who may create databases). */
export async function startServer(): Promise<TestServer> {
  const given = process.env.TEST_DATABASE_URL;
  if (given !== undefined) return sharedServer(given);
  const server = await startPostgresServer();
  return {
    newDatabase: () => createDatabase(server.url),
    async restart(how, whileDown) {
      await server[how === 'stop' ? 'end' : 'kill']();
      await whileDown?.();
      await server.start();
    },
    stop: () => server.stop(),
  };
}

/** What was made there is removed again. */
function sharedServer(url: string): TestServer {
  const made: string[] = [];
  return {
    async newDatabase() {
      const address = await createDatabase(url);
      made.push(new URL(address).pathname.slice(1));
      return address;
    },
    restart: () =>
      Promise.reject(new Error('The server of TEST_DATABASE_URL is not ours to stop; unset the variable.')),
    async stop() {
      for (const name of made) await run(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function createDatabase(url: string): Promise<string> {
  const name = `alpha_test_${randomBytes(6).toString('hex')}`;
  await run(url, `CREATE DATABASE ${name}`);
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}

async function run(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

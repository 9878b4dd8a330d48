import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  /** Sends the signal to exactly this server and waits until it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and folder. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  /** Lines of its configuration as arguments: `['--appendonly', 'yes']`. */
  readonly args?: readonly string[];
  readonly password?: string;
}

/** Starts a redis-server of our own on a free port with a folder of its own; resolves when it answers. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'alpha-redis-'));
  const port = await freePort();
  const login = options.password === undefined ? '' : `:${options.password}@`;
  const url = `redis://${login}127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const start = async () => {
    child = await spawnRedis(folder, port, options);
    await answers(url, child);
  };
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child!.once('exit', resolve));
    child.kill(signal);
    await gone;
  };
  const stop = async () => {
    await kill();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    url,
    get pid() {
      return child!.pid!;
    },
    kill,
    start,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function spawnRedis(folder: string, port: number, { args = [], password }: RedisServerOptions) {
  const program = process.env.REDIS_SERVER_BIN;
  if (program === undefined) {
    throw new Error(
      'There is no redis-server for this test. Install one (Debian: apt-get install redis-server), or set REDIS_SERVER_BIN to its path.',
    );
  }
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--daemonize', 'no'];
  const secret = password === undefined ? [] : ['--requirepass', password];
  return spawn(program, [...own, ...secret, ...args], { stdio: ['ignore', 'ignore', 'ignore'] });
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => {});
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`redis-server ended with status ${code} before it answered.`)));
  });
  try {
    await Promise.race([client.ping(), ended]);
  } finally {
    client.disconnect();
  }
}

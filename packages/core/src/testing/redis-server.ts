import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  /** Where the nodes of a Cluster talk to each other; undefined outside of one. */
  readonly clusterPort: number | undefined;
  readonly url: string;
  readonly folder: string;
  readonly pid: number;
  /** False after a kill, or when it ended by itself. */
  readonly isRunning: boolean;
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
  /** An empty folder for its files, which stays; by default a folder of its own that goes with it. */
  readonly folder?: string;
  /** Gives the server a free port for the Cluster's own traffic. */
  readonly clusterPort?: boolean;
}

/**
 * Starts a redis-server for a test, of its own: a free port, a folder that goes with it. The program is `REDIS_SERVER_BIN`, or
 * `redis-server` on the PATH. Resolves when it answers.
 */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'alpha-redis-')));
  const port = await freePort();
  const clusterPort = options.clusterPort ? await freePort() : undefined;
  const cluster = clusterPort === undefined ? [] : ['--cluster-port', String(clusterPort)];
  const started = { ...options, args: [...cluster, ...(options.args ?? [])] };
  const login = options.password === undefined ? '' : `:${options.password}@`;
  const url = `redis://${login}127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const start = async () => {
    child = await spawnRedis(folder, port, started);
    await answers(port, child);
  };
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child === undefined || !isRunning()) return;
    const gone = new Promise((resolve) => child!.once('exit', resolve));
    child.kill(signal);
    await gone;
  };
  const stop = async () => {
    await kill();
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    clusterPort,
    url,
    folder,
    get pid() {
      return child!.pid!;
    },
    get isRunning() {
      return isRunning();
    },
    kill,
    start,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function spawnRedis(folder: string, port: number, { args = [], password }: RedisServerOptions) {
  const program = process.env.REDIS_SERVER_BIN ?? 'redis-server';
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--daemonize', 'no'];
  const secret = password === undefined ? [] : ['--requirepass', password];
  return spawn(program, [...own, ...secret, ...args], { stdio: ['ignore', 'ignore', 'ignore'] });
}

/** Asks until it answers, with anything but "loading": a plain socket, because this file must not need a client. */
async function answers(port: number, child: ChildProcess): Promise<void> {
  let ended: Error | undefined;
  child.once('error', (error) => {
    ended = new Error(
      'There is no redis-server for this test. Install one (Debian: apt-get install redis-server), or set REDIS_SERVER_BIN to its path.',
      { cause: error },
    );
  });
  child.once('exit', (code) => {
    ended ??= new Error(`redis-server ended with status ${code} before it answered.`);
  });
  for (;;) {
    if (ended !== undefined) throw ended;
    const said = await ask(port);
    if (said !== '' && !said.startsWith('-LOADING')) return;
    await delay(20);
  }
}

function ask(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    socket.on('connect', () => socket.write('PING\r\n'));
    socket.on('data', (data) => {
      said += data.toString();
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(said));
  });
}

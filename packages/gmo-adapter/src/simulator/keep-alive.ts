import type { WebSocket } from 'ws';

const MOST_MISSED_PONGS = 3;

/**
 * Keeps one socket as the exchange does: a ping every `pingMs`, the connection cut after three without a pong, and cut
 * without a word when nothing at all went either way for `idleMs`. Stops when the socket closes.
 */
export class KeepAlive {
  readonly #socket: WebSocket;
  readonly #pingTimer: NodeJS.Timeout;
  readonly #idleTimer: NodeJS.Timeout;
  #missed = 0;
  #stopped = false;

  constructor(socket: WebSocket, pingMs: number, idleMs: number) {
    this.#socket = socket;
    this.#idleTimer = setTimeout(() => socket.terminate(), idleMs);
    this.#pingTimer = setInterval(() => this.#ping(), pingMs);
    socket.on('message', () => this.touch());
    socket.on('ping', () => this.touch());
    socket.on('pong', () => {
      this.#missed = 0;
      this.touch();
    });
    socket.on('close', () => this.stop());
  }

  /** No more pings, and no end for silence. */
  stop(): void {
    clearTimeout(this.#idleTimer);
    clearInterval(this.#pingTimer);
    this.#stopped = true;
  }

  /** Something went over the wire. */
  touch(): void {
    // Refreshing a cleared timer would start it again.
    if (!this.#stopped) this.#idleTimer.refresh();
  }

  #ping(): void {
    if (this.#missed >= MOST_MISSED_PONGS) {
      this.#socket.terminate();
      return;
    }
    this.#missed += 1;
    this.#socket.ping();
    this.touch();
  }
}

import type { Clock, EpochMs } from '@alpha-engine/core';
import type { WebSocket } from 'ws';
import type { FaultDesk, FaultySocket, FrameSubject, Stream } from './faults/fault-desk.js';
import { KeepAlive } from './keep-alive.js';
import type { SimulatorTimings } from './switches.js';

const MAX_DELAY_MS = 100;

export interface OutletOptions {
  readonly socket: WebSocket;
  readonly stream: Stream;
  /** The n-th connection of its stream. */
  readonly number: number;
  readonly timings: SimulatorTimings;
  readonly faults: FaultDesk;
  readonly wall: Clock;
}

/** One open socket as the exchange's end sees it: what leaves through it, when, and how it is kept alive. */
export class Outlet implements FaultySocket {
  readonly socket: WebSocket;
  readonly stream: Stream;
  readonly number: number;
  readonly #faults: FaultDesk;
  readonly #wall: Clock;
  readonly #keepAlive: KeepAlive;
  /** Frames that a fault holds back, by when they may leave. */
  #held: { readonly text: string; due: EpochMs }[] = [];
  #lastDue: EpochMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #frozen = false;
  #reads = 0;

  constructor({ socket, stream, number, timings, faults, wall }: OutletOptions) {
    this.socket = socket;
    this.stream = stream;
    this.number = number;
    this.#faults = faults;
    this.#wall = wall;
    this.#keepAlive = new KeepAlive(socket, timings.pingMs, timings.idleMs);
    faults.join(this);
    socket.on('ping', (data) => {
      if (faults.answersPing(this)) socket.pong(data, undefined, ignoreClosed);
    });
    socket.on('close', () => {
      faults.leave(this);
      this.#held = [];
      if (this.#timer !== null) clearTimeout(this.#timer);
    });
  }

  /** False from the client's closing frame on: nothing goes out behind it. */
  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  get waiting(): number {
    return this.#held.length;
  }

  get lastDue(): EpochMs {
    return this.#lastDue;
  }

  send(frame: string, subject: FrameSubject = {}): void {
    if (this.#frozen) return;
    const { texts, due, ordered } = this.#faults.frame(this, frame, subject);
    if (due <= this.#wall.now() && this.#held.length === 0) {
      for (const text of texts) this.#write(text);
      return;
    }
    const at = ordered ? Math.max(due, this.#lastDue) : due;
    if (ordered) this.#lastDue = at;
    for (const text of texts) this.#held.push({ text, due: at });
    if (!ordered) this.#held.sort((a, b) => a.due - b.due);
    this.#flush();
  }

  /** Resolves when the other end has read everything sent so far, or is gone. */
  async read(): Promise<void> {
    const { socket } = this;
    if (!this.isOpen) return;
    this.#reads += 1;
    const token = `read ${this.#reads}`;
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('pong', pong);
        socket.off('close', done);
        resolve();
      };
      const pong = (data: Buffer) => {
        if (data.toString() === token) done();
      };
      socket.on('pong', pong);
      socket.on('close', done);
      socket.ping(token, undefined, ignoreClosed);
    });
  }

  cut(): void {
    this.socket.terminate();
  }

  freeze(): void {
    this.#frozen = true;
    this.#held = [];
    this.#keepAlive.stop();
    this.socket.pause();
  }

  release(): void {
    const now = this.#wall.now();
    for (const held of this.#held) if (held.due === Number.POSITIVE_INFINITY) held.due = now;
    this.#lastDue = Math.min(this.#lastDue, now);
    this.#flush();
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const now = this.#wall.now();
    const ready = this.#held.findIndex(({ due }) => due > now);
    const leaving = ready === -1 ? this.#held.splice(0) : this.#held.splice(0, ready);
    for (const { text } of leaving) this.#write(text);
    const [next] = this.#held;
    if (next === undefined || next.due === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#flush(), Math.min(MAX_DELAY_MS, Math.max(1, next.due - now)));
  }

  #write(text: string): void {
    this.#keepAlive.touch();
    this.socket.send(text, ignoreClosed);
  }
}

/** A socket that closed in between is noticed by its `close` event. */
function ignoreClosed(): void {}

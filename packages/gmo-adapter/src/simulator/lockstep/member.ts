import type { LockstepRole } from '@alpha-engine/core';
import type { WebSocket } from 'ws';
import { lockstepAnswer } from '../../schema/lockstep-turn.js';

export interface Turn {
  readonly marketTs: number;
  readonly sent: Readonly<Record<string, number>>;
}

/** A process that the market waits for, at the simulator's end of its connection. */
export class Member {
  readonly role: LockstepRole;
  /** Frames by `type symbol` when it joined: what was sent before is none of its business. */
  readonly #before: Readonly<Record<string, number>>;
  readonly #socket: WebSocket;
  #turn = 0;
  #gone = false;
  #hear: ((worked: boolean | null) => void) | null = null;
  #asking: Promise<boolean | null> = Promise.resolve(null);

  constructor(role: LockstepRole, socket: WebSocket, before: Readonly<Record<string, number>>) {
    this.role = role;
    this.#socket = socket;
    this.#before = before;
    socket.on('message', (data) => {
      const answer = lockstepAnswer.safeParse(parseJson(String(data)));
      if (!answer.success) socket.close(1008, 'not an answer');
      else if (answer.data.turn === this.#turn) this.#answer(answer.data.worked);
    });
    socket.on('close', () => {
      this.#gone = true;
      this.#answer(null);
    });
  }

  /** Whether it did anything since its answer before; null when it is gone. One question at a time. */
  ask(marketTs: number, frames: Readonly<Record<string, number>>): Promise<boolean | null> {
    this.#asking = this.#asking.then(() => {
      if (this.#gone) return null;
      this.#turn += 1;
      const counts = Object.entries(frames).map(([key, count]) => [key, count - (this.#before[key] ?? 0)]);
      const turn: Turn = { marketTs, sent: Object.fromEntries(counts) };
      return new Promise<boolean | null>((resolve) => {
        this.#hear = resolve;
        this.#socket.send(JSON.stringify({ turn: this.#turn, ...turn }));
      });
    });
    return this.#asking;
  }

  #answer(worked: boolean | null): void {
    this.#hear?.(worked);
    this.#hear = null;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

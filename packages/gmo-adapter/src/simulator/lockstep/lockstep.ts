import type { EpochMs, LockstepRole } from '@alpha-engine/core';
import type { WebSocket } from 'ws';
import { Member } from './member.js';

/** A closing frame that says: I am done. A process that was killed sends none. */
const LEFT = 1000;

export interface LockstepOptions {
  /** Public channels that must be subscribed. */
  readonly subscriptions: { readonly needed: number; now(): number };
  marketTs(): EpochMs;
  /** Public frames sent so far, by `type symbol`. */
  frames(): Readonly<Record<string, number>>;
  /** Resolves when every private message sent so far has been read by its process. */
  heard(): Promise<void>;
  /** Plays the next record; false when the tape is over. */
  step(): boolean;
}

/**
 * The market waits: one record of the tape, then everybody acts until nobody has anything left to do, then the next. It begins when a
 * collector and both brains have joined (an engine, or a process of each), and stands still while one of those who joined is missing, until it is back.
 */
export class Lockstep {
  readonly #options: LockstepOptions;
  readonly #members = new Set<Member>();
  /** So many must be there: the most there were, less those who left. */
  #expected = 0;
  #stopped = false;
  #wake: (() => void) | null = null;
  /** Everybody has acted on the last record. */
  ended = false;

  constructor(options: LockstepOptions) {
    this.#options = options;
  }

  join(socket: WebSocket, role: LockstepRole): void {
    const member = new Member(role, socket, this.#options.frames());
    this.#members.add(member);
    this.#expected = Math.max(this.#expected, this.#members.size);
    socket.on('close', (code) => {
      this.#members.delete(member);
      if (code === LEFT) this.#expected -= 1;
      this.changed();
    });
    this.changed();
  }

  /** Somebody came, or subscribed. */
  changed(): void {
    this.#wake?.();
  }

  stop(): void {
    this.#stopped = true;
    this.changed();
  }

  async run(): Promise<void> {
    while (!this.#stopped && !this.ended) {
      if (!this.#isWhole) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else if ((await this.#haveActed()) && this.#isWhole && !this.#stopped) this.ended = !this.#options.step();
    }
  }

  get #isWhole(): boolean {
    const { now, needed } = this.#options.subscriptions;
    const roles = new Set([...this.#members].map(({ role }) => role));
    const bothBrains = roles.has('engine') || (roles.has('strategy') && roles.has('execution'));
    const isAllThere = this.#members.size >= this.#expected && now() >= needed;
    return roles.has('collector') && bothBrains && isAllThere;
  }

  /** False when somebody went away meanwhile. What a collector was told is on the bus before an engine is asked. */
  async #haveActed(): Promise<boolean> {
    if ((await this.#ask((role) => role === 'collector')) === null) return false;
    for (;;) {
      await this.#options.heard();
      const worked = await this.#ask((role) => role !== 'collector');
      if (worked === null) return false;
      if (!worked) return true;
    }
  }

  async #ask(whom: (role: LockstepRole) => boolean): Promise<boolean | null> {
    const { frames, marketTs } = this.#options;
    const asked = [...this.#members].filter(({ role }) => whom(role));
    const answers = await Promise.all(asked.map((member) => member.ask(marketTs(), frames())));
    return answers.includes(null) || this.#stopped ? null : answers.includes(true);
  }
}

import { DataAgeWatch } from '@alpha-engine/core';
import type { FeedTimings } from './feed-timings.js';

/** What the socket ought to carry now. */
export interface Expected {
  readonly connected: boolean;
  /** The exchange is open as far as we know. */
  readonly open: boolean;
  /** Order books, which the exchange repeats in quiet markets, too: `asked` for, or `live`. */
  readonly books: 'none' | 'asked' | 'live';
}

/** Watches the socket as a whole, whatever it carries. A silence longer than usual may have hidden trades, though the socket stayed open. */
export class HushWatch {
  readonly #timings: Pick<FeedTimings, 'hush' | 'deadMs'>;
  readonly #rhythm: DataAgeWatch;
  #frames = 0;
  #framesLooked = 0;
  /** A frame came by this connection. */
  #hasSpoken = false;
  #hushed = false;

  constructor(timings: Pick<FeedTimings, 'hush' | 'deadMs'>, now: number) {
    this.#timings = timings;
    this.#rhythm = new DataAgeWatch(timings.hush, now);
  }

  /** A new connection. */
  opened(): void {
    this.#hasSpoken = false;
    this.#hushed = false;
  }

  /** A frame. True when it is the first after a silence. */
  heard(): boolean {
    this.#frames++;
    this.#hasSpoken = true;
    if (!this.#hushed) return false;
    this.#hushed = false;
    return true;
  }

  /** One look, `now` on a monotonic clock. True when a connection that carried books has been silent for so long that it is dead. */
  look(now: number, { connected, open, books }: Expected): boolean {
    if (!connected) this.#rhythm.restart(now);
    else if (this.#frames !== this.#framesLooked) this.#rhythm.seen(now);
    this.#framesLooked = this.#frames;
    // Before the first frame nothing is joined: the first trade is compared with REST anyway.
    if (this.#hasSpoken && books !== 'none' && this.#rhythm.isSilent(now)) this.#hushed = true;
    const dead = connected && open && books === 'live' && this.#rhythm.ageMs(now) > this.#timings.deadMs;
    if (dead) this.#rhythm.restart(now);
    return dead;
  }
}

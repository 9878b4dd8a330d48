import type { Clock, EpochMs } from '@alpha-engine/core';

export type TapeOrigin = 'now' | 'tape' | EpochMs;

export interface MarketClockOptions {
  readonly wall: Clock;
  readonly tapeStart: EpochMs;
  /** What the tape's start becomes: this moment, its own time, or a given one. */
  readonly origin: TapeOrigin;
  /** Market milliseconds per wall millisecond. */
  readonly speed: number;
  readonly held: boolean;
}

/**
 * Market time of the simulator: the tape's, shifted by an origin and scaled by a speed. It stands still while held and
 * never goes back; after the tape's end it goes on.
 */
export class MarketClock implements Clock {
  readonly speed: number;
  /** Add to a tape time to get market time. */
  readonly shift: number;
  readonly #wall: Clock;
  readonly #start: EpochMs;
  #releasedAt: EpochMs | null;
  #stoodAt: EpochMs | null = null;

  constructor(options: MarketClockOptions) {
    const { wall, tapeStart, origin } = options;
    this.#wall = wall;
    this.speed = options.speed;
    this.#start = origin === 'now' ? wall.now() : origin === 'tape' ? tapeStart : origin;
    this.shift = this.#start - tapeStart;
    this.#releasedAt = options.held ? null : wall.now();
  }

  get held(): boolean {
    return this.#releasedAt === null;
  }

  /** In lockstep: market time is what it is told, and stands until the next time. */
  stand(ts: EpochMs): void {
    this.#stoodAt = Math.max(this.now(), ts);
  }

  release(): void {
    this.#releasedAt ??= this.#wall.now();
  }

  now(): EpochMs {
    if (this.#stoodAt !== null) return this.#stoodAt;
    if (this.#releasedAt === null) return this.#start;
    return this.#start + Math.floor((this.#wall.now() - this.#releasedAt) * this.speed);
  }
}

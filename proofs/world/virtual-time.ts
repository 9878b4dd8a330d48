import { syncBuiltinESMExports } from 'node:module';
import FakeTimers, { type Clock } from '@sinonjs/fake-timers';

/** Lets every promise that can settle do so: a turn of the event loop that no clock of ours moves. */
const realImmediate = setImmediate;

/**
 * Time that passes only when nothing else can happen: timers, `Date` and `performance` of this process stand still until
 * every promise has settled, then jump to the next timer. Real I/O has no place in it. `end` gives the real time back.
 */
export class VirtualTime {
  readonly #clock: Clock;
  #turn = 0;

  constructor(startTs: number) {
    this.#clock = FakeTimers.install({
      now: startTs,
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    });
    // What was imported by name from `node:timers/promises` follows.
    syncBuiltinESMExports();
  }

  get now(): number {
    return this.#clock.now;
  }

  /** How often everything stood still so far: what comes in one turn comes in one go, with nobody looking in between. */
  get turn(): number {
    return this.#turn;
  }

  /** Until `isOver` says so, asked whenever everything stands still; false when it did not within `limitMs`. */
  async pass(isOver: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
    const end = this.#clock.now + limitMs;
    for (;;) {
      await new Promise<void>((resolve) => realImmediate(resolve));
      this.#turn += 1;
      if (await isOver()) return true;
      if (this.#clock.countTimers() === 0 || this.#clock.now >= end) return false;
      this.#clock.next();
    }
  }

  async wait(ms: number): Promise<void> {
    let over = false;
    setTimeout(() => {
      over = true;
    }, ms);
    await this.pass(() => over, ms + 1);
  }

  end(): void {
    this.#clock.reset();
    this.#clock.uninstall();
    syncBuiltinESMExports();
  }
}

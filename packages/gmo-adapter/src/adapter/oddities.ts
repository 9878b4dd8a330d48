import type { Logger } from '@alpha-engine/core';
import type { FrameRejection } from '../mapper/market-frame.js';

type Oddity = FrameRejection['reason'] | 'not_subscribed';

const SAMPLE = 200;

/** Frames that cannot be used: counted always, logged once a kind and at the end. */
export class Oddities {
  readonly #logger: Logger;
  readonly #counts = new Map<Oddity, number>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  saw(kind: Oddity, text: string): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count > 1) return;
    this.#logger.warn(
      { kind, sample: text.slice(0, SAMPLE) },
      'GMO Coin sent a frame that cannot be used; more of this kind are only counted.',
    );
  }

  report(): void {
    if (this.#counts.size === 0) return;
    this.#logger.warn({ counts: Object.fromEntries(this.#counts) }, 'Frames of GMO Coin that could not be used.');
  }
}

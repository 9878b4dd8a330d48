import { AlphaError, type Logger, type Margin } from '@alpha-engine/core';
import type { GmoMargin } from '../mapper/private.js';

export interface MarginWatchParts {
  readonly read: () => Promise<GmoMargin>;
  readonly tell: (margin: Margin) => void;
  /** Between two looks, wall milliseconds. */
  readonly everyMs: number;
  readonly logger: Logger;
}

/** After a change of a lot there is often another one; they are looked at together. */
const SOON_MS = 250;

/**
 * Looks at the margin, which no channel pushes, every so often and soon after a lot changed, and tells it when it is another one. Owns
 * one timer. A key without that permission is not asked twice.
 */
export class MarginWatch {
  readonly #parts: MarginWatchParts;
  #timer: NodeJS.Timeout | null = null;
  #last = '';
  #stopped = false;

  constructor(parts: MarginWatchParts) {
    this.#parts = parts;
  }

  /** Looks now; from then on by itself. */
  start(): void {
    this.#lookIn(0);
  }

  lotChanged(): void {
    this.#lookIn(SOON_MS);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #lookIn(ms: number): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), ms);
  }

  async #look(): Promise<void> {
    const { read, tell, everyMs, logger } = this.#parts;
    try {
      const { equity, used, available, unrealizedPnl, state } = await read();
      const margin = { equity, used, available, unrealizedPnl, state };
      const text = JSON.stringify(margin);
      if (this.#stopped) return;
      if (text !== this.#last) tell(margin);
      this.#last = text;
    } catch (error) {
      if (this.#stopped) return;
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn({ reason }, 'The margin could not be read.');
      if (AlphaError.is(error, 'EXCHANGE_AUTH')) this.#stopped = true;
    }
    this.#lookIn(everyMs);
  }
}

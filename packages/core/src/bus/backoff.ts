import { AlphaError } from '../errors/alpha-error.js';
import type { Logger } from '../telemetry/logger.js';

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1000;

/** Pauses that double, until giving up. */
export class Backoff {
  readonly #giveUpAfterMs: number;
  #pauseMs = FIRST_PAUSE_MS;
  #sinceMs: number | null = null;
  #wake: (() => void) | null = null;

  constructor(giveUpAfterMs: number) {
    this.#giveUpAfterMs = giveUpAfterMs;
  }

  reset(): void {
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#sinceMs = null;
  }

  /** Throws the reason when it has lasted too long. */
  async pause(reason: unknown, logger: Logger): Promise<void> {
    this.#sinceMs ??= performance.now();
    if (performance.now() - this.#sinceMs >= this.#giveUpAfterMs) throw reason;
    logger.warn({ error: String(reason), pauseMs: this.#pauseMs }, 'The bus did not answer; the batch is sent again.');
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#pauseMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  /** Ends a pause. */
  wake(): void {
    this.#wake?.();
  }
}

/** Errors that say what happened and that sending again cannot change. */
export function isFinal(reason: unknown): boolean {
  return AlphaError.is(reason) && !reason.retryable;
}

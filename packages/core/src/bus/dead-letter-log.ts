import type { Logger } from '../telemetry/logger.js';
import type { DeadLetter } from './dead-letter.js';
import type { StreamName } from './streams.js';

/** Between two lines about one stream, so that a writer gone wrong does not fill the log; milliseconds of wall time. */
const QUIET_MS = 60_000;

/** Warns of entries that were set aside: the first of a stream at once, then at most once a minute with their number. */
export class DeadLetterLog {
  readonly #logger: Logger;
  readonly #streams = new Map<StreamName, { quietUntilMs: number; untold: number }>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** At least one letter, all of one stream. */
  tell(letters: readonly DeadLetter[]): void {
    const { stream, entry_id, group, reason } = letters[0]!;
    const { quietUntilMs, untold } = this.#streams.get(stream) ?? { quietUntilMs: 0, untold: 0 };
    const count = untold + letters.length;
    const nowMs = performance.now();
    if (nowMs < quietUntilMs) {
      this.#streams.set(stream, { quietUntilMs, untold: count });
      return;
    }
    this.#streams.set(stream, { quietUntilMs: nowMs + QUIET_MS, untold: 0 });
    this.#logger.warn(
      { stream, group, entry: entry_id, reason, count },
      'Entries could not be decoded and were set aside; `alpha stream dlq` lists them.',
    );
  }
}

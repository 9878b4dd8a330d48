import type { Logger } from '@alpha-engine/core';
import type { CollectorLook } from '../services/collect.js';
import { feedTable } from './feed-table.js';
import { KeptLines } from './kept-lines.js';
import { LiveScreen } from './live-screen.js';

/** A collector's live table on a terminal instead of its log lines, from its start to its stop; before and after, the lines. */
export class LiveCollector {
  readonly #lines: KeptLines;
  readonly #exchange: string;
  #screen: LiveScreen | undefined;

  /** Closes itself when `signal` aborts. */
  constructor(
    options: { readonly exchange: string; readonly logger: Logger; readonly level: string },
    signal: AbortSignal,
  ) {
    this.#exchange = options.exchange;
    this.#lines = new KeptLines(options.logger, options.level);
    signal.addEventListener('abort', () => void this.close(), { once: true });
  }

  get logger(): Logger {
    return this.#lines.logger;
  }

  readonly look: CollectorLook = (read) => {
    const begunAt = performance.now();
    this.#lines.show();
    this.#screen = new LiveScreen(process.stdout, (screen) => {
      const upSeconds = (performance.now() - begunAt) / 1000;
      return feedTable({ ...read(), exchange: this.#exchange, upSeconds, lines: this.#lines.lines }, screen);
    });
  };

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#screen === undefined) return;
    this.#lines.wait();
    this.#lines.write({ seen: await this.#screen.close() });
  }
}

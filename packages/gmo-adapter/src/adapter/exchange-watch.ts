import { setTimeout as delay } from 'node:timers/promises';
import type { ExchangeStatus, Logger, StatusEvent } from '@alpha-engine/core';
import type { GmoMarketHistory } from './market-history.js';

const REASONS: Readonly<Record<ExchangeStatus, string>> = {
  open: 'The exchange is open.',
  preopen: 'The exchange takes cancels and no orders.',
  maintenance: 'The exchange is in maintenance.',
};

/** Whether the exchange is open: asked of REST now and then, told on every change and at the beginning. */
export class ExchangeWatch {
  readonly #history: Pick<GmoMarketHistory, 'status'>;
  readonly #pollMs: number;
  readonly #logger: Logger;
  readonly #tell: (data: StatusEvent['data']) => void;
  #status: ExchangeStatus | null = null;
  #failing = false;
  /** Aborted, it ends the pause between two requests; during a request, the pause after it. */
  #hurry = new AbortController();

  constructor(parts: {
    readonly history: Pick<GmoMarketHistory, 'status'>;
    readonly pollMs: number;
    readonly logger: Logger;
    readonly tell: (data: StatusEvent['data']) => void;
  }) {
    this.#history = parts.history;
    this.#pollMs = parts.pollMs;
    this.#logger = parts.logger;
    this.#tell = parts.tell;
  }

  /** False in maintenance and preopen: silence is no fault then. True before the first answer. */
  get isOpen(): boolean {
    return this.#status === null || this.#status === 'open';
  }

  /** Asks until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const end = () => this.#hurry.abort();
    signal.addEventListener('abort', end);
    while (!signal.aborted) {
      await this.#ask(signal);
      await delay(this.#pollMs, undefined, { signal: this.#hurry.signal }).catch(() => undefined);
      this.#hurry = new AbortController();
    }
    signal.removeEventListener('abort', end);
  }

  /** A socket was opened. If it was closed until now, it is asked once without waiting for the next poll: strategies pause until it is open. */
  opened(): void {
    if (!this.isOpen) this.#hurry.abort();
  }

  /** Seen otherwise: the handshake of a socket was answered so. */
  saw(status: ExchangeStatus, reason: string = REASONS[status]): void {
    if (this.#status === status) return;
    this.#status = status;
    this.#tell({ state: status, reason });
  }

  async #ask(signal: AbortSignal): Promise<void> {
    try {
      const status = await this.#history.status();
      this.#failing = false;
      if (!signal.aborted) this.saw(status);
    } catch (error) {
      if (signal.aborted || this.#failing) return;
      this.#failing = true;
      this.#logger.warn({ error: String(error) }, 'GMO Coin does not tell whether it is open; asking on.');
    }
  }
}

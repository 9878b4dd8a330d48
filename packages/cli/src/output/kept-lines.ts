import type { Logger } from '@alpha-engine/core';
import { wallClock } from '../services/wall-clock.js';

type Fields = Readonly<Record<string, unknown>>;

/** A warning or an error, to be shown. */
export interface KeptLine {
  /** Wall time. */
  readonly ts: number;
  readonly level: 'warn' | 'error';
  readonly message: string;
  readonly fields: Fields;
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const MOST = 100;

/**
 * A logger whose lines are written, as always, or shown: then the newest warnings and errors are kept for whoever shows them. In
 * between, while the terminal goes from one to the other, every line waits.
 */
export class KeptLines {
  readonly #behind: Logger;
  readonly #showsWarnings: boolean;
  #mode: 'writes' | 'shows' | 'waits' = 'writes';
  #shown: KeptLine[] = [];
  #waiting: (() => void)[] = [];

  /** `level`: of the least important line that is shown, as of those that are written. */
  constructor(behind: Logger, level: string) {
    this.#behind = behind;
    this.#showsWarnings = level !== 'error';
  }

  get lines(): readonly KeptLine[] {
    return this.#shown;
  }

  get logger(): Logger {
    return this.#over(this.#behind, {});
  }

  show(): void {
    this.#mode = 'shows';
  }

  wait(): void {
    this.#mode = 'waits';
  }

  /** What waited, first what was to be shown, unless somebody has seen that. */
  write({ seen }: { readonly seen: boolean }): void {
    this.#mode = 'writes';
    if (!seen) for (const { level, message, fields } of this.#shown) this.#behind[level](fields, message);
    for (const write of this.#waiting) write();
    this.#shown = [];
    this.#waiting = [];
  }

  #over(behind: Logger, own: Fields): Logger {
    const [debug, info, warn, error] = LEVELS.map((level) => (fields: Fields, message: string) => {
      const write = () => behind[level](fields, message);
      if (this.#mode === 'writes') write();
      else if (this.#mode === 'waits') this.#waiting.push(write);
      else if (level === 'error' || (level === 'warn' && this.#showsWarnings))
        this.#keep(level, { ...own, ...fields }, message);
    }) as [Logger['debug'], Logger['info'], Logger['warn'], Logger['error']];
    const child = (fields: Fields) => this.#over(behind.child(fields), { ...own, ...fields });
    return { debug, info, warn, error, child };
  }

  #keep(level: KeptLine['level'], fields: Fields, message: string): void {
    this.#shown.push({ ts: wallClock.now(), level, message, fields });
    if (this.#shown.length > MOST) this.#shown.shift();
  }
}

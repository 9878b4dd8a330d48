import { write, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { WriteStream } from 'node:tty';
import type { Screen } from './feed-table.js';

/** `process.stdout` of a process on a terminal. */
type Terminal = WriteStream & { readonly fd: number };

/** At most four times a second; the figures change once. */
const EVERY_MS = 500;
/** For a terminal that is held. */
const PATIENCE_MS = 500;
const RETRY_MS = 5;
/** To wait on while nothing else may run. */
const NOTHING = new Int32Array(new SharedArrayBuffer(4));
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';

/**
 * Draws lines of text over the whole terminal, on its second screen and without a cursor. Owns a timer that does not keep the process
 * alive, and leaves the terminal as it was: in `close`, while the process is stopped (Ctrl-Z), and whatever else ends it but a SIGKILL; an
 * error that nobody caught is told below the picture. Written behind the caller's back: a terminal that is held (Ctrl-S) holds up nothing
 * but the picture.
 */
export class LiveScreen {
  readonly #terminal: Terminal;
  readonly #draw: (screen: Screen) => readonly string[];
  readonly #timer: NodeJS.Timeout;
  readonly #restore = () => this.#leaveNow();
  /** Continued, the next picture enters the screen again. */
  readonly #stop = () => {
    this.#leaveNow();
    process.kill(process.pid, 'SIGSTOP');
  };
  #last: readonly string[] = [];
  #entered = false;
  #writing: Promise<void> | null = null;
  #closed: Promise<boolean> | undefined;

  constructor(terminal: Terminal, draw: (screen: Screen) => readonly string[]) {
    this.#terminal = terminal;
    this.#draw = draw;
    this.#timer = setInterval(() => this.#redraw(), EVERY_MS).unref();
    process.once('exit', this.#restore);
    process.once('uncaughtExceptionMonitor', this.#restore);
    process.on('SIGTSTP', this.#stop);
  }

  /** Leaves the picture that was last drawn above what comes next. Says whether there was one. Idempotent; never throws. */
  close(): Promise<boolean> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  async #finish(): Promise<boolean> {
    clearInterval(this.#timer);
    const drawn = this.#entered;
    const leaving = async () => {
      await this.#writing;
      if (!this.#entered) return;
      this.#entered = false;
      await this.#write(`${LEAVE}\x1b[J${this.#last.join('\r\n')}\r\n`);
    };
    await Promise.race([leaving(), delay(PATIENCE_MS, undefined, { ref: false })]);
    process.off('exit', this.#restore);
    process.off('uncaughtExceptionMonitor', this.#restore);
    process.off('SIGTSTP', this.#stop);
    return drawn;
  }

  #redraw(): void {
    if (this.#writing !== null) return;
    const { columns = 80, rows = 24 } = this.#terminal;
    this.#last = this.#draw({ width: columns || 80, height: rows || 24, colour: mayColour(this.#terminal) });
    // Home, each line on an empty one, and what is left of an earlier picture. Erasing behind a line would take its last character where it is full.
    const lines = this.#last.map((line) => `\x1b[2K${line}`).join('\r\n');
    const text = `\x1b[H${lines}${this.#last.length < (rows || 24) ? '\r\n\x1b[J' : ''}`;
    this.#writing = this.#write(this.#entered ? text : `${ENTER}${text}`).finally(() => {
      this.#writing = null;
    });
    this.#entered = true;
  }

  async #write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    for (let from = 0; from < bytes.length; ) {
      const written = await new Promise<number>((resolve) =>
        // A terminal that does not take it now, or is gone, gets the next picture or none.
        write(this.#terminal.fd, bytes, from, (error, count) => resolve(error === null ? count : 0)),
      );
      if (written === 0) return;
      from += written;
    }
  }

  #leaveNow(): void {
    if (!this.#entered) return;
    this.#entered = false;
    const until = Date.now() + PATIENCE_MS;
    for (let rest = LEAVE; rest !== ''; ) {
      try {
        rest = rest.slice(writeSync(this.#terminal.fd, rest));
      } catch (error) {
        // A terminal that is full takes it in a moment; one that is gone never does.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || Date.now() > until) return;
        Atomics.wait(NOTHING, 0, 0, RETRY_MS);
      }
    }
  }
}

function mayColour(terminal: Terminal): boolean {
  return (process.env.NO_COLOR ?? '') === '' && terminal.hasColors();
}

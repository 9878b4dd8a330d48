import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { AlphaError } from '@alpha-engine/core';

/** One JSON log line of a child. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** How this same program is started once more. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

const SIGKILL_AFTER_MS = 20_000;

/** A process of the demo: its log is read line by line, its last line is its report. Always ended by `stop` or `kill`. */
export class DemoChild {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #lines: LogLine[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #ended: Promise<void>;
  #stderr = '';
  #exit: number | null | undefined;

  constructor(name: string, program: Program, args: readonly string[], folder: string, env: NodeJS.ProcessEnv) {
    this.name = name;
    this.#process = spawn(program.command, [...program.args, ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stderr?.on('data', (data: Buffer) => {
      this.#stderr += data.toString();
    });
    if (this.#process.stdout) createInterface({ input: this.#process.stdout }).on('line', (line) => this.#read(line));
    this.#ended = new Promise((resolve) => {
      const end = (exit: number | null) => {
        this.#exit = exit;
        this.#wake();
        resolve();
      };
      this.#process.on('close', end);
      this.#process.on('error', (error) => {
        this.#stderr += error.message;
        end(null);
      });
    });
  }

  get running(): boolean {
    return this.#exit === undefined;
  }

  /** The first line, past or future, with this message. Throws when the child ends without it or `signal` aborts. */
  async line(msg: string, signal: AbortSignal): Promise<LogLine> {
    for (;;) {
      const found = this.find(msg);
      if (found) return found;
      signal.throwIfAborted();
      if (!this.running) throw this.#failure(`ended before it said "${msg}"`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#watchers.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#watchers.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    }
  }

  find(msg: string): LogLine | undefined {
    return this.#lines.find((line) => line.msg === msg);
  }

  /** Throws when the child is gone: what was waited for will not come. */
  check(): void {
    if (!this.running) throw this.#failure('ended too early');
  }

  /** Asks for an orderly end and answers the report in the log. */
  async stop(report: string): Promise<LogLine> {
    this.#process.kill('SIGTERM');
    const killer = setTimeout(() => this.#process.kill('SIGKILL'), SIGKILL_AFTER_MS);
    await this.#ended;
    clearTimeout(killer);
    const line = this.find(report);
    if (!line || this.#exit !== 0) throw this.#failure('did not end in order');
    return line;
  }

  async kill(): Promise<void> {
    if (this.running) this.#process.kill('SIGKILL');
    await this.#ended;
  }

  #read(text: string): void {
    try {
      this.#lines.push(JSON.parse(text) as LogLine);
    } catch {
      this.#stderr += `${text}\n`;
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#watchers]) wake();
  }

  #failure(what: string): AlphaError {
    const said = this.#stderr.trim() || this.#lines.findLast(({ level }) => level === 'error')?.msg || 'nothing';
    return new AlphaError('UNEXPECTED', `The ${this.name} ${what} (exit status ${this.#exit}). It said: ${said}`, {
      context: { process: this.name, exit: this.#exit },
    });
  }
}

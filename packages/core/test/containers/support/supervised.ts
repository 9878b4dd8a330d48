import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

export interface Program {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Between an end and the next start, as a container engine waits, milliseconds. */
const PAUSE_MS = 100;

/** A process under `restart: unless-stopped`: whatever ends it but `stop`, it is started again. */
export class Supervised {
  readonly #what: Program;
  readonly #lines: string[] = [];
  #child: ChildProcess;
  #starts = 0;
  #stopping = false;
  #ended: Promise<number | null>;

  constructor(what: Program) {
    this.#what = what;
    this.#child = this.#start();
    this.#ended = this.#watch();
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts;
  }

  /** What it wrote last. */
  get tail(): string {
    return this.#lines.slice(-25).join('\n');
  }

  /** Whether it said this since it was started last. */
  said(message: string): boolean {
    return this.last(message) !== undefined;
  }

  /** The newest log line with this message. */
  last(message: string): Record<string, unknown> | undefined {
    const line = this.#lines.findLast((text) => text.includes(`"msg":"${message}"`));
    return line === undefined ? undefined : (JSON.parse(line) as Record<string, unknown>);
  }

  /** SIGKILL, and forgets what was said. Resolves when it is gone; it will be back by itself. */
  async kill(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
    this.#lines.length = 0;
  }

  /** Tells the process something that does not end it. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** SIGTERM, as `docker compose stop` sends it. Its exit status; null when a signal ended it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#stopping = true;
    this.#child.kill(signal);
    return this.#ended;
  }

  /** The status it ends with by itself, the first time; it is not started again. */
  async ended(): Promise<number | null> {
    this.#stopping = true;
    return this.#ended;
  }

  #start(): ChildProcess {
    const { program, args, cwd, env } = this.#what;
    this.#starts++;
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#lines.push(line));
    }
    return child;
  }

  async #watch(): Promise<number | null> {
    for (;;) {
      const [status] = (await once(this.#child, 'close')) as [number | null];
      if (this.#stopping) return status;
      await delay(PAUSE_MS);
      if (this.#stopping) return status;
      this.#child = this.#start();
    }
  }
}

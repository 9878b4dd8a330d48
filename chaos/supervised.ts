import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const ALPHA = join(dirname(createRequire(import.meta.url).resolve('@alpha-engine/cli')), '../bin/run.js');
/** One of these says that a process has begun its work. */
const BEGUN = [
  ...['collector started', 'archiver started', 'engine started'],
  'standby: another engine owns these brains; this one takes over when it ends',
];
/** Between an end and the next start, as a container engine waits, milliseconds. */
const PAUSE_MS = 100;
const RESENT = 'The bus had lost events; they are sent again.';

export interface SupervisedOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Everything it writes, of every start. */
  readonly log: string;
}

/** An end that nobody asked for. */
export interface Accident {
  readonly name: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It had not begun its work: a start that came to nothing. */
  readonly starting: boolean;
  /** The code of the error it ended with, when it said one. */
  readonly error: string | null;
}

type LogLine = Readonly<Record<string, unknown>>;

/**
 * A built `alpha` as a process under `restart: unless-stopped`: whatever ends it but `stop`, it is started again. Keeps its output
 * in a file, and of that only counts and the newest line of each message in memory.
 */
export class Supervised {
  readonly name: string;
  readonly accidents: Accident[] = [];
  /** Lines by level and message. */
  readonly counts = new Map<string, number>();
  /** Events the bus had lost and this process sent again. */
  resent = 0;
  /** Lines that no logger wrote and that speak of an error nobody caught. */
  readonly uncaught: string[] = [];
  readonly #options: SupervisedOptions;
  readonly #log: WriteStream;
  readonly #newest = new Map<string, LogLine>();
  readonly #watchers = new Set<() => void>();
  #child: ChildProcess;
  #killing = false;
  #stopping = false;
  #starts = 0;
  #error: string | null = null;
  readonly #ended: Promise<number | null>;

  constructor(options: SupervisedOptions) {
    this.name = options.name;
    this.#options = options;
    this.#log = createWriteStream(options.log, { flags: 'a' });
    this.#child = this.#start();
    this.#ended = this.#supervise();
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get starts(): number {
    return this.#starts;
  }

  /** The first line with this message of the present or a later process. */
  async line(message: string): Promise<LogLine> {
    for (;;) {
      const found = this.#newest.get(message);
      if (found !== undefined) return found;
      if (this.#stopping) throw new Error(`${this.name} was stopped without saying "${message}".`);
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** The newest line with this message since the last start. */
  last(message: string): LogLine | undefined {
    return this.#newest.get(message);
  }

  /** SIGKILL; resolves when it is gone. It will be back by itself. */
  async kill(): Promise<void> {
    this.#killing = true;
    const gone = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** SIGTERM; resolves when it is gone, with its exit status and how long that took. It will be back by itself. */
  async terminate(): Promise<{ readonly code: number | null; readonly ms: number }> {
    this.#killing = true;
    const asked = performance.now();
    const gone = new Promise<number | null>((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGTERM');
    return { code: await gone, ms: performance.now() - asked };
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  /** Ends it for good. Its exit status; null when a signal ended it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#stopping = true;
    this.#child.kill('SIGCONT');
    this.#child.kill(signal);
    return this.#ended;
  }

  #start(): ChildProcess {
    const { args, folder, env } = this.#options;
    this.#starts++;
    this.#killing = false;
    this.#error = null;
    this.#newest.clear();
    this.#log.write(`--- start ${this.#starts} at ${new Date().toISOString()}\n`);
    const base = { PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: folder };
    const child = spawn(process.execPath, [ALPHA, ...args, '--json'], {
      cwd: folder,
      env: { ...base, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A Ctrl-C in the terminal is for us alone: we end them.
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#take(line));
    }
    return child;
  }

  #take(line: string): void {
    this.#log.write(`${line}\n`);
    const parsed = parse(line);
    if (parsed === undefined) {
      this.#error = /^\{"error":\{"code":"([A-Z_]+)"/.exec(line)?.[1] ?? this.#error;
      if (/unhandled|uncaught|^\s+at .+:\d+:\d+/i.test(line) && this.uncaught.length < 20) this.uncaught.push(line);
      return;
    }
    const message = String(parsed.msg);
    const key = `${String(parsed.level)} ${message}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    if (message === RESENT) this.resent += Number(parsed.events);
    this.#newest.set(message, parsed);
    for (const wake of this.#watchers) wake();
    this.#watchers.clear();
  }

  async #supervise(): Promise<number | null> {
    for (;;) {
      const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
        this.#child.once('close', (...end) => resolve(end));
      });
      if (!this.#stopping && !this.#killing) {
        const starting = !BEGUN.some((message) => this.#newest.has(message));
        this.accidents.push({ name: this.name, code, signal, error: this.#error, starting });
      }
      if (!this.#stopping) await delay(PAUSE_MS);
      if (this.#stopping) {
        for (const wake of this.#watchers) wake();
        await new Promise((resolve) => this.#log.end(resolve));
        return code;
      }
      this.#child = this.#start();
    }
  }
}

function parse(line: string): LogLine | undefined {
  if (!line.startsWith('{"level"')) return undefined;
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return undefined;
  }
}

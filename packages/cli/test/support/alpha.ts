import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

export const BINARY = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const running = new Set<Alpha>();

afterEach(async () => {
  for (const alpha of running) await alpha.end('SIGKILL');
});

export interface Result {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The installed `alpha` to start instead of the one of this workspace. */
  readonly binary?: string;
}

/** The built `alpha` as a process of its own, with no setting of the surrounding shell. Killed after the test if it still runs. */
export class Alpha {
  readonly #child: ChildProcess;
  readonly #lines: Record<string, unknown>[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #done: Promise<Result>;
  #stdout = '';
  #stderr = '';
  #ended = false;

  constructor(args: readonly string[], { folder, env = {}, binary = BINARY }: Surroundings) {
    const base = { PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: folder };
    this.#child = spawn(process.execPath, [binary, ...args], { cwd: folder, env: { ...base, ...env } });
    running.add(this);
    if (this.#child.stdout) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        this.#stdout += `${line}\n`;
        if (line.startsWith('{"level"')) this.#lines.push(JSON.parse(line));
        this.#wake();
      });
    }
    this.#child.stderr?.on('data', (data: Buffer) => {
      this.#stderr += data.toString();
    });
    this.#done = new Promise((resolve) => {
      this.#child.on('close', (exit) => {
        this.#ended = true;
        running.delete(this);
        this.#wake();
        resolve({ exit, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  /** Everything written so far. */
  get output(): string {
    return this.#stdout + this.#stderr;
  }

  get done(): Promise<Result> {
    return this.#done;
  }

  /** The first log line, past or future, with this message. */
  async line(message: string): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.#lines.find(({ msg }) => msg === message);
      if (found) return found;
      if (this.#ended) throw new Error(`alpha ended without saying "${message}".\n${this.output}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#watchers.delete(wake);
          resolve();
        };
        this.#watchers.add(wake);
      });
    }
  }

  async end(signal: NodeJS.Signals): Promise<Result> {
    this.#child.kill(signal);
    return this.#done;
  }

  #wake(): void {
    for (const wake of [...this.#watchers]) wake();
  }
}

export function runAlpha(args: readonly string[], surroundings: Surroundings): Promise<Result> {
  return new Alpha(args, surroundings).done;
}

/** A simulator in a process of its own, and the environment that points a client at it. */
export async function startSimulator(
  folder: string,
  args: readonly string[] = [],
): Promise<{ readonly simulator: Alpha; readonly env: Readonly<Record<string, string>> }> {
  const simulator = new Alpha(['sim', 'gmo', '--port', '0', '--origin', 'tape', '--json', ...args], { folder });
  const { restBaseUrl, wsPublicUrl } = await simulator.line('simulator ready');
  return { simulator, env: { REST_BASE_URL: String(restBaseUrl), WS_PUBLIC_URL: String(wsPublicUrl) } };
}

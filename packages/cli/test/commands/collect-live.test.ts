import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { startSimulator } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

const BINARY = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const ROWS = 12;
const ENTER = '\x1b[?1049h';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** `alpha collect` on a terminal of its own: `script` of util-linux makes one. */
class OnTerminal {
  readonly #child: ChildProcess;
  readonly #done: Promise<number | null>;
  #output = '';

  constructor(args: string, folder: string, env: Readonly<Record<string, string>>) {
    const command = `stty rows ${ROWS} cols 90; echo "pid $$."; exec "${process.execPath}" "${BINARY}" collect ${args}`;
    const base = {
      PATH: process.env.PATH,
      HOME: folder,
      XDG_STATE_HOME: folder,
      TERM: 'xterm-256color',
      SHELL: '/bin/sh',
    };
    this.#child = spawn('script', ['-qefc', command, '/dev/null'], { cwd: folder, env: { ...base, ...env } });
    running.add(this.#child);
    this.#child.stdout?.on('data', (data: Buffer) => {
      this.#output += data.toString();
    });
    this.#done = new Promise((resolve) => {
      this.#child.on('close', (exit) => {
        running.delete(this.#child);
        resolve(exit);
      });
    });
  }

  /** Everything written so far. */
  get output(): string {
    return this.#output;
  }

  /** What the last picture shows. */
  get picture(): readonly string[] {
    const [text = ''] = (this.#output.split('\x1b[H').at(-1) ?? '').split('\x1b[J');
    // The terminal makes a carriage return of its own.
    return text.replaceAll('\r', '').replaceAll('\x1b[2K', '').trimEnd().split('\n');
  }

  get done(): Promise<number | null> {
    return this.#done;
  }

  get #pid(): number {
    return Number(/pid (\d+)\./.exec(this.#output)?.[1]);
  }

  get isStopped(): boolean {
    return /\) T /.test(readFileSync(`/proc/${this.#pid}/stat`, 'utf8'));
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.#pid, signal);
  }

  /** After a stop, which `script` follows a moment later: to be said until it goes on. */
  goOn(): void {
    this.#child.kill('SIGCONT');
    this.signal('SIGCONT');
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.signal(signal);
    return this.#done;
  }
}

it('draws a live table on a terminal, and leaves it with the report when it is interrupted', async () => {
  const folder = await tempFolder();
  const { env, simulator } = await startSimulator(folder, ['--speed', '20', '--hold', '3', '--loop']);
  const terminal = new OnTerminal('--symbols BTC_JPY', folder, { ...env, NO_COLOR: '1' });
  const see = (what: RegExp, line: number) =>
    expect.poll(() => terminal.picture[line] ?? '', { timeout: 20_000 }).toMatch(what);
  await see(/^alpha collect {2}gmo {2}up 00:00:\d\d {2}3 live$/, 0);
  await see(/^BTC_JPY {2}trade +[\d,]+ +[1-9][\d.]* +\d+\.\d +\d+ {2}live$/, 2);
  await see(/^published [\d,]+ {2}per s [\d.]+ {2}publish p50 \d+\.\d ms {2}p99 \d+\.\d ms$/, 7);
  expect(terminal.picture.length).toBeLessThanOrEqual(ROWS);

  // Ctrl-Z gives the terminal back, and `fg` the table.
  terminal.signal('SIGTSTP');
  await expect.poll(() => terminal.isStopped, { timeout: 10_000 }).toBe(true);
  const parts = (text: string) => {
    terminal.goOn();
    return terminal.output.split(text).length;
  };
  await expect.poll(() => parts(LEAVE), { timeout: 10_000 }).toBe(2);
  await expect.poll(() => parts(ENTER), { timeout: 10_000 }).toBe(3);

  await simulator.end('SIGKILL');
  await see(/^alpha collect .* 3 disconnected$/, 0);
  await see(/^reconnects [1-9]/, 6);
  await see(/^\d\d:\d\d:\d\d WARN /, 10);

  expect(await terminal.end('SIGINT')).toBe(0);
  const { output } = terminal;
  expect(output.split(ENTER)).toHaveLength(3);
  const after = (output.split(LEAVE).at(-1) ?? '').replace('\x1b[J', '');
  expect(after).toMatch(/^alpha collect .* 3 disconnected\r/);
  expect(after).toContain('collector stopped');
  expect(after).toMatch(/received.*: \d+/);
  const pictures = output.slice(output.indexOf(ENTER), output.lastIndexOf(LEAVE));
  expect(pictures).not.toContain('\x1b[2m');
}, 60_000);

it('prints the lines with --log, and where a failure ends it at once', async () => {
  const folder = await tempFolder();
  const { env } = await startSimulator(folder, ['--speed', '20', '--hold', '3']);
  const lines = new OnTerminal('--symbols BTC_JPY --log', folder, env);
  await expect.poll(() => lines.output, { timeout: 20_000 }).toContain('feed connected');
  expect(await lines.end('SIGTERM')).toBe(0);
  expect(lines.output).not.toContain(ENTER);

  const failing = new OnTerminal('--symbols NO_SUCH', folder, env);
  await expect.poll(() => failing.output, { timeout: 20_000 }).toContain('UNKNOWN_SYMBOL');
  expect(await failing.done).toBe(2);
  expect(failing.output.split(ENTER).length).toBe(failing.output.split(LEAVE).length);
}, 60_000);

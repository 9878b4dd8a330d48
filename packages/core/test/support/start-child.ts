import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Child {
  readonly pid: number;
  /** Lines of stdout so far. */
  readonly lines: readonly string[];
  /** Resolves with the first line, past or future, that satisfies the test; rejects when the child ends before. */
  line(test: (line: string) => boolean): Promise<string>;
  /** Writes one line to the child's stdin. */
  send(line: string): void;
  /** Resolves once the child is gone. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Sends the signal (default SIGKILL) and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

const running = new Set<Child>();

/** Ends every child that still runs: what a failed test left behind. For `afterEach`. */
export async function killChildren(): Promise<void> {
  await Promise.all([...running].map((child) => child.kill()));
}

/** Starts `node <script> <args…>` with its stdout read line by line; stderr goes into the error of a failed wait. */
export function startChild(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Child {
  const child: ChildProcess = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let stderr = '';
  let ended = false;
  const wake = () => {
    for (const check of [...waiting]) check();
  };
  child.stderr!.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  child.stdin!.on('error', () => {
    // The child was killed: what was sent to it is lost with it.
  });
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('close', (code, signal) => {
      ended = true;
      wake();
      resolve({ code, signal });
    });
  });

  const started: Child = {
    pid: child.pid!,
    lines,
    exited,
    line: (test) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = lines.find(test);
          if (found === undefined && !ended) return;
          waiting.delete(check);
          if (found !== undefined) resolve(found);
          else
            reject(new Error(`The child ended without the line that was waited for.\n${lines.join('\n')}\n${stderr}`));
        };
        waiting.add(check);
        check();
      }),
    send: (line) => {
      child.stdin!.write(`${line}\n`);
    },
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal);
      await exited;
    },
  };
  running.add(started);
  void exited.then(() => running.delete(started));
  return started;
}

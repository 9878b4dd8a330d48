import { parentPort } from 'node:worker_threads';
import type { ThreadResult, ThreadTask } from './run-in-threads.js';
import { runOne } from './run-one.js';

// Nobody reads where the thousands of errors came from that a world on a bad line throws.
Error.stackTraceLimit = 0;

/* One of the threads of a sweep: takes runs, one after the other, and tells what they showed. */
const tasks: ThreadTask[] = [];
let busy = false;
parentPort!.on('message', (task: ThreadTask) => {
  tasks.push(task);
  if (!busy) void work();
});

async function work(): Promise<void> {
  busy = true;
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    const { number, run, seed } = task;
    parentPort!.postMessage({ number, result: await runOne(seed, run) } satisfies ThreadResult);
  }
  busy = false;
}

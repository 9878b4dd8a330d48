import cliProgress from 'cli-progress';
import type { DemoProgress } from '../services/demo-watch.js';

export interface ProgressView {
  readonly show: (progress: DemoProgress) => void;
  readonly end: () => void;
}

/** On stderr: a bar on a terminal, a line at each tenth elsewhere, nothing with `--json`. */
export function demoProgress(silent: boolean): ProgressView {
  if (silent) return { show: () => {}, end: () => {} };
  if (process.stderr.isTTY) return bar();
  let last = '';
  return {
    show: ({ stage, done, events, orders }) => {
      const step = `${stage} ${Math.floor(done * 10) * 10} %`;
      if (step !== last) process.stderr.write(`${step}: ${events} events, ${orders} orders\n`);
      last = step;
    },
    end: () => {},
  };
}

function bar(): ProgressView {
  const format = '{bar} {percentage} % {stage} | events {events} | orders {orders}';
  const view = new cliProgress.SingleBar({ format, stream: process.stderr, hideCursor: true, clearOnComplete: true });
  view.start(100, 0, { stage: 'starting', events: 0, orders: 0 });
  return {
    show: ({ done, ...rest }) => view.update(Math.floor(done * 100), rest),
    end: () => view.stop(),
  };
}

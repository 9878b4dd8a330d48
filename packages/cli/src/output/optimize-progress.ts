import type { SearchState } from '@alpha-engine/backtest/search';
import cliProgress from 'cli-progress';
import { pointText } from './optimize-text.js';

export interface OptimizeProgress {
  readonly show: (state: SearchState) => void;
  readonly end: () => void;
}

/** On stderr: trials a second, the best so far and the time that is left on a terminal, a line at each tenth elsewhere, nothing with `--json`. */
export function optimizeProgress(silent: boolean): OptimizeProgress {
  if (silent) return { show: () => {}, end: () => {} };
  return process.stderr.isTTY ? bar() : lines();
}

function lines(): OptimizeProgress {
  let tenth = 0;
  let last = 0;
  return {
    show: (state) => {
      // The next window of a walk-forward begins anew.
      if (state.finished < last) tenth = 0;
      last = state.finished;
      const reached = state.total === null ? 0 : Math.floor((state.finished / state.total) * 10);
      if (reached <= tenth) return;
      tenth = reached;
      process.stderr.write(`${state.finished} of ${state.total} trials${bestText(state)}\n`);
    },
    end: () => {},
  };
}

function bar(): OptimizeProgress {
  const began = performance.now();
  const view = new cliProgress.SingleBar({
    format: '{bar} {value} of {all} trials | {rate}/s | {left}{best}',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  });
  view.start(1, 0, { all: '?', rate: 0, left: 'starting', best: '' });
  return {
    show: (state) => {
      const { finished, known, total } = state;
      const rate = (finished - known) / ((performance.now() - began) / 1_000);
      view.setTotal(total ?? finished + 1);
      view.update(finished, {
        all: total ?? '?',
        rate: rate.toFixed(1),
        left: total === null ? '' : `${Math.ceil((total - finished) / rate)} s left`,
        best: bestText(state),
      });
    },
    end: () => view.stop(),
  };
}

function bestText({ best }: SearchState): string {
  return best === null ? '' : ` | best ${best.value?.toPrecision(4)} with ${pointText(best.point)}`;
}

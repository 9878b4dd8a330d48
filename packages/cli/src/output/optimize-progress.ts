import type { SearchState } from '@alpha-engine/backtest/search';
import cliProgress from 'cli-progress';
import { figure, pointText } from './optimize-text.js';

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
      process.stderr.write(`${state.finished} of ${state.total} trials${failedText(state)}${bestText(state)}\n`);
    },
    end: () => {},
  };
}

function bar(): OptimizeProgress {
  const began = performance.now();
  const view = new cliProgress.SingleBar({
    format: (_options, _params, { state }: { readonly state: SearchState | null }) =>
      state === null
        ? 'Reading the data and starting the threads …'
        : progressLine(state, (performance.now() - began) / 1_000, process.stderr.columns || 80),
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  });
  view.start(1, 0, { state: null });
  return { show: (state) => view.update({ state }), end: () => view.stop() };
}

/** One line of at most `width` characters, of a search that began so many seconds ago: what does not fit is the end of the best. */
export function progressLine(state: SearchState, seconds: number, width: number): string {
  const { finished, known, total } = state;
  const rate = (finished - known) / seconds;
  const left = total === null || !(rate > 0) ? null : (total - finished) / rate;
  const parts = [
    `${finished} of ${total ?? '?'} trials${failedText(state)}`,
    ...(width < 100 || !(rate > 0) ? [] : [`${rate.toFixed(1)}/s`]),
    ...(left === null ? [] : [`${timeText(left)} left`]),
  ];
  const room = width < 70 ? 0 : Math.min(20, Math.floor(width / 6));
  const filled = total === null ? 0 : Math.floor((finished / total) * room);
  const drawn = room === 0 ? '' : `${'='.repeat(filled)}${'-'.repeat(room - filled)} `;
  const line = `${drawn}${parts.join(' | ')}${bestText(state)}`;
  // The last place of a line stays empty: some terminals begin a new one when it is written.
  return line.length < width ? line : `${line.slice(0, width - 2)}…`;
}

function failedText({ failed }: SearchState): string {
  return failed === 0 ? '' : `, ${failed} failed`;
}

function timeText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}

function bestText({ best }: SearchState): string {
  return best === null ? '' : ` | best ${figure(best.value)} with ${pointText(best.point)}`;
}

import { resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { AlphaCommand } from '../alpha-command.js';
import { backtestFlags, settingsAmong } from '../config/backtest-flags.js';
import { stopSignal } from '../output/stop-signal.js';
import type { OptimizeRequest } from '../services/prepare-search.js';
import Backtest from './backtest.js';

type Page = { readonly file: string; readonly version: string } | null;

export default class Optimize extends AlphaCommand {
  static override summary = 'Search for parameters of a strategy, on all cores.';
  static override description =
    'Runs a back-test for every point that the sampler chooses. The same seed gives the same result on one core and on many. docs/optimize.md defines everything, and says what a good result of a search is worth.';
  static override examples = [
    '<%= config.bin %> optimize --strategy ma-cross --data BTC-1h.csv --timeframe 1h --space fast=5..50:5 --space slow=20..200:10 --where "fast<slow" --require "trades>=30"',
    '<%= config.bin %> optimize --strategy ./my-strategy.ts --data 2024.csv.gz --space length=10..500:log --space mode=a,b --sampler random --trials 200 --objective=-maxDrawdown',
  ];
  static override flags = {
    space: Flags.string({
      description:
        'A parameter and its values: fast=5..50:5 (steps), fast=5..50, rate=0.1..0.9, rate=0.001..1:log, rate=0.001..1:*10, mode=a,b. Repeat for each.',
      helpValue: '<name=values>',
      multiple: true,
      multipleNonGreedy: true,
      required: true,
    }),
    where: Flags.string({
      description:
        'What must hold between parameters: "fast < slow", "2 * fast <= slow", mode != "a". May be repeated.',
      helpValue: '<comparison>',
      multiple: true,
      multipleNonGreedy: true,
    }),
    sampler: Flags.string({
      description: 'How points are chosen: all of them, by chance, or by what was learned from those before (TPE).',
      options: ['grid', 'random', 'tpe'],
      default: 'grid',
    }),
    trials: Flags.integer({ description: 'How many points random and tpe try. Default: 100.', min: 1 }),
    seed: Flags.integer({ description: 'The same seed chooses the same points.', default: 1 }),
    objective: Flags.string({
      description:
        'The figure to have the most of, or a calculation with figures: sharpe, -maxDrawdown, cagr / maxDrawdown.',
      default: 'sharpe',
    }),
    require: Flags.string({
      description: 'What a run must show to be ranked: "trades >= 30". May be repeated.',
      helpValue: '<comparison>',
      multiple: true,
      multipleNonGreedy: true,
    }),
    batch: Flags.integer({
      description: 'Points that tpe chooses at a time; at least one per core.',
      default: 8,
      min: 1,
    }),
    threads: Flags.integer({ description: 'Default: one per core.', min: 1 }),
    'trial-timeout': Flags.string({
      description:
        'A trial that takes longer is ended and counts as failed; the others go on. none: as long as it takes.',
      default: '10m',
      helpValue: '<30s|10m|2h|none>',
    }),
    'walk-forward': Flags.string({
      description:
        'Searches on one part and tests on the next, window by window: train=90d,test=30d, and ",anchored" to train from the beginning.',
      helpValue: '<lengths>',
    }),
    out: Flags.string({
      description: 'Keeps every trial as a line of JSON; the same search goes on from there.',
      helpValue: '<file.jsonl>',
    }),
    top: Flags.integer({ description: 'How many of the best are shown.', default: 10, min: 1 }),
    report: Flags.string({
      description:
        'Write the back-test of the best, or the tests of a walk-forward, as one HTML page as well, with a map of the search.',
      helpValue: '<file.html>',
    }),
    ...backtestFlags,
  };

  async run() {
    const { flags } = await this.parse(Optimize);
    const signal = stopSignal();
    const { report: file } = flags;
    const settings = settingsAmong(flags);
    const loaded = await this.settings(settings);
    const { optimizeProgress } = await import('../output/optimize-progress.js');
    const progress = optimizeProgress(this.jsonEnabled());
    const request = {
      backtest: Backtest.request(flags, loaded),
      flags: settings,
      space: flags.space,
      where: flags.where ?? [],
      sampler: flags.sampler as 'grid' | 'random' | 'tpe',
      trials: flags.trials,
      seed: flags.seed,
      objective: flags.objective,
      require: flags.require ?? [],
      batch: flags.batch,
      threads: flags.threads,
      trialTimeout: flags['trial-timeout'],
      out: flags.out,
      top: flags.top,
      signal,
      onProgress: progress.show,
    };
    const plan = flags['walk-forward'];
    const page = file === undefined ? null : { file: resolve(file), version: this.config.version };
    return plan === undefined
      ? this.search(request, page, progress.end)
      : this.walk({ ...request, plan }, page, progress.end);
  }

  /** The bar is gone before anything is printed: while it is drawn, no line is wrapped. */
  private async search(request: OptimizeRequest, page: Page, end: () => void) {
    const { optimize } = await import('../services/optimize.js');
    const report = await optimize(request, page).finally(end);
    const { optimizeText } = await import('../output/optimize-text.js');
    this.log(optimizeText(report, terminalWidth()));
    if (report.stopped) process.exitCode = 130;
    else if (report.best === null) process.exitCode = 1;
    return report;
  }

  private async walk(request: OptimizeRequest & { readonly plan: string }, page: Page, end: () => void) {
    const { walkForward } = await import('../services/walk-forward.js');
    const report = await walkForward(request, page).finally(end);
    const { walkForwardText } = await import('../output/walk-forward-text.js');
    this.log(walkForwardText(report, terminalWidth()));
    if (report.stopped) process.exitCode = 130;
    else if (report.windows.every(({ inSample }) => inSample === null)) process.exitCode = 1;
    return report;
  }
}

/** Nothing but a terminal has one. */
function terminalWidth(): number {
  return (process.stdout.isTTY && process.stdout.columns) || Number.POSITIVE_INFINITY;
}

import type { TrialOptions } from '@alpha-engine/backtest/search';
import { loadConfig } from '../config/load-config.js';
import type { BacktestRequest } from './backtest/request.js';
import { backtestSetup } from './backtest.js';

/** What a thread needs to make the same back-test as the thread that asks: plain, because neither secrets nor functions travel. */
export interface TrialSetup {
  readonly request: Omit<BacktestRequest, 'config' | 'sources'>;
  /** Those of the settings. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Parameters that the strategy takes; a trial puts its own over them. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** Options of the trials of a search, made anew on every thread. Throws what settings and strategy throw. */
export async function trialOptions({ flags, params, request }: TrialSetup): Promise<TrialOptions> {
  const loaded = await loadConfig({ flags, env: process.env, folder: request.folder });
  const { options } = await backtestSetup(withParams({ ...request, ...loaded }, params));
  return options;
}

export function withParams(request: BacktestRequest, params: Readonly<Record<string, unknown>>): BacktestRequest {
  const { config } = request;
  return { ...request, config: { ...config, strategyParams: { ...config.strategyParams, ...params } } };
}

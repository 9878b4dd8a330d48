import { AlphaError } from '@alpha-engine/core';
import type { Config } from '../config/schema.js';
import { instantIn } from './backtest-values.js';
import { type DownloadedFile, type DownloadRequest, download } from './download.js';
import { endpointsOf, exchangeAdapter } from './exchanges.js';

export interface DownloadText extends Omit<DownloadRequest, 'archive' | 'from' | 'to'> {
  readonly from: string;
  readonly to: string;
}

/** Throws `USAGE`, and what `download` throws. */
export async function downloadTrades(config: Config, request: DownloadText): Promise<readonly DownloadedFile[]> {
  const { exchange } = config;
  const archive = (await exchangeAdapter(exchange)).tradeArchive?.({ endpoints: endpointsOf(config) });
  if (archive === undefined) throw new AlphaError('USAGE', `${exchange} publishes no files of past trades.`);
  const from = instantIn('--from', request.from, 0) as number;
  const to = instantIn('--to', request.to, 0) as number;
  if (from >= to) throw new AlphaError('USAGE', `--from is ${request.from}, and --to is ${request.to}: --to is later.`);
  const files = await download({ ...request, archive, from, to });
  if (files.some(({ bytes }) => bytes > 0)) return files;
  throw new AlphaError(
    'DATA_INVALID',
    `${exchange} has no file of ${request.symbols.join(', ')} between ${request.from} and ${request.to}: ${files
      .map(({ name, state }) => `${name} ${state}`)
      .slice(0, 5)
      .join(', ')}.`,
  );
}

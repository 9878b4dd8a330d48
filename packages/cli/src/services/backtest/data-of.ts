import { basename, resolve } from 'node:path';
import {
  type BarSource,
  type DataOptions,
  type EventSource,
  MergedEvents,
  mergeBars,
  openData,
  symbolIn,
} from '@alpha-engine/backtest';
import { parseTimeframe } from '@alpha-engine/core';
import { columnsIn, instantIn, offsetIn } from '../backtest-values.js';
import { isKept, keptData } from './kept-data.js';
import { splitNamed, usage } from './per-symbol.js';
import type { BacktestRequest } from './request.js';

export type DataRequest = Pick<
  BacktestRequest,
  | 'badRows'
  | 'columns'
  | 'config'
  | 'data'
  | 'dataKind'
  | 'dataTimeframe'
  | 'folder'
  | 'symbol'
  | 'timeIs'
  | 'timeZone'
  | 'to'
>;

export interface BacktestData {
  readonly symbols: readonly string[];
  readonly source: BarSource | EventSource;
}

/**
 * What a back-test reads: files and folders (`BTC=btc.csv`), or what the engine kept (`archive`, `bus`, `db`). Throws `USAGE`,
 * `DATA_UNREADABLE`, `DATA_INVALID`, and what opening an archive, a bus or a database throws.
 */
export async function dataOf(request: DataRequest): Promise<BacktestData> {
  const { badRows, config, data, dataKind: kind, folder, symbol, timeIs } = request;
  const offsetMs = offsetIn(request.timeZone);
  const { exchange, timeframe } = config;
  const kept = data.find(isKept);
  if (kept !== undefined) {
    if (data.length > 1)
      throw usage('What an archive, a bus or a database kept is a source of its own: name it alone.');
    if (symbol === undefined) throw usage(`Say with --symbol what to take; several with commas between them.`);
    const symbols = symbol.split(',');
    const to = instantIn('--to', request.to, offsetMs);
    return { symbols, source: keptData(kept, { config, folder, symbols, ...(to !== undefined && { to }) }) };
  }
  const columns = columnsIn(request.columns);
  const dataTimeframe = request.dataTimeframe === undefined ? timeframe : parseTimeframe(request.dataTimeframe);
  const options = { kind, dataTimeframe, exchange, timeframe, columns, offsetMs, timeIs, badRows };
  const split = data.map(splitNamed);
  const plain = split.filter(([name]) => name === undefined).map(([, file]) => file);
  if (plain.length === split.length) return unnamed(plain, request, options);
  if (plain.length > 0) {
    throw usage(
      `--data says of some files which symbol they are of, and of ${plain.join(', ')} not. Write --data SYMBOL=${plain[0]}.`,
    );
  }
  if (symbol !== undefined) {
    throw usage(`--symbol is "${symbol}", and every --data names its own symbol. Leave --symbol out.`);
  }
  const files = new Map<string, string[]>();
  for (const [name = '', file] of split) files.set(name, [...(files.get(name) ?? []), resolve(folder, file)]);
  const sources: (BarSource | EventSource)[] = [];
  for (const [of, paths] of files)
    sources.push(await openData({ ...options, files: paths, symbol: of, symbols: [of] }));
  return { symbols: [...files.keys()], source: asOne(sources) };
}

/** Files that do not say on the command line what they are of: `--symbol`, else what the first file says, else its name. */
async function unnamed(
  data: readonly string[],
  { folder, symbol }: DataRequest,
  options: Omit<DataOptions, 'files' | 'symbol'>,
): Promise<BacktestData> {
  const files = data.map((file) => resolve(folder, file));
  const said = symbol?.split(',') ?? [
    (await symbolIn({ ...options, files })) ?? basename(files[0] ?? '').replace(/\..*$/, ''),
  ];
  const [first = ''] = said;
  const source = await openData({ ...options, files, symbol: first, symbols: said });
  if ('bars' in source && said.length > 1) {
    throw usage(
      `--symbol names ${said.length} symbols, and a file of bars is read for one. Write --data ${first}=${data[0]}.`,
    );
  }
  return { symbols: said, source };
}

function asOne(sources: readonly (BarSource | EventSource)[]): BarSource | EventSource {
  const events = sources.filter((source) => 'events' in source);
  const bars = sources.filter((source) => 'bars' in source);
  if (events.length === 0) return mergeBars(bars);
  if (bars.length > 0) throw usage('Some of the files hold bars and others events: a run takes either.');
  return new MergedEvents(events);
}

import {
  type AgainstBacktest,
  againstBacktest,
  type EventSource,
  KeptEntries,
  type ReplayResult,
  recordedInstances,
  replaySession,
} from '@alpha-engine/backtest';
import type { StrategyBeginning } from '@alpha-engine/core';
import {
  AlphaError,
  type InstanceSpec,
  instanceIdOf,
  parseParams,
  type Store,
  type Strategy,
} from '@alpha-engine/core';
import type { Config } from '../config/schema.js';
import { type LoadedStrategy, loadStrategy } from '../plugins/load-strategy.js';
import { dataOf } from './backtest/data-of.js';
import { Closers } from './closers.js';
import { lookAtBus } from './look-at-bus.js';
import { type OpenArchive, openArchive } from './open-archive.js';
import { openRecords } from './open-records.js';

export interface ReplayRequest {
  readonly config: Config;
  /** Where strategy files and packages are looked for. */
  readonly folder: string;
  /** Parameters in place of the recorded ones. */
  readonly params: Readonly<Record<string, string>>;
  /** A strategy in place of the recorded one. */
  readonly strategy?: string;
  /** Files of market events for a back-test, in place of what the session read. */
  readonly data?: readonly string[];
  readonly from?: number;
  readonly to?: number;
}

export interface Replay extends ReplayResult {
  /** Where the record is, and where the events were read; for people. */
  readonly records: string;
  readonly source: string;
}

/** Runs what is recorded again. Reads only; on servers beside a running engine, on an embedded database through it. */
export async function replay(request: ReplayRequest): Promise<Replay> {
  const { config, from, to } = request;
  const closers = new Closers();
  try {
    const records = await openRecords(config);
    closers.add(() => records.close());
    const { location, store } = records;
    const strategies = new Strategies(request);
    const changed = await isChanged(store, config.exchange, strategies);
    const [result, source] = await withEntries(config, store, async (entries): Promise<[ReplayResult, string]> => {
      const replayed = await replaySession({
        ...{ store, exchange: config.exchange, entries, changed },
        instances: (began) => strategies.of(began),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
      });
      return [replayed, entries.name];
    });
    return { ...result, records: location, source };
  } finally {
    await closers.close();
  }
}

/** Runs the market that the session read through a back-test, and compares. Reads only. */
export async function replayBacktest(request: ReplayRequest): Promise<AgainstBacktest> {
  const { config, data, from, to } = request;
  const records = await openRecords(config);
  try {
    const strategies = new Strategies(request);
    const { store } = records;
    const market = data === undefined ? undefined : await tapeOf(request, data, store);
    return await withEntries(config, store, (entries) =>
      againstBacktest({
        ...{ store, exchange: config.exchange, entries, ...(market && { market }) },
        instances: (began) => strategies.of(began),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
      }),
    );
  } finally {
    await records.close();
  }
}

/** Recorded trades and books of the symbols that the session traded. */
async function tapeOf(request: ReplayRequest, data: readonly string[], store: Store): Promise<EventSource> {
  const { config, folder } = request;
  const began = await recordedInstances(store, config.exchange);
  const symbols = new Set(began.flatMap(({ instances }) => instances.map(({ symbol }) => symbol)));
  const { source } = await dataOf({
    ...{ config, folder, data, symbol: [...symbols].join(','), to: undefined, badRows: 'refuse' },
    ...{ columns: undefined, dataKind: 'auto', dataTimeframe: undefined, timeIs: 'open', timeZone: 'UTC' },
  });
  if ('events' in source) return source;
  throw new AlphaError('USAGE', '--data holds bars: a session is compared with recorded trades and books.');
}

/** The events of a session, from the bus, the archive and the record, for as long as `work` takes. */
function withEntries<Result>(
  config: Config,
  store: Store,
  work: (entries: KeptEntries) => Promise<Result>,
): Promise<Result> {
  const { exchange } = config;
  return lookAtBus(config, async (bus) => {
    const kept = await archiveIfAny(config);
    const archive = kept && { reader: kept.archive, name: `the archive in ${kept.location}` };
    const entries = new KeptEntries({ bus, store, exchange, ...(archive && { archive }) });
    try {
      return await work(entries);
    } finally {
      await entries.close();
      await kept?.close();
    }
  });
}

async function archiveIfAny(config: Config): Promise<OpenArchive | null> {
  try {
    return await openArchive(config);
  } catch (error) {
    if (AlphaError.is(error) && error.code === 'ARCHIVE_UNAVAILABLE') return null;
    throw error;
  }
}

/** Throws `REPLAY_DIFFERS`. */
export function assertAgree({ agree, causes }: AgainstBacktest): void {
  if (agree) return;
  throw new AlphaError(
    'REPLAY_DIFFERS',
    `The back-test differs from the session in ${causes.unexplained} signals, and no denial says why. Is it the same strategy, and is everything still there that docs/replay.md asks for?`,
    { context: { ...causes } },
  );
}

/** Throws `USAGE` for what is no `name=value`. */
export function readParams(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
      if (name !== undefined && value !== undefined) return [name.trim(), value];
      throw new AlphaError('USAGE', `--param must be a pair such as fast=5; it is "${pair}".`);
    }),
  );
}

/** Throws `REPLAY_DIFFERS`. */
export function assertIdentical({ divergence }: ReplayResult): void {
  if (divergence === null) return;
  const { batch, brain, ts, what } = divergence;
  throw new AlphaError(
    'REPLAY_DIFFERS',
    `The replay differs from the record in batch ${batch} of ${brain}, at ${new Date(ts).toISOString()}. ${what}`,
    { context: { brain, batch } },
  );
}

/** Whether any strategy is not, in code or in parameters, what it was when it was recorded first. */
async function isChanged(store: Store, exchange: string, strategies: Strategies): Promise<boolean> {
  for (const began of await recordedInstances(store, exchange)) {
    const now = await strategies.of(began);
    if (now.some((spec, index) => instanceIdOf(spec) !== strategies.recordedId(spec, began, index))) return true;
  }
  return false;
}

/** The strategies of recorded processes, loaded once each. */
class Strategies {
  readonly #request: ReplayRequest;
  readonly #loaded = new Map<string, Promise<LoadedStrategy>>();

  constructor(request: ReplayRequest) {
    this.#request = request;
  }

  async of(began: StrategyBeginning): Promise<readonly InstanceSpec[]> {
    const specs: InstanceSpec[] = [];
    for (const { strategy: name, params, exchange, symbol, timeframe } of began.instances) {
      const { strategy, codeHash } = await this.#load(this.#request.strategy ?? referenceOf(began) ?? name);
      const recorded = params as Readonly<Record<string, unknown>>;
      specs.push({ strategy, params: this.#params(strategy, recorded), exchange, symbol, timeframe, codeHash });
    }
    return specs;
  }

  #params(strategy: Strategy, recorded: Readonly<Record<string, unknown>>): unknown {
    try {
      return parseParams(strategy, { ...recorded, ...this.#request.params });
    } catch (error) {
      if (!AlphaError.is(error) || this.#request.strategy === undefined) throw error;
      const names = Object.keys(recorded).join(', ') || 'none';
      throw new AlphaError(
        error.code,
        `${error.message} The parameters that were recorded (${names}) are applied, with those of --param in their place or beside them: --strategy has to be a version of the recorded strategy.`,
        { context: error.context, cause: error },
      );
    }
  }

  recordedId(spec: InstanceSpec, { instances }: StrategyBeginning, index: number): string | undefined {
    const recorded = instances[index];
    if (recorded === undefined || recorded.strategy !== spec.strategy.name) return undefined;
    return instanceIdOf({ ...spec, params: recorded.params, codeHash: recorded.codeHash });
  }

  #load(reference: string): Promise<LoadedStrategy> {
    const loading = this.#loaded.get(reference) ?? loadStrategy(reference, this.#request.folder);
    this.#loaded.set(reference, loading);
    return loading;
  }
}

/** How the engine was told its strategy: a name, a file, a package. */
function referenceOf({ session }: StrategyBeginning): string | undefined {
  const { strategy } = (session.config ?? {}) as { readonly strategy?: string };
  return strategy;
}

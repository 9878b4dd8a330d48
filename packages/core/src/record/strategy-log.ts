import { AlphaError } from '../errors/alpha-error.js';
import type { Bar, BarKey, BarSeries } from '../market/bar.js';
import type { Timeframe } from '../market/timeframe.js';
import type { BrainName, Store } from '../store/store.js';
import type { RebuildRecord } from '../strategy/rebuild.js';
import type { StrategyRunnerOptions } from '../strategy/runner-options.js';
import type { FedInput, RunnerSnapshot } from '../strategy/runner-types.js';
import type { LoggedRead } from './logged-read.js';

/** What a process of the brain began with: the first row it wrote has it, and a replay can begin there. Plain JSON. */
export interface StrategyBeginning {
  /** The checkpoint it went on from; null where the brain never ran before. */
  readonly state: RunnerSnapshot | null;
  /** Numbers of signals that stood higher on the bus than in the checkpoint. */
  readonly lastSeqs: readonly (readonly [series: string, seq: number])[];
  readonly initialTargets: StrategyRunnerOptions['initialTargets'] | null;
  readonly instances: readonly {
    readonly strategy: string;
    readonly params: unknown;
    readonly exchange: string;
    readonly symbol: string;
    readonly timeframe: Timeframe;
    readonly codeHash: string;
  }[];
  /** What the engine was started with. */
  readonly session: Readonly<Record<string, unknown>>;
}

/** `inputs` of an input-log row of the strategy brain. */
export interface StrategyLogEntry {
  /** Always the first key: how `inputLogStarts` finds these rows. */
  readonly began?: StrategyBeginning;
  readonly reads: readonly LoggedRead[];
  readonly fed: readonly FedInput[];
  readonly signalIds: readonly string[];
}

/**
 * What a rebuild reads of a row: what reached the strategies and what they decided. The reads are for replay only, and a row
 * in which nothing reached a strategy changes no rebuild.
 */
export function neededForRebuild(inputs: unknown): unknown {
  const entry = inputs as StrategyLogEntry | null;
  if (!entry || (entry.fed.length === 0 && entry.signalIds.length === 0)) return null;
  if (entry.reads.length === 0 && entry.began === undefined) return entry;
  return { reads: [], fed: entry.fed, signalIds: entry.signalIds };
}

/** The stored batches from `since` on, and before `before`, with their bars in place of the keys, for `StrategyRunner.rebuild`. */
export async function* rebuildRecords(
  store: Store,
  brain: BrainName,
  exchange: string,
  since: number,
  { before = Number.POSITIVE_INFINITY, signal }: { readonly before?: number; readonly signal?: AbortSignal } = {},
): AsyncGenerator<RebuildRecord> {
  const bars = new BarReader(store, exchange);
  for await (const row of store.inputLog(brain, since - 1)) {
    signal?.throwIfAborted();
    if (row.batch >= before) return;
    const entry = row.inputs as StrategyLogEntry | null;
    if (!entry) continue;
    const fed: RebuildRecord['fed'][number][] = [];
    for (const input of entry.fed) {
      fed.push(input.kind === 'order' ? input : { kind: input.kind, bar: await bars.get(input) });
    }
    yield { batch: row.batch, fed, signalIds: entry.signalIds };
  }
}

/** Bars per page. */
const PAGE = 5000;

type FedBar = Extract<FedInput, { kind: 'bar' | 'warmup' }>;

/** Bars are asked for in ascending order per symbol and timeframe: reads them in pages ahead. */
export class BarReader {
  readonly #store: Store;
  readonly #exchange: string;
  readonly #pages = new Map<string, Map<string, Bar>>();

  constructor(store: Store, exchange: string) {
    this.#store = store;
    this.#exchange = exchange;
  }

  /** Null where the database has no such bar. */
  async find(fed: BarKey & Pick<BarSeries, 'symbol' | 'timeframe'>): Promise<Bar | null> {
    const { openTs, symbol, timeframe } = fed;
    const key = `${symbol}|${timeframe}`;
    let bar = this.#pages.get(key)?.get(placeOf(fed));
    if (!bar) {
      const page = await this.#store.bars({ exchange: this.#exchange, symbol, timeframe, from: openTs, limit: PAGE });
      this.#pages.set(key, new Map(page.map((row) => [placeOf(row), row])));
      bar = this.#pages.get(key)?.get(placeOf(fed));
    }
    return bar ?? null;
  }

  /** Throws `REBUILD_DIFFERS` where the database has no such bar. */
  async get(fed: FedBar): Promise<Bar> {
    const { openTs, symbol, timeframe } = fed;
    const bar = await this.find(fed);
    if (bar !== null) return bar;
    throw new AlphaError(
      'REBUILD_DIFFERS',
      `The bar of ${symbol} ${timeframe} at ${new Date(openTs).toISOString()} stands in the input log and not in the database. Restore the database from a backup, or start a new instance by changing a parameter.`,
      { context: { symbol, timeframe, openTs } },
    );
  }
}

function placeOf({ openTs, ordinal = 0 }: BarKey): string {
  return `${openTs}|${ordinal}`;
}

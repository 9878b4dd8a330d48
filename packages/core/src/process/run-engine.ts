import { randomUUID } from 'node:crypto';
import type { EventBus } from '../bus/event-bus.js';
import type { MarketHistory } from '../exchange/market-history.js';
import type { Books } from '../execution/books.js';
import type { Difference } from '../execution/compare-books.js';
import type { Store, StoreCounts } from '../store/store.js';
import type { InstanceSpec } from '../strategy/runner-types.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import { type BrainOwnership, UNSHARED } from './brain-ownership.js';
import { ExecutionBrain, type ExecutionBrainOptions } from './execution-brain.js';
import { patientBus } from './patient-bus.js';
import { StrategyBrain, type StrategyBrainReport } from './strategy-brain.js';

export interface EngineOptions {
  readonly exchange: string;
  readonly bus: EventBus;
  readonly store: Store;
  /**
   * Of the brains that run here, when other processes may share the database. Absent: the caller has seen to it that
   * this is the only process, as the lock of an embedded database's folder does.
   */
  readonly ownership?: BrainOwnership;
  readonly logger: Logger;
  readonly marketClock: Clock;
  readonly wallClock: Clock;
  /** Facts for the session row: code hashes, parameters, limits, trading rules. No secrets. */
  readonly session: Readonly<Record<string, unknown>>;
  readonly strategy?: {
    /** Tells engines apart that share the symbols of an exchange. Absent: the only one. */
    readonly name?: string;
    readonly instances: readonly InstanceSpec[];
    readonly history?: MarketHistory;
  };
  readonly execution?: Pick<ExecutionBrainOptions, 'broker' | 'config' | 'paper' | 'clockSkewMs'>;
  /** Told once both brains are open, with what the executor believes at any moment from then on; for those who watch. */
  readonly opened?: (books: (() => Books) | undefined) => void;
}

export interface EngineReport {
  readonly strategy: StrategyBrainReport | null;
  /** Rows in the database, all sessions. */
  readonly stored: StoreCounts;
  /** Net size by symbol and strategy, base coin. */
  readonly positions: readonly { readonly symbol: string; readonly strategy: string; readonly size: string }[];
  /** Quote currency; null before the first quote, and without an executor, which alone keeps books. */
  readonly equity: string | null;
  readonly realizedPnl: string | null;
  readonly fees: string | null;
  /** Whether our books equal the exchange's at the end; null when there is no executor or the exchange did not answer. */
  readonly reconciled: boolean | null;
  readonly differences: readonly Difference[];
}

/**
 * The engine: both brains (or one of them) in one process, until `signal` aborts or one of them fails; a failure ends both
 * and is thrown; losing the ownership is one. On the way out what was stepped is committed, requests in flight are answered, and the books are compared.
 * A bus that is away is waited for; a final error of it ends the engine.
 * A `signal` that aborts before both brains are open calls the start off: its reason is thrown, and nothing stays open.
 */
export async function runEngine(given: EngineOptions, signal: AbortSignal): Promise<EngineReport> {
  const { exchange, logger, marketClock, ownership, session, store } = given;
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal, ...(ownership ? [ownership.lost] : [])]);
  const options = { ...given, bus: patientBus(given.bus, stop) };
  await store.startSession({
    sessionId: randomUUID(),
    brain: `engine:${exchange}`,
    startedTs: marketClock.now(),
    facts: session,
  });

  // The executor opens first: it must be listening when the first signal is published.
  const hold = ownership ?? UNSHARED;
  const execution = options.execution && (await ExecutionBrain.open({ ...options, ...options.execution, hold }));
  const strategy = await openStrategy(options, execution, stop);
  logger.info({ exchange, strategy: strategy !== undefined, execution: execution !== undefined }, 'engine started');
  options.opened?.(execution && (() => execution.executor.books()));

  const fail = (error: unknown) => {
    failed.abort();
    throw error;
  };
  const [decided, executed] = await Promise.allSettled([
    strategy?.run(stop).catch(fail),
    execution?.run(stop).catch(fail),
  ]);
  ownership?.lost.throwIfAborted();
  if (decided.status === 'rejected') throw decided.reason;
  if (executed.status === 'rejected') throw executed.reason;

  const report = await summarise(options, execution, decided.value ?? null, executed.value ?? null);
  logger.info({ ...report }, 'engine stopped');
  return report;
}

async function openStrategy(
  options: EngineOptions,
  execution: ExecutionBrain | undefined,
  signal: AbortSignal,
): Promise<StrategyBrain | undefined> {
  try {
    signal.throwIfAborted();
    const hold = options.ownership ?? UNSHARED;
    return options.strategy && (await StrategyBrain.open({ ...options, ...options.strategy, hold }, signal));
  } catch (error) {
    await execution?.close();
    throw error;
  }
}

async function summarise(
  { store }: EngineOptions,
  execution: ExecutionBrain | undefined,
  strategy: StrategyBrainReport | null,
  compared: readonly Difference[] | null,
): Promise<EngineReport> {
  const books = execution?.executor.books();
  const equity = books && (await store.latestEquity());
  return {
    strategy,
    stored: await store.counts(),
    positions: (await store.positions()).map(({ symbol, strategy: owner, size }) => ({
      symbol,
      strategy: owner,
      size: size.toString(),
    })),
    equity: equity?.equity.toString() ?? null,
    realizedPnl: books?.realizedPnl.toString() ?? null,
    fees: books?.fees.toString() ?? null,
    reconciled: compared && compared.length === 0,
    differences: compared ?? [],
  };
}

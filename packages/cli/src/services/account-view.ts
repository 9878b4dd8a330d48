import {
  AlphaError,
  type Balance,
  type Broker,
  type Checkpoint,
  compareBooks,
  type Difference,
  type ExchangeFill,
  type ExchangeOrder,
  type ExchangePosition,
  Executor,
  type Instrument,
  type Logger,
  type Store,
} from '@alpha-engine/core';
import { executionBrain } from '@alpha-engine/core/process';
import { PaperBroker } from '@alpha-engine/core/simulation';
import { z } from 'zod';
import type { Config } from '../config/schema.js';
import { credentialsOf, instrumentsOf } from './account.js';
import { executorConfig } from './engine-settings.js';
import { endpointsOf, exchangeAdapter } from './exchanges.js';
import { wallClock } from './wall-clock.js';

/** The account of a record: its books as they were committed last, and a way to what the exchange shows. */
export interface AccountView {
  /** On paper the exchange is a part of the record. */
  readonly kind: 'paper' | 'live';
  readonly instruments: readonly Instrument[];
  readonly broker: Broker;
  readonly paper?: PaperBroker;
  readonly executor: Executor;
}

/** What was compared, and what differs. */
export interface Comparison {
  readonly compared: {
    readonly openOrders: number;
    readonly executions: number;
    readonly positions: number;
    readonly balances: number;
  };
  readonly differences: readonly Difference[];
  readonly halts: Readonly<Record<string, string>>;
}

/** The little of a checkpoint that says whose account it is. */
const checkpointed = z.object({
  executor: z.looseObject({ symbols: z.record(z.string(), z.unknown()) }),
  paper: z.unknown().optional(),
});

/** Throws `STORE_EMPTY` where no engine kept books, `CONFIG_INVALID` without the keys of a live account, and `EXCHANGE_*`. */
export async function openAccountView(config: Config, store: Store, logger: Logger): Promise<AccountView> {
  const state = await readState(config, store);
  const adapter = await exchangeAdapter(config.exchange);
  const context = { endpoints: endpointsOf(config), logger, wallClock, marketClock: wallClock };
  const symbols = [...new Set([...config.symbols, ...Object.keys(state.executor.symbols)])];
  const instruments = await instrumentsOf(adapter, symbols, context);
  if (state.paper === undefined) {
    const broker = adapter.broker(context, credentialsOf(config));
    const executor = new Executor(executorConfig(config, instruments, broker), state.executor);
    return { kind: 'live', instruments, broker, executor };
  }
  const paper = new PaperBroker({ instruments, balances: config.paperBalances, clock: wallClock });
  paper.restore(state.paper);
  const executor = new Executor(executorConfig(config, instruments, paper), state.executor);
  return { kind: 'paper', instruments, broker: paper, paper, executor };
}

/** Reads the account as the exchange shows it now, and compares it with the books, execution by execution. */
export async function compareAccount(
  { broker, executor, instruments }: AccountView,
  store: Store,
): Promise<Comparison> {
  const positions: ExchangePosition[] = [];
  const openOrders: ExchangeOrder[] = [];
  const executions: ExchangeFill[] = [];
  const found: Difference[] = [];
  for (const { symbol } of instruments) {
    openOrders.push(...(await broker.openOrders(symbol)));
    const begunTs = executor.begunTs(symbol);
    if (begunTs !== null) {
      const shown = await broker.fillsSince(symbol, begunTs);
      executions.push(...shown);
      found.push(...(await executionDifferences(store, symbol, begunTs, shown)));
    }
    positions.push(...(await broker.positions(symbol)));
  }
  const balances: readonly Balance[] = await broker.balances();
  const books = executor.books();
  found.push(...compareBooks(books, { instruments, openOrders, positions, balances }));
  return {
    compared: {
      openOrders: openOrders.length,
      executions: executions.length,
      positions: positions.length,
      balances: balances.length,
    },
    differences: found,
    halts: Object.fromEntries(
      Object.entries(books.halts).map(([scope, list]) => [scope, list.map(({ reason }) => reason).join(' ')]),
    ),
  };
}

async function readState(config: Config, store: Store): Promise<z.infer<typeof checkpointed>> {
  const checkpoint: Checkpoint | null = await store.checkpoint(executionBrain(config.exchange));
  const state = checkpointed.safeParse(checkpoint?.state);
  if (state.success) return state.data;
  throw new AlphaError(
    'STORE_EMPTY',
    `There are no books of ${config.exchange} in this record: no engine that executes has run on it. Start \`alpha engine\` first.`,
    { context: { exchange: config.exchange } },
  );
}

/** Executions of a symbol by their ids. An exchange shows the newest only: ours from before those are not missed. */
async function executionDifferences(
  store: Store,
  symbol: string,
  begunTs: number,
  shown: readonly ExchangeFill[],
): Promise<readonly Difference[]> {
  const ours = new Map((await store.fills({ symbol })).map(({ fill }) => [fill.executionId, fill]));
  const theirs = new Set(shown.map(({ executionId }) => executionId));
  const since = Math.max(begunTs, Math.min(...shown.map(({ ts }) => ts)));
  const words = ({ side, size, price }: ExchangeFill) => `${side} ${size} at ${price}`;
  const found: Difference[] = [];
  for (const fill of shown) {
    if (ours.has(fill.executionId)) continue;
    const what = `execution ${fill.executionId}`;
    const message = `Execution ${fill.executionId} (${words(fill)} ${symbol}) is shown there and not booked here.`;
    found.push({ subject: 'fills', what, ours: 'none', theirs: words(fill), message });
  }
  for (const fill of ours.values()) {
    if (theirs.has(fill.executionId) || fill.ts <= since) continue;
    const what = `execution ${fill.executionId}`;
    const message = `Execution ${fill.executionId} (${words(fill)} ${symbol}) is booked here and not shown there.`;
    found.push({ subject: 'fills', what, ours: words(fill), theirs: 'none', message });
  }
  return found;
}

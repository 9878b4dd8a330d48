import { setTimeout } from 'node:timers/promises';
import { AlphaError } from '../errors/alpha-error.js';
import type { Broker } from '../exchange/broker.js';
import { compareBooks, type Difference } from '../execution/compare-books.js';
import type { Executor } from '../execution/executor.js';
import type { ExecutorInput, StepTime, SymbolSweep } from '../execution/executor-types.js';
import type { Instrument } from '../instrument/instrument.js';
import type { Logger } from '../telemetry/logger.js';
import type { ExchangeDesk } from './exchange-desk.js';
import { within } from './unless.js';

export interface BooksToClose {
  readonly broker: Broker;
  readonly desk: ExchangeDesk;
  readonly executor: Executor;
  readonly instruments: readonly Instrument[];
  readonly time: () => StepTime;
  readonly logger: Logger;
  /** Steps on what was read and commits what comes of it. */
  record(read: readonly ExecutorInput[]): Promise<void>;
}

/** How long the last comparison with the exchange may take, milliseconds. */
const LAST_LOOK_MS = 10_000;
const LOOK_AGAIN_MS = 500;

/**
 * Books what the exchange still has to tell when nothing is sent any more, then compares: what differs is looked at again until
 * it agrees or the time is up; what was seen last counts. Null when the exchange could not be read at all.
 */
export async function closeBooks(books: BooksToClose): Promise<readonly Difference[] | null> {
  const { logger } = books;
  const deadline = performance.now() + LAST_LOOK_MS;
  let seen: readonly Difference[] | null = null;
  for (;;) {
    const last = performance.now() + LOOK_AGAIN_MS >= deadline;
    const leftMs = Math.max(0, deadline - performance.now());
    try {
      const sentence = `The exchange did not answer within ${LAST_LOOK_MS} ms.`;
      seen = await within(leftMs, sentence, (late) => compareOnce(books, late));
      if (seen.length === 0 || last) return seen;
    } catch (error) {
      if (AlphaError.is(error, 'STORE_FENCED') || AlphaError.is(error, 'OWNERSHIP_LOST')) throw error;
      const fields = { error: String(error) };
      if (last) {
        logger.warn(fields, 'The books could not be compared with the exchange at the end.');
        return seen;
      }
      logger.debug(fields, 'The exchange is read once more.');
    }
    await setTimeout(LOOK_AGAIN_MS);
  }
}

/** `late` aborts when nobody waits any more: nothing is recorded then. */
async function compareOnce(
  { broker, desk, executor, instruments, record, time }: BooksToClose,
  late: AbortSignal,
): Promise<readonly Difference[]> {
  const sweeps: SymbolSweep[] = [];
  // Fills are counted where the books are young; later the exchange shows too few of them, and balances say as much.
  let sinceBegun = true;
  for (const { symbol } of instruments) {
    const begun = executor.begunTs(symbol) ?? time().marketTs;
    const from = Math.max(begun, executor.rememberedTs(symbol) ?? begun);
    if (from > begun) sinceBegun = false;
    sweeps.push(await desk.look(symbol, from));
  }
  const begun = time();
  const balances = await broker.balances();
  late.throwIfAborted();
  await record([...sweeps.map((sweep) => ({ kind: 'sweep', sweep }) as const), { kind: 'balances', balances, begun }]);
  return compareBooks(executor.books(), {
    instruments,
    positions: sweeps.flatMap(({ positions }) => positions),
    openOrders: sweeps.flatMap(({ openOrders }) => openOrders),
    ...(sinceBegun && { fills: sweeps.flatMap(({ fills }) => fills) }),
    balances,
  });
}

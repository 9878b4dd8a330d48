import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AlphaError, type ControlEvent, type Difference, differenceKey, type Logger } from '@alpha-engine/core';
import { executionBrain, prepareDataFolder, reconcileAccount, UNSHARED } from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import { credentialsOf } from './account.js';
import { type AccountView, type Comparison, compareAccount, openAccountView } from './account-view.js';
import { Closers } from './closers.js';
import { connectClock } from './connect-clock.js';
import { lockAccount, ownBrains } from './engine-locks.js';
import { executorConfig } from './engine-settings.js';
import { endpointsOf, exchangeAdapter } from './exchanges.js';
import { lookAtBus } from './look-at-bus.js';
import { openBus } from './open-bus.js';
import { openRecords, type Records } from './open-records.js';
import { openStore } from './open-store.js';
import { wallClock } from './wall-clock.js';

export interface ReconcileRequest {
  readonly config: Config;
  /** Book what the exchange proves and take over its view of the rest. */
  readonly repair: boolean;
  readonly logger: Logger;
}

/** One difference as `alpha reconcile` tells it. */
export interface ListedDifference extends Difference {
  /** What was, or with `--repair` would be, done about it. */
  readonly repair: string;
}

export interface Reconciliation {
  readonly account: AccountView['kind'];
  readonly engine: 'running' | 'stopped';
  readonly agree: boolean;
  /** How many the exchange shows. */
  readonly compared: Comparison['compared'];
  /** What differs now; with `--repair`, what still does. */
  readonly differences: readonly ListedDifference[];
  /** With `--repair`: what differed before. */
  readonly repaired: readonly ListedDifference[];
  /** Why openings are halted, by symbol; `*` is the whole account. Agreement alone does not lift a halt. */
  readonly halts: Readonly<Record<string, string>>;
}

/** Fills and answers on their way explain a difference that is gone a moment later. */
const LOOKS = 3;
const LOOK_AGAIN_MS = 1_000;
const ASK_AGAIN_MS = 2_000;
/** How long a running engine is given to do what was asked, wall milliseconds. */
const PATIENCE_MS = 20_000;

/** Compares the books with the exchange; changes nothing unless `repair` says so. */
export async function reconcile(request: ReconcileRequest): Promise<Reconciliation> {
  const { config, logger, repair } = request;
  const records = await openRecords(config);
  try {
    const engine = await engineState(config, records);
    const look = () =>
      inTurn(async () => {
        const view = await openAccountView(config, records.store, logger);
        return { view, ...(await compareAccount(view, records.store)) };
      });
    let seen = await look();
    const looks = engine === 'running' ? LOOKS : 1;
    for (let looked = 1; looked < looks && seen.differences.length > 0; looked += 1) {
      await delay(LOOK_AGAIN_MS);
      seen = await look();
    }
    const before = seen.differences;
    if (repair && before.length > 0) {
      const word = wordOf(config, before);
      if (engine === 'running') {
        await lookAtBus(config, (bus) => bus.publish(null, [word]));
        const until = performance.now() + PATIENCE_MS;
        while (seen.differences.length > 0 && performance.now() < until) {
          await delay(LOOK_AGAIN_MS);
          seen = await look();
        }
      } else {
        await repairHere(request, records, seen.view, word);
        seen = await look();
      }
    }
    return {
      account: seen.view.kind,
      engine,
      agree: seen.differences.length === 0,
      compared: seen.compared,
      differences: seen.differences.map(listed),
      repaired: repair ? before.map(listed) : [],
      halts: seen.halts,
    };
  } finally {
    await records.close();
  }
}

/** The account's requests are counted together with the engine's, which go first: this waits until there are some left. */
async function inTurn<Result>(ask: () => Promise<Result>): Promise<Result> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!AlphaError.is(error, 'EXCHANGE_RATE_LIMITED') || performance.now() > until) throw error;
    }
    await delay(ASK_AGAIN_MS);
  }
}

/** Throws `BOOKS_DIFFER`, so that the exit status says so. */
export function assertAgree({ agree, differences }: Reconciliation): void {
  if (agree) return;
  const sentences = differences.map(({ message }) => message);
  throw new AlphaError(
    'BOOKS_DIFFER',
    `The books and the exchange differ in ${differences.length} ${differences.length === 1 ? 'point' : 'points'}: ${sentences.join(' ')} See what each line says, or take over the exchange's view with --repair.`,
    { context: { differences: differences.length } },
  );
}

async function engineState(config: Config, records: Records): Promise<Reconciliation['engine']> {
  if (records.engine !== 'unknown') return records.engine;
  const brain = executionBrain(config.exchange);
  const owners = await records.owners([brain]);
  return owners.get(brain)?.owner ? 'running' : 'stopped';
}

function wordOf({ exchange }: Config, differences: readonly Difference[]): ControlEvent {
  return {
    type: 'control',
    ...{ exchange, symbol: '*', ts: wallClock.now(), id: randomUUID() },
    ...{ action: 'reconcile', reason: 'alpha reconcile --repair', accept: differences.map(differenceKey) },
  };
}

/** With the locks that an engine would have: none can start meanwhile. */
async function repairHere(
  { config, logger }: ReconcileRequest,
  records: Records,
  { broker, instruments, kind, paper }: AccountView,
  word: ControlEvent,
): Promise<void> {
  const closers = new Closers();
  const ended = new AbortController();
  closers.add(() => ended.abort());
  try {
    const credentials = kind === 'live' ? credentialsOf(config) : undefined;
    const places = await prepareDataFolder(config.dataDir);
    let hold = UNSHARED;
    let place: string | undefined;
    if (config.databaseUrl !== undefined) {
      const { locks, close } = await openStore(config, places, logger);
      closers.add(close);
      if (locks !== undefined) {
        place = locks.place;
        const brains = { ...config, enableStrategy: false };
        const ownership = await ownBrains(brains, credentials, { locks, logger }, AbortSignal.timeout(PATIENCE_MS));
        closers.add(() => ownership.close());
        hold = ownership;
      }
    }
    if (credentials !== undefined) {
      const account = await lockAccount(config.exchange, credentials, place);
      closers.add(() => account.release());
    }
    const bus = await openBus(config, places, logger);
    closers.add(() => bus.close());
    const { exchange, maxClockSkewMs } = config;
    const adapter = await exchangeAdapter(exchange);
    const context = { endpoints: endpointsOf(config), logger, wallClock };
    const clock = { adapter, context, maxClockSkewMs, stop: ended.signal, ended: ended.signal };
    const marketClock = await connectClock(clock);
    await reconcileAccount(
      {
        ...{ exchange, bus, hold, logger, marketClock, wallClock, broker },
        store: records.store,
        config: executorConfig(config, instruments, broker),
        ...(paper && { paper }),
      },
      word,
    );
  } finally {
    await closers.close();
  }
}

function listed(difference: Difference): ListedDifference {
  return { ...difference, repair: repairOf(difference) };
}

function repairOf({ subject, ours, theirs, what }: Difference): string {
  switch (subject) {
    case 'fills':
      if (ours === 'none') return 'The engine books it at its next comparison.';
      return `Nobody can say: the exchange does not show ${what} any more. Look at its history.`;
    case 'order':
      if (ours === 'in doubt') return 'The engine finds out what became of it, or halts the symbol.';
      if (ours === 'none') return 'Not ours: cancel it at the exchange. On an exclusive account it halts trading.';
      return 'The engine asks for it and books its end; --repair ends it when the exchange knows it no more.';
    case 'lot':
      if (ours === 'none') return '--repair takes it over as external: it belongs to no strategy.';
      if (theirs === 'none') return '--repair closes it here; what that earned is not known.';
      return "--repair takes over the exchange's size.";
    case 'balance':
      return '--repair books it as a transfer, which is no profit.';
  }
}

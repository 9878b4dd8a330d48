import {
  AlphaError,
  type Broker,
  type Clock,
  type InstanceSpec,
  type Instrument,
  type Logger,
  parseParams,
} from '@alpha-engine/core';
import {
  type EngineOptions,
  type EngineReport,
  EngineTurns,
  openUnless,
  prepareDataFolder,
  runEngine,
} from '@alpha-engine/core/process';
import { type Latency, PaperBroker } from '@alpha-engine/core/simulation';
import type { Config } from '../config/schema.js';
import { credentialsOf, instrumentsOf } from './account.js';
import { clockSkewMs } from './check-clock.js';
import { chosenStrategy } from './chosen-strategy.js';
import { Closers } from './closers.js';
import { connectClock } from './connect-clock.js';
import { awaitDataFolder, lockDataFolder } from './data-folder.js';
import { engineFitness } from './engine-fitness.js';
import { lockAccount, ownBrains } from './engine-locks.js';
import { assertHorizon, executorConfig, sessionFacts } from './engine-settings.js';
import { endpointsOf, exchangeAdapter } from './exchanges.js';
import { keepRecord } from './keep-record.js';
import { latencyIn } from './latency-in.js';
import { logToStore } from './log-to-store.js';
import { openBus } from './open-bus.js';
import { openStore } from './open-store.js';
import { assertNamed } from './symbols.js';
import { wallClock } from './wall-clock.js';
import { Watch } from './watch.js';

export interface EngineRequest {
  readonly config: Config;
  /** Orders go to the exchange. Without it they go to a simulated account in this process. */
  readonly live: boolean;
  /** On an embedded database: wait for the engine that uses the data folder, and take over when it ends. */
  readonly standby: boolean;
  /** Where strategy files and packages are looked for. */
  readonly folder: string;
  readonly logger: Logger;
}

/**
 * Both brains, or one of them, until `signal` aborts; null when it aborts before they are open. The only place where a
 * strategy, a broker and the records meet.
 */
export async function serveEngine(request: EngineRequest, signal: AbortSignal): Promise<EngineReport | null> {
  const { config, live, folder } = request;
  const { databaseUrl, engineName, symbols } = config;
  // Everything a person may have written wrong is found before anything is opened.
  assertNamed(symbols, 'The engine trades each of its symbols, and keeps positions and limits of each.');
  const adapter = await exchangeAdapter(config.exchange);
  const instances = config.enableStrategy ? await loadInstances(config, folder) : [];
  const latency = await latencyIn(config.paperLatency, folder);
  const credentials = live ? credentialsOf(config) : undefined;
  const endpoints = endpointsOf(config);
  if (credentials !== undefined && config.enableExecution) {
    const context = { endpoints, logger: request.logger, wallClock, marketClock: wallClock };
    assertHorizon(config, adapter.broker(context, credentials));
  }

  const places = await prepareDataFolder(config.dataDir);
  const closers = new Closers();
  const ended = new AbortController();
  closers.add(() => ended.abort());
  let opened = false;
  try {
    const lockThisAccount = async (place?: string) => {
      if (credentials === undefined || !config.enableExecution) return;
      const account = await lockAccount(config.exchange, credentials, place);
      closers.add(() => account.release());
    };
    if (databaseUrl === undefined) {
      const lock = await (request.standby ? awaitDataFolder(places, request.logger, signal) : lockDataFolder(places));
      closers.add(() => lock.release());
      await lockThisAccount();
    }
    const watch = await Watch.open(config, request.logger);
    closers.add(() => watch.close());
    const openedBus = await openUnless(signal, openBus(config, places, request.logger));
    closers.add(() => openedBus.close());
    const bus = watch.bus(openedBus);
    // The exchange before the database: what it refuses is told at once.
    const base = { endpoints, logger: request.logger, wallClock };
    const { maxClockSkewMs } = config;
    const clock = { adapter, context: base, maxClockSkewMs, stop: signal, ended: ended.signal };
    const marketClock = await connectClock(clock);
    const asked = { ...base, marketClock, signal };
    const readExchange = async () => ({
      instruments: await instrumentsOf(adapter, symbols, asked),
      balances: credentials && config.enableExecution ? await adapter.broker(asked, credentials).balances() : [],
    });
    let told = await readExchange();

    signal.throwIfAborted();
    const opening = openStore(config, places, request.logger);
    // The embedded database opens soon, and has to be closed in order; a server may never answer.
    const { store, locks, close } = await (databaseUrl === undefined ? opening : openUnless(signal, opening));
    closers.add(close);
    signal.throwIfAborted();
    const sink = logToStore(request.logger, store, config.logLevel);
    closers.add(() => sink.close());
    const { logger } = sink;
    if (locks !== undefined) await lockThisAccount(locks.place);
    const onStandby = () => watch.waits('It is a standby: another engine owns its brains.');
    const ownership = locks && (await ownBrains(config, credentials, { locks, logger, onStandby }, signal));
    if (ownership !== undefined) {
      closers.add(() => ownership.close());
      // A standby may have waited for weeks. It takes over all the same when the exchange is busy in that moment.
      if (ownership.waited) {
        told = await readExchange().catch((error: unknown) => {
          if (!AlphaError.is(error) || !error.retryable) throw error;
          logger.warn({ code: error.code }, 'The exchange could not be read again; what it told at the start holds.');
          return told;
        });
      }
    }
    const { instruments, balances } = told;
    warnOf(live, config, logger);
    const context = { endpoints, logger, marketClock, wallClock };
    const broker = credentials && adapter.broker(context, credentials);
    const turns = marketClock.reading.lockstep ? new EngineTurns(marketClock, lockstepRole(config)) : null;
    const execution = config.enableExecution && executionOf(config, instruments, marketClock, broker, latency);
    const counted = watch.store(store);
    opened = true;
    return await runEngine(
      {
        exchange: config.exchange,
        bus: turns?.bus(bus) ?? bus,
        store: turns?.store(counted) ?? counted,
        ...(ownership && { ownership }),
        opened: (books) => {
          if (books) watch.books(books);
          watch.started(() => engineFitness(config, bus, books?.()));
          closers.add(keepRecord(config, store, marketClock, logger));
          if (turns === null) return;
          if (books) turns.watch(books);
          adapter.joinLockstep?.(context, turns, signal).catch((error: unknown) => {
            logger.error({ error: String(error) }, 'The market in lockstep was not joined, and waits.');
          });
        },
        logger,
        marketClock,
        wallClock,
        session: sessionFacts({ config, live, instances, instruments, balances }),
        ...(config.enableStrategy && {
          strategy: {
            ...(engineName !== undefined && { name: engineName }),
            instances,
            history: adapter.history({ ...context, signal }),
          },
        }),
        ...(execution && {
          execution: {
            ...execution,
            broker: turns?.broker(execution.broker) ?? execution.broker,
            clockSkewMs: () => clockSkewMs(marketClock.reading),
          },
        }),
      },
      signal,
    );
  } catch (error) {
    const calledOff = signal.aborted && (!opened || error === signal.reason);
    if (!calledOff) throw error;
    request.logger.info({}, 'stopped before it had started');
    return null;
  } finally {
    await closers.close();
  }
}

async function loadInstances(config: Config, folder: string): Promise<readonly InstanceSpec[]> {
  const { strategy, codeHash } = await chosenStrategy(config, folder);
  const params = parseParams(strategy, config.strategyParams);
  const { exchange, symbols, timeframe } = config;
  return symbols.map((symbol) => ({ strategy, params, exchange, symbol, timeframe, codeHash }));
}

/** Which brains this process has. */
function lockstepRole({ enableExecution, enableStrategy }: Config): 'engine' | 'strategy' | 'execution' {
  if (enableExecution && enableStrategy) return 'engine';
  return enableStrategy ? 'strategy' : 'execution';
}

function executionOf(
  config: Config,
  instruments: readonly Instrument[],
  clock: Clock,
  broker: Broker | undefined,
  latency: Latency,
): NonNullable<EngineOptions['execution']> {
  if (broker) return { broker, config: executorConfig(config, instruments, broker) };
  const { paperBalances: balances, paperFill: fill, paperQueue, paperSlippagePct } = config;
  const queue = fill === 'trades' ? 'through' : paperQueue;
  const slippage = { fraction: paperSlippagePct / 100, on: 'all' } as const;
  const paper = new PaperBroker({ instruments, balances, clock, fill, queue, slippage, latency });
  return { broker: paper, config: executorConfig(config, instruments, paper), paper };
}

function warnOf(live: boolean, config: Config, logger: Logger): void {
  const where = config.restBaseUrl ?? `the real ${config.exchange}`;
  const { symbols, orderSize, maxPositionSize } = config;
  const limits = { symbols, orderSize: orderSize.toString(), maxPositionSize: maxPositionSize.toString() };
  if (!config.enableExecution) logger.info(limits, 'this engine decides only: it sends no orders');
  else if (live) logger.warn(limits, `LIVE: orders go to ${where} and move the money of this account`);
  else {
    const { paperFill, paperLatency, paperQueue, paperSlippagePct } = config;
    const paper = { ...limits, paperFill, paperQueue, paperSlippagePct, paperLatency };
    logger.info(paper, 'paper: orders stay in this process; --live would send them');
  }
}

import type { EventBus } from '../bus/event-bus.js';
import { SpoolingPublisher } from '../bus/spool/spooling-publisher.js';
import { AlphaError } from '../errors/alpha-error.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import { collectorSeries } from './collector-series.js';
import { lockSpool, lookInto, type WaitingSpool } from './waiting-spools.js';

interface WaitingOptions {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly bus: EventBus;
  readonly spool: { readonly folder: string; readonly maxBytes: number; readonly waiting?: readonly WaitingSpool[] };
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly wallClock: Clock;
}

const OTHERS =
  'Events of a collector with other symbols wait on disk; start one with these symbols to publish them, or remove the folder.';
const BESIDE = 'Events that a collector left in another folder are published before this one begins.';
const LOOK_MS = 60_000;
const CLOSE_MS = 30_000;

/**
 * Publishes what collectors of any of our symbols left in folders beside our own, before we take the series over: afterwards
 * their numbers would be used again. Newest writer first, our own folder in its turn: what an older one left of the same series
 * is too late, and is told as `dropped`. Takes as long as the bus is away; returns early when `signal` aborts.
 */
export async function publishWaiting(options: WaitingOptions, signal: AbortSignal): Promise<void> {
  const { exchange, symbols, spool, logger } = options;
  const isOurs = (one: WaitingSpool) =>
    one.exchanges.includes(exchange) && one.symbols.some((symbol) => symbols.includes(symbol));
  const { waiting = [] } = spool;
  for (const { folder, events, symbols } of waiting.filter((one) => !isOurs(one))) {
    logger.warn({ folder, events, symbols }, OTHERS);
  }
  const ours = waiting.filter(isOurs);
  if (ours.length === 0) return;
  const own = lookInto(spool.folder);
  for (const one of [...ours, ...(own === null ? [] : [own])].toSorted((a, b) => b.writer - a.writer)) {
    if (one === own) await publishOne(options, one, signal);
    else await publishLocked(options, one.folder, signal);
  }
}

async function publishLocked(options: WaitingOptions, folder: string, signal: AbortSignal): Promise<void> {
  const lock = await lockSpool(folder);
  if (lock === null) return;
  try {
    const waiting = lookInto(folder);
    if (waiting !== null) await publishOne(options, waiting, signal);
  } finally {
    await lock.release();
  }
}

async function publishOne(options: WaitingOptions, spool: WaitingSpool, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { bus, exchange, logger, metrics, wallClock: clock } = options;
  const { folder, events } = spool;
  logger.warn({ folder, events, symbols: spool.symbols }, BESIDE);
  const failed = new AbortController();
  // Only what the folder has: of our other symbols another folder may hold events that an older writer numbered.
  const symbols = options.symbols.filter((symbol) => spool.symbols.includes(symbol));
  const publisher = await SpoolingPublisher.open(bus, collectorSeries(exchange, symbols), {
    folder,
    maxBytes: options.spool.maxBytes,
    clock,
    logger,
    metrics,
    onFailure: (error) => failed.abort(error),
  });
  const ending = AbortSignal.any([signal, failed.signal]);
  while (!(await publisher.caughtUp(LOOK_MS, ending)) && !ending.aborted);
  await publisher.close(ending.aborted ? undefined : CLOSE_MS);
  if (failed.signal.aborted && !AlphaError.is(failed.signal.reason, 'BUS_FENCED')) throw failed.signal.reason;
}

import { KINDS, type Kind } from './kinds.js';
import type { Costs, KindCosts } from './measure-costs.js';
import { BTCUSDT, GMO, type Rates, VOLATILE } from './rates.js';

export interface Scenario {
  readonly name: string;
  readonly symbols: number;
  /** Processes that share them, one for each exchange. */
  readonly collectors: number;
  readonly rates: Rates;
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'one symbol of GMO Coin', symbols: 1, collectors: 1, rates: GMO },
  { name: 'all 29 of GMO Coin', symbols: 29, collectors: 1, rates: GMO },
  { name: 'all 29, as wild as January 2018', symbols: 29, collectors: 1, rates: VOLATILE },
  { name: 'ten exchanges of 29', symbols: 290, collectors: 10, rates: GMO },
  { name: 'a thousand symbols', symbols: 1000, collectors: 10, rates: GMO },
  { name: 'a hundred as busy as BTCUSDT', symbols: 100, collectors: 10, rates: BTCUSDT },
];

/** Shares of a core, bytes, events: what a market needs on average, and in a second that is the worst of every symbol at once. */
export interface Need {
  readonly eventsPerSecond: number;
  readonly collector: number;
  readonly redis: number;
  readonly brain: number;
  readonly archiver: number;
  readonly postgres: number;
  readonly busBytesPerHour: number;
  readonly brainBytes: number;
  readonly fileBytesPerDay: number;
  readonly tableBytesPerDay: number;
  readonly networkBytesPerSecond: number;
  readonly worstSecond: number;
  /** CPU of one collector for its part of the worst second. */
  readonly digestMs: number;
}

/** Readers of the market streams: the strategy brain, the execution brain, the archiver. */
const READERS = 3;
/** A process that has more than this to do a second takes several events at once, Redis too. */
const WAKES_PER_SECOND = 1000;
const DAY_SECONDS = 86_400;

export function needOf({ symbols, collectors, rates }: Scenario, costs: Costs): Need {
  const total = (of: Readonly<Record<Kind, number>>, key?: keyof KindCosts) =>
    KINDS.reduce((sum, kind) => sum + symbols * of[kind] * (key === undefined ? 1 : costs.kinds[kind][key]), 0);
  const mean = (key?: keyof KindCosts) => total(rates.mean, key);
  const eventsPerSecond = mean();
  const wakes = (processes: number) => Math.min(eventsPerSecond, processes * WAKES_PER_SECOND);
  const cores = (micros: number) => micros / 1e6;
  const fileBytes = rates === BTCUSDT ? mean('fileBytes') : mean('fileBytesQuiet');
  return {
    eventsPerSecond,
    collector: cores(mean('collector') + wakes(collectors) * costs.wake.collector),
    redis: cores(mean('redisAppend') + READERS * mean('redisRead') + wakes(1) * costs.wake.redis),
    brain: cores(mean('brain') + wakes(1) * costs.wake.brain),
    archiver: cores(mean('archiverToPostgres') + wakes(1) * costs.wake.brain),
    postgres: cores(mean('postgresArchive')) + costs.engine.postgresCores,
    busBytesPerHour: mean('busBytes') * 3600,
    brainBytes: symbols * costs.symbolBytes,
    fileBytesPerDay: fileBytes * DAY_SECONDS,
    tableBytesPerDay: mean('tableBytes') * DAY_SECONDS,
    networkBytesPerSecond: mean('networkBytes') * (1 + READERS),
    worstSecond: total(rates.worst),
    digestMs: total(rates.worst, 'collector') / collectors / 1000,
  };
}

export type Worker = 'collector' | 'redis' | 'brain' | 'archiverToFiles' | 'archiverToPostgres';

/** How many such symbols keep one process busy for half of the time. */
export function symbolsOnHalfACore(rates: Rates, { kinds, wake }: Costs): Readonly<Record<Worker, number>> {
  const symbolMicros = (micros: (costs: KindCosts) => number) =>
    KINDS.reduce((sum, kind) => sum + rates.mean[kind] * micros(kinds[kind]), 0);
  const left = (wakeMicros: number) => Math.max(0, 500_000 - WAKES_PER_SECOND * wakeMicros);
  return {
    collector: left(wake.collector) / symbolMicros(({ collector }) => collector),
    redis: left(wake.redis) / symbolMicros(({ redisAppend, redisRead }) => redisAppend + READERS * redisRead),
    brain: left(wake.brain) / symbolMicros(({ brain }) => brain),
    archiverToFiles: left(wake.brain) / symbolMicros(({ archiverToFiles }) => archiverToFiles),
    archiverToPostgres: left(wake.brain) / symbolMicros(({ archiverToPostgres }) => archiverToPostgres),
  };
}

import { availableParallelism } from 'node:os';
import { KINDS } from './scaling/kinds.js';
import { type Costs, type KindCosts, measureCosts } from './scaling/measure-costs.js';
import { BTCUSDT, GMO } from './scaling/rates.js';
import { type Need, needOf, SCENARIOS, symbolsOnHalfACore, type Worker } from './scaling/scenarios.js';
import { textTable } from './scaling/text-table.js';

const UNITS: readonly (readonly [keyof KindCosts, string])[] = [
  ['collector', 'collector, µs'],
  ['redisAppend', 'Redis, appending, µs'],
  ['redisRead', 'Redis, for one reader, µs'],
  ['brain', 'strategy brain, µs'],
  ['archiverToFiles', 'archiver to files, µs'],
  ['archiverToPostgres', 'archiver to PostgreSQL, µs'],
  ['postgresArchive', 'PostgreSQL, archiving, µs'],
  ['networkBytes', 'collector → Redis, bytes'],
  ['busBytes', 'memory of Redis, bytes'],
  ['fileBytes', 'archive file, busy, bytes'],
  ['fileBytesQuiet', 'archive file, quiet, bytes'],
  ['tableBytes', 'raw_events and its indexes, bytes'],
];

const CARRIERS: readonly (readonly [keyof KindCosts, string])[] = [
  ['collector', 'a core of the collector'],
  ['redisAppend', 'the core of Redis, appending'],
  ['brain', 'a core of the strategy brain'],
  ['archiverToFiles', 'a core of the archiver, to files'],
  ['postgresArchive', 'a core of PostgreSQL, archiving'],
];

const WORKERS: readonly (readonly [Worker, string])[] = [
  ['collector', 'a collector'],
  ['archiverToFiles', 'an archiver to files'],
  ['archiverToPostgres', 'an archiver to PostgreSQL'],
  ['brain', 'a strategy brain'],
  ['redis', 'Redis, with three readers'],
];

/** `pnpm bench scaling`: what one event costs, what a core carries, and what whole markets need. The tables of docs/scaling.md. */
export async function report(): Promise<string> {
  const costs = await measureCosts();
  return [unitTable(costs), aloneLines(costs), carryTable(costs), halfTable(costs), needTable(costs)].join('\n\n');
}

function unitTable({ kinds }: Costs): string {
  const rows = UNITS.map(([key, title]) => [title, ...KINDS.map((kind) => figure(kinds[kind][key]))]);
  return textTable(['an event in full batches costs', ...KINDS], rows);
}

function aloneLines({ wake, engine, symbolBytes }: Costs): string {
  return [
    `An event that comes alone costs more: the collector ${figure(wake.collector)} µs, the brain ${figure(wake.brain)} µs, Redis ${figure(wake.redis)} µs.`,
    `A running strategy brain takes ${figure(engine.postgresCores * 100)} % of a core of PostgreSQL and writes ${figure(engine.bytesPerDay / 1e6)} MB of input log a day.`,
    `A symbol with ma-cross on minutes keeps ${figure(symbolBytes / 1000)} kB in the brain.`,
  ].join('\n');
}

function carryTable({ kinds }: Costs): string {
  const rows = CARRIERS.map(([key, title]) => [title, ...KINDS.map((kind) => figure(1e6 / kinds[kind][key]))]);
  return textTable(['carries events a second', ...KINDS], rows);
}

function halfTable(costs: Costs): string {
  const [quiet, busy] = [symbolsOnHalfACore(GMO, costs), symbolsOnHalfACore(BTCUSDT, costs)];
  const rows = WORKERS.map(([worker, title]) => [title, figure(quiet[worker]), figure(busy[worker])]);
  return textTable(['is busy half of the time with symbols', 'as on GMO Coin', 'as BTCUSDT'], rows);
}

function needTable(costs: Costs): string {
  const percent = (cores: number) => `${figure(cores * 100)} %`;
  const cells = (name: string, need: Need) => [
    name,
    figure(need.eventsPerSecond),
    ...[need.collector, need.redis, need.brain, need.archiver, need.postgres].map(percent),
    figure(need.busBytesPerHour / 1e6),
    figure(need.brainBytes / 1e6),
    figure(need.fileBytesPerDay / 1e9),
    figure(need.tableBytesPerDay / 1e9),
    figure((need.networkBytesPerSecond * 8) / 1e6),
    figure(need.worstSecond),
    figure(need.digestMs),
  ];
  const heads = [
    ...['market', 'events/s', 'collectors', 'Redis', 'brain', 'archiver', 'PostgreSQL'],
    ...['bus MB/h', 'brain MB', 'files GB/day', 'table GB/day', 'Mbit/s', 'worst second', 'digested ms'],
  ];
  const rows = SCENARIOS.map((scenario) => cells(scenario.name, needOf(scenario, costs)));
  return `Percent of a core (this machine has ${availableParallelism()}); PostgreSQL as the archive, files as the other choice.\n${textTable(heads, rows)}`;
}

function figure(value: number): string {
  if (value >= 1000) return Math.round(Number(value.toPrecision(3))).toLocaleString('en-US');
  return Number(value.toPrecision(2)).toString();
}

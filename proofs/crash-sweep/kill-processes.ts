import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Decimal, type Order } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { createPostgresStore, openEmbeddedDatabase } from '@alpha-engine/core/postgres';
import { type GmoSimulator, startGmoSimulator, type Tape } from '@alpha-engine/gmo-adapter/simulator';
import { randomFor } from '../random.js';
import { signalOf, tickerOf } from '../world/market.js';
import type { Cut } from '../world/tripwire.js';
import type { ChildTask } from './engine-child.js';

export interface ProcessRun {
  readonly cut: Cut | null;
  readonly problems: readonly string[];
}

export interface ProcessReport {
  /** Methods of the ports that are called on the way, and at how many of them a process was killed. */
  readonly methods: number;
  readonly methodsCut: number;
  readonly runs: readonly ProcessRun[];
}

const PRICE = 6_000_000;
const LONGEST_MS = 60_000;
const EVERY_LEVEL = [0, 1, 2].map((step) => [PRICE + 1 + step, 0.01] as const);

/** Kills real engines at so many points, spread over every method of every port, and looks at what the next one makes of it. */
export async function killProcesses(
  count: number,
  seed: number,
  tell: (line: string) => void,
  signal: AbortSignal,
  script = fileURLToPath(new URL('engine-child.js', import.meta.url)),
): Promise<ProcessReport> {
  const { points, problems } = await followWithProcesses(script, null);
  if (problems.length > 0) return { methods: 0, methodsCut: 0, runs: [{ cut: null, problems }] };
  const calls = new Map<string, number>();
  for (const point of points) calls.set(point, (calls.get(point) ?? 0) + 1);
  const methods = [...calls.keys()].toSorted();
  const runs: ProcessRun[] = [];
  for (let number = 0; number < count; number += 1) {
    signal.throwIfAborted();
    const random = randomFor(seed, `process ${number}`);
    const of = methods[number % methods.length]!;
    // Idle calls come and go with the machine's speed: the last ones may not come again.
    const at = 1 + Math.floor(random() * Math.max(1, calls.get(of)! * 0.7));
    const cut: Cut = { of, at, when: (number + Math.floor(number / methods.length)) % 2 === 0 ? 'before' : 'after' };
    const run = { cut, problems: (await followWithProcesses(script, cut)).problems };
    runs.push(run);
    const where = `${cut.when} call ${at} of ${of}`;
    tell(`kill -9 ${where}: ${run.problems.length === 0 ? 'holds' : `FAILS: ${run.problems.join(' ')}`}`);
  }
  return { methods: methods.length, methodsCut: new Set(runs.map(({ cut }) => cut?.of)).size, runs };
}

interface Followed {
  readonly points: readonly string[];
  readonly problems: readonly string[];
}

/** An entry and its exit, by an engine that kills itself at `cut`, and one that comes after it. */
async function followWithProcesses(script: string, cut: Cut | null): Promise<Followed> {
  const folder = await mkdtemp(join(tmpdir(), 'alpha-sweep-'));
  const simulator = await startGmoSimulator({ tape: blankTape(), balances: { JPY: '10000000', BTC: '0' } });
  try {
    for (const symbol of ['BTC_JPY', 'BTC']) {
      const bids = EVERY_LEVEL.map(([price, size]) => [2 * PRICE - price, size] as const);
      simulator.play({ kind: 'book', symbol, bids, asks: EVERY_LEVEL });
    }
    return await follow(folder, simulator, script, cut);
  } finally {
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function follow(folder: string, simulator: GmoSimulator, script: string, cut: Cut | null): Promise<Followed> {
  const { restBaseUrl, wsPrivateUrl } = simulator;
  const task = { busFolder: join(folder, 'bus'), databaseFolder: join(folder, 'database'), restBaseUrl, wsPrivateUrl };
  let child = new EngineChild(script, { ...task, cut });
  let killed = 0;
  try {
    const bus = await openEmbeddedBus({ folder: task.busFolder });
    for (const [index, action] of (['enter_long', 'exit'] as const).entries()) {
      const ts = Date.now();
      await bus.publish(null, [tickerOf('BTC_JPY', PRICE, ts), signalOf(`signal-${index + 1}`, 'BTC_JPY', action, ts)]);
      while ((await child.until(`settled ${index + 1}`)) === 'killed') {
        killed += 1;
        child = new EngineChild(script, { ...task, cut: null });
      }
    }
    await bus.close();
    child.stop();
    if ((await child.until('report')) === 'killed') {
      killed += 1;
      child = new EngineChild(script, { ...task, cut: null });
      await child.until('settled 2');
      child.stop();
      await child.until('report');
    }
    await child.ended;
    const missed = cut !== null && killed === 0 ? ['No process came to this point.'] : [];
    const report = JSON.parse(child.line('report')) as { reconciled: boolean; differences: unknown; halts: object };
    return {
      points: JSON.parse(child.line('points')) as string[],
      problems: [...missed, ...reportProblems(report), ...(await recordProblems(task.databaseFolder, simulator))],
    };
  } catch (error) {
    child.kill();
    await child.ended;
    return { points: [], problems: [String(error)] };
  }
}

function reportProblems({
  differences,
  halts,
  reconciled,
}: {
  reconciled: boolean;
  differences: unknown;
  halts: object;
}) {
  return [
    ...(reconciled ? [] : [`The books differ at the end: ${JSON.stringify(differences)}.`]),
    ...(Object.keys(halts).length === 0 ? [] : [`Something is halted: ${JSON.stringify(halts)}.`]),
  ];
}

/** The record against the matching engine of the simulator itself. */
async function recordProblems(databaseFolder: string, { exchange }: GmoSimulator): Promise<readonly string[]> {
  const database = await openEmbeddedDatabase({ folder: databaseFolder });
  try {
    const store = createPostgresStore(database.pool);
    const orders = (await store.orders()).map(({ order }) => order);
    const theirs = exchange.fills().map(({ orderId }) => String(orderId));
    const ours = (await store.fills()).map(({ clientOrderId, fill }) => `${fill.exchangeOrderId} ${clientOrderId}`);
    const net = Decimal.sum((await store.positions()).map(({ size }) => size));
    const bound = orders.flatMap((order) => exchangeIdOf(order) ?? []);
    const legs = orders.filter(exchangeIdOf).map(({ terms }) => `${terms.signalId} ${terms.leg} ${terms.positionId}`);
    return [
      ...(theirs.length === ours.length
        ? []
        : [`${ours.length} fills are in the record, ${theirs.length} at the exchange.`]),
      ...theirs
        .filter((id) => !bound.includes(id))
        .map((id) => `Order ${id} of the exchange is bound to none of ours.`),
      ...(new Set(legs).size === legs.length ? [] : [`A leg was placed twice: ${legs.join(', ')}.`]),
      ...(net.isZero() && exchange.positions().length === 0 ? [] : [`The position is ${net} and not flat.`]),
      ...(exchange.openOrders().length === 0 ? [] : ['An order still works at the exchange.']),
    ];
  } finally {
    await database.close();
  }
}

function exchangeIdOf(order: Order): string | undefined {
  return 'exchangeOrderId' in order ? order.exchangeOrderId : undefined;
}

class EngineChild {
  readonly ended: Promise<unknown>;
  readonly #process;
  readonly #lines: string[] = [];
  #errors = '';
  #signal: string | null | undefined;
  #wake = () => {};

  constructor(script: string, task: ChildTask) {
    this.#process = spawn(process.execPath, [script, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'pipe'] });
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    this.#process.stderr.on('data', (data: Buffer) => {
      this.#errors += data.toString();
    });
    this.ended = once(this.#process, 'close').then(([, signal]: unknown[]) => {
      this.#signal = signal as string | null;
      this.#wake();
    });
  }

  /** The first line that begins so. */
  line(start: string): string {
    return (this.#lines.find((line) => line.startsWith(start)) ?? '').slice(start.length);
  }

  /** Waits for a line; `killed` when the process was first. Throws when it ended in another way, or takes too long. */
  async until(start: string): Promise<'told' | 'killed'> {
    const late = AbortSignal.timeout(LONGEST_MS);
    for (;;) {
      if (this.#lines.some((line) => line.startsWith(start))) return 'told';
      if (this.#signal === 'SIGKILL') return 'killed';
      if (this.#signal !== undefined) throw new Error(`The engine ended by itself. ${this.#errors}`);
      if (late.aborted) throw new Error(`The engine did not come to "${start}". ${this.#errors}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        late.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  stop(): void {
    this.#process.kill('SIGTERM');
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

/** Nothing on it: what moves, we move. */
function blankTape(): Tape {
  const symbols = ['BTC_JPY', 'BTC'].map((symbol) => ({ symbol, source: 'the crash sweep' }));
  const text = { origin: 'the crash sweep', licence: 'none', conversion: 'none' };
  const times = { start: 1, end: 1, records: 0 };
  return { header: { format: 'alpha-tape', version: 1, exchange: 'gmo', symbols, ...times, ...text }, records: [] };
}

import { setTimeout as delay } from 'node:timers/promises';
import { type Books, silentLogger } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { createPostgresStore, openEmbeddedDatabase } from '@alpha-engine/core/postgres';
import { runEngine } from '@alpha-engine/core/process';
import { createGmoAdapter } from '@alpha-engine/gmo-adapter';
import { EXCHANGE, executorConfig, HORIZON_MS, INSTRUMENTS } from '../world/market.js';
import { type Cut, Tripwire } from '../world/tripwire.js';

/** What the process that starts this one tells it, as one argument. */
export interface ChildTask {
  readonly busFolder: string;
  readonly databaseFolder: string;
  readonly restBaseUrl: string;
  readonly wsPrivateUrl: string;
  /** Where this process kills itself; null: nowhere. */
  readonly cut: Cut | null;
}

/*
 * A real engine, executor only, on the embedded bus and database, against a simulated exchange over sockets. It ends itself
 * by SIGKILL at one call of a port. Lines to stdout: `settled <verdicts>` whenever everything is done; after SIGTERM `points`
 * and `report`.
 */
const task = JSON.parse(process.argv[2]!) as ChildTask;
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const tripwire = new Tripwire(task.cut, () => process.kill(process.pid, 'SIGKILL'));
const clock = { now: () => Date.now() };
const bus = await openEmbeddedBus({ folder: task.busFolder });
const database = await openEmbeddedDatabase({ folder: task.databaseFolder });
const store = createPostgresStore(database.pool);
await store.migrate();
const { restBaseUrl, wsPrivateUrl } = task;
const broker = createGmoAdapter({ horizonMs: HORIZON_MS, timeoutMs: 1_000 }).broker(
  { endpoints: { restBaseUrl, wsPrivateUrl }, logger: silentLogger, marketClock: clock, wallClock: clock },
  { apiKey: 'simulator-key', apiSecret: 'simulator-secret' },
);
let books: (() => Books) | undefined;
const running = runEngine(
  {
    exchange: EXCHANGE,
    bus: tripwire.wrap('bus', bus),
    store: tripwire.wrap('store', store),
    logger: silentLogger,
    marketClock: tripwire.wrap('marketClock', clock),
    wallClock: tripwire.wrap('wallClock', clock),
    session: {},
    execution: { broker: tripwire.wrap('broker', broker), config: executorConfig(broker) },
    opened: (told) => {
      books = told;
    },
  },
  stop.signal,
);
let over = false;
const finished = running.finally(() => {
  over = true;
});
finished.catch(() => {});
let told = 0;
while (!over && !stop.signal.aborted) {
  await delay(50);
  const now = books?.();
  if (now === undefined || now.openOrders.length > 0 || now.reconciled.length < INSTRUMENTS.length) continue;
  const { length } = await store.verdicts();
  if (length > told) process.stdout.write(`settled ${length}\n`);
  told = length;
}
const report = await finished;
process.stdout.write(`points ${JSON.stringify(tripwire.points)}\n`);
process.stdout.write(
  `report ${JSON.stringify({ reconciled: report.reconciled, differences: report.differences, halts: books?.().halts })}\n`,
);
await database.close();
await bus.close();

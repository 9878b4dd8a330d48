import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AlphaError, type GroupLag, type LockHolder, type StoreCounts, silentLogger } from '@alpha-engine/core';
import type { Config } from '../config/schema.js';
import { scrub } from '../config/secret.js';
import { type Agreement, agreementsOf } from './agreement.js';
import { openBus } from './open-bus.js';
import { openRecords, type Records } from './open-records.js';
import { type ListedPosition, listPositionsOf } from './records.js';

export interface Status {
  readonly engine: Records['engine'];
  readonly records: string;
  readonly counts: StoreCounts;
  /** Quote currency; null before the first quote. */
  readonly equity: {
    readonly ts: number;
    readonly equity: string;
    readonly realizedPnl: string;
    readonly unrealizedPnl: string;
    readonly fees: string;
    readonly drawdown: string;
  } | null;
  readonly positions: readonly ListedPosition[];
  /** Whether the books equal the exchange's, by symbol. */
  readonly books: readonly Agreement[];
  readonly brains: readonly BrainStatus[];
  /** How far the readers of the bus are behind. */
  readonly lag: readonly Pick<GroupLag, 'group' | 'stream' | 'lag'>[];
  /** Why the bus could not be asked; `lag` is empty then. */
  readonly busFailure: string | null;
}

export interface BrainStatus {
  readonly brain: string;
  /** Last batch it committed. */
  readonly batch: number;
  /** Host and process of the engine that runs it, on a database server; null when none does, or nobody can know. */
  readonly owner: string | null;
  readonly standbys: readonly string[];
}

export async function status(config: Config): Promise<Status> {
  const records = await openRecords(config);
  try {
    const { store, engine, location } = records;
    const brains: BrainStatus[] = [];
    const books: Agreement[] = [];
    const names = await store.brains();
    const owners = await records.owners(names);
    for (const brain of names) {
      const checkpoint = await store.checkpoint(brain);
      const { owner = null, standbys = [] } = owners.get(brain) ?? {};
      const who = ({ who, pid }: LockHolder) => who ?? `connection ${pid}`;
      brains.push({
        brain,
        batch: checkpoint?.batch ?? 0,
        owner: owner && who(owner),
        standbys: standbys.map(who),
      });
      books.push(...agreementsOf(checkpoint));
    }
    const equity = await store.latestEquity();
    return {
      engine,
      records: location,
      counts: await store.counts(),
      equity: equity && {
        ts: equity.ts,
        equity: equity.equity.toString(),
        realizedPnl: equity.realizedPnl.toString(),
        unrealizedPnl: equity.unrealizedPnl.toString(),
        fees: equity.fees.toString(),
        drawdown: equity.drawdown.toString(),
      },
      positions: await listPositionsOf(store),
      books,
      brains,
      ...(await lagOf(config)),
    };
  } finally {
    await records.close();
  }
}

/** The records are worth showing without the bus. */
function lagOf(config: Config): Promise<Pick<Status, 'lag' | 'busFailure'>> {
  return readLag(config).then(
    (lag) => ({ lag, busFailure: null }),
    (error: unknown) => {
      if (!AlphaError.is(error) || !error.code.startsWith('BUS_')) throw error;
      return { lag: [], busFailure: scrub(error.message) };
    },
  );
}

async function readLag(config: Config): Promise<Status['lag']> {
  const folder = join(config.dataDir, 'bus');
  if (config.redisUrl === undefined && !existsSync(folder)) return [];
  const bus = await openBus(config, { bus: folder }, silentLogger);
  try {
    return (await bus.lag()).map(({ group, stream, lag }) => ({ group, stream, lag }));
  } finally {
    await bus.close();
  }
}

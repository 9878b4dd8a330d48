import type { Bar, EquityRecord, FillRecord, Order, StepRecord, Store } from '@alpha-engine/core';
import { createPostgresStore, openEmbeddedDatabase } from '@alpha-engine/core/postgres';
import { prepareDataFolder } from '@alpha-engine/core/process';

export interface WrittenRecord {
  /** Of the one engine that ran. */
  readonly session: { readonly startedTs: number; readonly facts: Readonly<Record<string, unknown>> };
  readonly bars: readonly Bar[];
  readonly orders: readonly Order[];
  readonly fills: readonly FillRecord[];
  readonly equity: readonly EquityRecord[];
}
const BARS_A_STEP = 5_000;

/** Puts a record of GMO Coin into the embedded database of a data folder, as its engine would have. */
export async function writeRecord(
  dataDir: string,
  { bars, equity, fills, orders, session }: WrittenRecord,
): Promise<void> {
  const { database } = await prepareDataFolder(dataDir);
  const opened = await openEmbeddedDatabase({ folder: database });
  try {
    const store: Store = createPostgresStore(opened.pool);
    await store.migrate();
    await store.startSession({ sessionId: 'written', brain: 'engine:gmo', ...session });
    const steps: Partial<StepRecord>[] = [];
    for (let at = 0; at < bars.length; at += BARS_A_STEP) steps.push({ bars: bars.slice(at, at + BARS_A_STEP) });
    await commit(store, 'strategy:gmo', steps);
    await commit(store, 'execution:gmo', [{ orders, fills, equity }]);
  } finally {
    await opened.close();
  }
}

async function commit(store: Store, brain: string, steps: readonly Partial<StepRecord>[]): Promise<void> {
  const { fence } = await store.takeOver(brain);
  for (const [index, step] of steps.entries()) {
    await store.commit({
      brain,
      fence,
      batch: index + 1,
      ts: 0,
      checkpoint: { positions: {}, state: {} },
      inputs: null,
      ...step,
    });
  }
}

import {
  type Bar,
  Decimal,
  defineStrategy,
  type ExecutorConfig,
  ManualClock,
  type MarketHistory,
  MemoryBus,
  type SubscribeOptions,
  type Subscription,
  silentLogger,
} from '@alpha-engine/core';
import { createPostgresStore, openEmbeddedDatabase } from '@alpha-engine/core/postgres';
import { type EngineOptions, runEngine } from '@alpha-engine/core/process';
import { PaperBroker } from '@alpha-engine/core/simulation';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { INSTRUMENTS } from '../simulation/instruments.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Counts the subscriptions that nobody closed. */
class CountingBus extends MemoryBus {
  opened = 0;
  open = 0;

  override async subscribe(options: SubscribeOptions): Promise<Subscription> {
    const subscription = await super.subscribe(options);
    this.opened++;
    this.open++;
    const close = subscription.close.bind(subscription);
    subscription.close = () => {
      this.open--;
      return close();
    };
    return subscription;
  }
}

const waits = defineStrategy({
  name: 'waits',
  params: z.object({}),
  create: () => ({ warmup: 5, onBar: () => undefined }),
});

/** Candles that do not come before `stop` says so. */
function silentHistory(stop: AbortController): MarketHistory {
  return {
    status: async () => 'open',
    instruments: async () => INSTRUMENTS,
    tickers: async () => [],
    recentTrades: async () => [],
    timeframes: ['1m'],
    bars: () =>
      new Promise<readonly Bar[]>((_, reject) => {
        stop.signal.addEventListener('abort', () => reject(new Error('The request was ended.')));
        stop.abort();
      }),
  };
}

it('ends a start that is called off, and a start that fails, with nothing left open', async () => {
  await using folder = await temporaryFolder();
  const database = await openEmbeddedDatabase({ folder: folder.path });
  const store = createPostgresStore(database.pool);
  await store.migrate();
  const clock = new ManualClock(1_000_000);
  const paper = new PaperBroker({ instruments: INSTRUMENTS, balances: { JPY: '10000' }, clock });
  const config: ExecutorConfig = {
    exchange: 'test',
    instruments: INSTRUMENTS,
    orderSize: Decimal.of('0.01'),
    maxPositionSize: Decimal.of('0.05'),
    maxDrawdown: Decimal.of('0.2'),
    capital: Decimal.of('10000'),
    maxSignalAgeMs: 10_000,
    maxDataAgeMs: 10_000,
    inDoubtHorizonMs: 1000,
    exclusive: true,
    orderKinds: {},
  };
  const stop = new AbortController();
  const instance = {
    strategy: waits,
    params: {},
    exchange: 'test',
    symbol: 'BTC_JPY',
    timeframe: '1m',
    codeHash: 'a',
  } as const;
  const options = (bus: CountingBus): EngineOptions => ({
    exchange: 'test',
    bus,
    store,
    logger: silentLogger,
    marketClock: clock,
    wallClock: clock,
    session: {},
    strategy: { instances: [instance], history: silentHistory(stop) },
    execution: { broker: paper, config, paper },
  });
  try {
    const bus = new CountingBus();
    await expect(runEngine(options(bus), stop.signal)).rejects.toThrow('aborted');
    expect([bus.opened, bus.open]).toEqual([2, 0]);

    const other = new CountingBus();
    const twice = { ...options(other), strategy: { instances: [instance, instance] } };
    await expect(runEngine(twice, new AbortController().signal)).rejects.toThrow();
    expect([other.opened, other.open]).toEqual([1, 0]);
    expect(await store.bars({ exchange: 'test', symbol: 'BTC_JPY', timeframe: '1m' })).toEqual([]);
  } finally {
    await store.close();
    await database.close();
  }
}, 60_000);

import {
  Decimal,
  defineStrategy,
  type ExecutorConfig,
  type InstanceSpec,
  type Instrument,
  ManualClock,
  type MarketEvent,
  MemoryBus,
  MemoryStore,
  Publisher,
  silentLogger,
} from '@alpha-engine/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { EngineTurns } from '../../src/process/lockstep/engine-turns.js';
import { MarketClock } from '../../src/process/market-clock.js';
import { runEngine } from '../../src/process/run-engine.js';
import { PaperBroker } from '../../src/simulation/index.js';

const T0 = 1_700_000_000_000;
const d = Decimal.of;
const BTC: Instrument = {
  ...{ exchange: 'test', symbol: 'BTC', kind: 'spot', base: 'BTC', quote: 'JPY' },
  ...{ tickSize: d(1), sizeStep: d('0.001'), minSize: d('0.001'), maxSize: d(5) },
  ...{ takerFeeRate: d(0), makerFeeRate: d(0) },
};

/** In with every even bar, out with every odd one. */
const inAndOut = defineStrategy({
  name: 'in-and-out',
  params: z.object({}),
  create: () => ({
    onBar: (_bar, ctx) => (ctx.position.isLong ? ctx.exit() : ctx.enterLong()),
  }),
});

function marketAt(ts: number): readonly MarketEvent[] {
  const of = { exchange: 'test', symbol: 'BTC', ts } as const;
  return [
    { ...of, type: 'orderbook', data: { is_snapshot: true, bids: [[100, 1]], asks: [[101, 1]] } },
    { ...of, type: 'ticker', data: { bid: 100, ask: 101, last: 100, high: 101, low: 100, volume: 1 } },
    { ...of, type: 'trade', data: { price: 100, size: 0.01, side: 'buy' } },
  ];
}

test('an engine in lockstep has acted when its turn is answered: decided, ordered, filled, recorded, at that market time', async () => {
  const stop = new AbortController();
  const wall = new ManualClock(T0);
  const reading = { anchorWallTs: T0, anchorMarketTs: T0, speed: 0, uncertaintyMs: 0, simulated: true };
  const marketClock = await MarketClock.start({
    ...{ measure: async () => reading, wallClock: wall, logger: silentLogger, signal: stop.signal },
  });
  const turns = new EngineTurns(marketClock);
  const bus = new MemoryBus();
  const store = new MemoryStore();
  const publisher = await Publisher.open(bus, []);
  const paper = new PaperBroker({ instruments: [BTC], balances: { JPY: '1000000' }, clock: marketClock });
  const config: ExecutorConfig = {
    ...{ exchange: 'test', instruments: [BTC], orderSize: d('0.01'), maxPositionSize: d('0.05') },
    ...{ maxDrawdown: d('0.9'), capital: d('1000000'), maxSignalAgeMs: 60_000, maxDataAgeMs: 60_000 },
    ...{ inDoubtHorizonMs: 0, exclusive: true, orderKinds: { BTC: paper.orderKinds('BTC') } },
  };
  const instance = { strategy: inAndOut, params: {}, exchange: 'test', symbol: 'BTC', timeframe: '1s', codeHash: 'a' };
  const ended = runEngine(
    {
      ...{ exchange: 'test', bus: turns.bus(bus), store: turns.store(store), logger: silentLogger, marketClock },
      ...{ wallClock: { now: () => Date.now() }, session: {} },
      strategy: { instances: [instance as unknown as InstanceSpec] },
      execution: { broker: turns.broker(paper), config, paper },
      opened: (books) => books && turns.watch(books),
    },
    stop.signal,
  );
  await turns.act({ marketTs: T0, sent: {} });

  for (let second = 0; second < 10; second++) {
    const marketTs = T0 + second * 1000;
    await publisher.publish(marketAt(marketTs));
    expect(await turns.act({ marketTs, sent: {} })).toBe(true);
    // The bar before is closed, and what it led to is done: no waiting here.
    expect(await store.counts()).toMatchObject({ bars: second, signals: second, orders: second, fills: second });
    const [newest] = (await store.orders()).slice(-1);
    if (second > 0) expect(newest?.order).toMatchObject({ status: 'FILLED', terms: { createdTs: marketTs } });
    expect(await turns.act({ marketTs, sent: {} })).toBe(false);
  }

  // Nothing is read while it is not its turn.
  await publisher.publish(marketAt(T0 + 10_000));
  expect((await bus.lag()).some(({ lag }) => lag > 0)).toBe(true);
  stop.abort();
  expect(await ended).toMatchObject({ reconciled: true });
  expect(await store.counts()).toMatchObject({ bars: 9 });
});

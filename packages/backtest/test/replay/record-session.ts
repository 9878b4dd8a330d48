import { setTimeout as delay } from 'node:timers/promises';
import {
  Decimal,
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
import { runEngine } from '@alpha-engine/core/process';
import { PaperBroker } from '@alpha-engine/core/simulation';

const START_TS = Date.UTC(2024, 10, 22);
const d = Decimal.of;

const INSTRUMENT: Instrument = {
  ...{ exchange: 'test', symbol: 'BTC_JPY', kind: 'leverage', base: 'BTC', quote: 'JPY' },
  ...{ tickSize: d(1), sizeStep: d('0.001'), minSize: d('0.001'), maxSize: d(5) },
  ...{ takerFeeRate: d(0), makerFeeRate: d(0), marginRate: d('0.5') },
};

/** A price that goes up and down: moving averages cross every few bars. */
function marketAt(second: number): readonly MarketEvent[] {
  const ts = START_TS + second * 1000;
  const price = 6_000_000 + Math.round(2_000 * Math.sin(second / 5));
  const of = { exchange: 'test', symbol: 'BTC_JPY', ts } as const;
  return [
    { ...of, type: 'orderbook', data: { is_snapshot: true, bids: [[price - 5, 1]], asks: [[price + 5, 1]] } },
    {
      ...of,
      type: 'ticker',
      data: { bid: price - 5, ask: price + 5, last: price, high: price, low: price, volume: 1 },
    },
    { ...of, type: 'trade', data: { price, size: 0.01, side: 'buy' } },
  ];
}

export interface RecordedSession {
  readonly bus: MemoryBus;
  readonly store: MemoryStore;
}

/** An engine of two processes, one after the other, on a market of so many seconds each, with everything it recorded. */
export async function recordSession(instance: InstanceSpec, seconds: number): Promise<RecordedSession> {
  const clock = new ManualClock(START_TS);
  const bus = new MemoryBus();
  const store = new MemoryStore();
  const publisher = await Publisher.open(bus, []);
  const paper = new PaperBroker({ instruments: [INSTRUMENT], balances: { JPY: '1000000' }, clock });
  const config: ExecutorConfig = {
    ...{ exchange: 'test', instruments: [INSTRUMENT], orderSize: d('0.01'), maxPositionSize: d('0.05') },
    ...{ maxDrawdown: d('0.2'), capital: d('1000000'), maxSignalAgeMs: 60_000, maxDataAgeMs: 60_000 },
    ...{ inDoubtHorizonMs: 0, exclusive: true },
    orderKinds: { BTC_JPY: paper.orderKinds('BTC_JPY') },
  };
  for (let process = 0; process < 2; process++) {
    const stop = new AbortController();
    const common = { bus, store, logger: silentLogger, marketClock: clock, wallClock: { now: () => Date.now() } };
    const ended = runEngine(
      {
        ...{ exchange: 'test', ...common, session: {}, strategy: { instances: [instance] } },
        execution: { broker: paper, config, paper },
      },
      stop.signal,
    );
    for (let second = process * seconds; second < (process + 1) * seconds; second++) {
      const events = marketAt(second);
      clock.set(events[0]?.ts ?? 0);
      await publisher.publish(events);
      // The bar of the second before is closed by the trade of this one.
      while ((await store.counts()).bars < second) await delay(1);
    }
    while ((await store.verdicts()).length < (await store.signals()).length) await delay(2);
    stop.abort();
    await ended;
  }
  return { bus, store };
}

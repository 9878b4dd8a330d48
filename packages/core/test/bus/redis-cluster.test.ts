import type { Clock, EventBus } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { EVENT_BUS_CASES } from '@alpha-engine/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asOneSymbol } from './support/as-one-symbol.js';
import { type RedisCluster, startRedisCluster } from './support/redis-cluster.js';

const FAR_ID = '99999999999999-0';

/** What these cases say of one stream with two symbols cannot hold for two streams; the last test here says what does. */
const ONE_STREAM_ONLY = [
  'spreads the events of one call over their streams',
  'refuses a hole, with nothing of the call appended',
];

describe('Redis bus on a Cluster of three masters', () => {
  let cluster: RedisCluster;
  const opened: EventBus[] = [];

  const open = async (partition: 'none' | 'symbol', clock?: Clock) => {
    const bus = await openRedisBus({ url: cluster.url, partition, ...(clock && { clock }) });
    opened.push(bus);
    return bus;
  };

  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  beforeEach(async () => {
    for (const bus of opened.splice(0)) await bus.close();
    await cluster.clear();
  });
  afterAll(async () => {
    for (const bus of opened.splice(0)) await bus.close();
    await cluster.stop();
  });

  for (const { name, run } of EVENT_BUS_CASES) {
    it(`partition none: ${name}`, async () => {
      await run({ open: (clock) => open('none', clock), farId: FAR_ID });
    });
  }
  for (const { name, run } of EVENT_BUS_CASES.filter((one) => !ONE_STREAM_ONLY.includes(one.name))) {
    it(`partition symbol: ${name}`, async () => {
      await run({ open: async (clock) => asOneSymbol(await open('symbol', clock)), farId: FAR_ID });
    });
  }

  it('spreads symbols over the masters; a hole refuses its stream alone', async () => {
    const bus = await open('symbol');
    const symbols = Array.from({ length: 20 }, (_, index) => `S${index}`);
    const trade = (symbol: string, seq: number) =>
      ({ type: 'trade', exchange: 'gmo', symbol, ts: seq, seq, data: { price: 1, size: 1, side: 'buy' } }) as const;
    const series = symbols.map((symbol) => ({ stream: 'md:trade', exchange: 'gmo', symbol, type: 'trade' as const }));
    const { writer } = await bus.claim(series);
    await bus.publish(
      writer,
      symbols.map((symbol) => trade(symbol, 1)),
    );
    const refused = bus.publish(writer, [trade('S0', 2), trade('S1', 3)]);
    await expect(refused).rejects.toMatchObject({ code: 'BUS_SEQUENCE_HOLE' });
    expect((await bus.range('md:trade:gmo:S0', null, 9)).map(({ event }) => event.seq)).toEqual([1, 2]);
    expect((await bus.range('md:trade:gmo:S1', null, 9)).map(({ event }) => event.seq)).toEqual([1]);
    expect(await bus.publish(writer, [trade('S0', 2), trade('S1', 2), trade('S1', 3)])).toEqual({
      appended: 2,
      skipped: 1,
    });
    const lengths = (await bus.streams()).map(({ length }) => length);
    expect(lengths.length).toBe(20);
  });
});

import type { EventBus } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { type RedisServer, startRedisServer } from '@alpha-engine/core/testing';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const TRADE = {
  type: 'trade',
  exchange: 'gmo',
  symbol: 'BTC_JPY',
  ts: 1_732_312_345_123,
  data: { price: 6_123_456, size: 0.01, side: 'buy' },
};

describe('entries that plain commands of Redis wrote', () => {
  let server: RedisServer;
  let admin: Redis;
  let bus: EventBus;

  beforeAll(async () => {
    server = await startRedisServer();
    admin = new Redis(server.port, '127.0.0.1');
  });
  beforeEach(async () => {
    await admin.flushall();
    bus = await openRedisBus({ url: server.url });
  });
  afterEach(() => bus.close());
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });

  const write = (...fields: string[]) => admin.call('XADD', 'md:trade', '*', ...fields);
  const writeEvent = (event: object) => write('e', JSON.stringify(event));

  it('are read in every version up to ours, with and without what was added later', async () => {
    await writeEvent(TRADE);
    await writeEvent({ ...TRADE, v: 1, seq: 7, recv_ts: 1, origin: 'live' });
    await writeEvent({ ...TRADE, added_later: true });
    const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade'] });
    const { deliveries } = await reader.read();
    expect(deliveries.map(({ event }) => event)).toEqual([
      TRADE,
      { ...TRADE, v: 1, seq: 7, recv_ts: 1, origin: 'live' },
      TRADE,
    ]);
    expect(await bus.deadLetters('md:trade', null, 9)).toEqual([]);
  });

  it('go to the dead letters when they are of a newer version, and come back after an update', async () => {
    await writeEvent({ ...TRADE, v: 2, data: { price: '6123456.5' } });
    await writeEvent({ type: 'funding', v: 3 });
    await writeEvent(TRADE);
    const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade'] });
    expect((await reader.read()).deliveries.map(({ event }) => event)).toEqual([TRADE]);
    const letters = await bus.deadLetters('md:trade', null, 9);
    expect(letters.map(({ reason }) => reason)).toEqual([
      expect.stringContaining(
        'Only a newer release can read this event: its schema version is 2; this release reads up to 1',
      ),
      expect.stringContaining('its schema version is 3'),
    ]);
    expect(await bus.putBack('md:trade', [letters[0]!.entry_id])).toBe(1);
    expect(await admin.xlen('md:trade')).toBe(4);
  });

  it('go to the dead letters when they are none of ours, each with its reason and whole, once for all groups', async () => {
    await write('e', 'not JSON');
    await write('temperature', '21.5', 'unit', 'C');
    await write('e', '{"type":"weather"}');
    await write('e', '');
    await writeEvent({ ...TRADE, data: { ...TRADE.data, price: -1 } });
    await writeEvent(TRADE);
    for (const [group, mode] of [
      ['owner', 'owned'],
      ['members', 'shared'],
    ] as const) {
      const reader = await bus.subscribe({ group, consumer: 'a', streams: ['md:trade'], mode });
      const { deliveries } = await reader.read();
      expect(deliveries.map(({ event }) => event)).toEqual([TRADE]);
      await reader.ack('md:trade', [deliveries[0]!.id]);
      expect((await bus.lag(group))[0]).toMatchObject({ lag: 0 });
    }
    const letters = await bus.deadLetters('md:trade', null, 9);
    expect(letters.map(({ text }) => text)).toEqual([
      'not JSON',
      '["temperature","21.5","unit","C"]',
      '{"type":"weather"}',
      '',
      expect.stringContaining('-1'),
    ]);
    for (const { reason } of letters) expect(reason).toMatch(/^This is not an event of Alpha Market Engine\. .+\.$/);
  });
});

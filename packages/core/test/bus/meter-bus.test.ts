import {
  type Clock,
  gaugeBus,
  MemoryBus,
  MetricsRegistry,
  meterBus,
  oldestSeconds,
  silentMetrics,
} from '@alpha-engine/core';
import { EVENT_BUS_CASES } from '@alpha-engine/core/testing';
import { describe, expect, it } from 'vitest';
import { TRADES, trades } from '../../src/testing/bus-case.js';

describe('a measured bus', () => {
  for (const { name, run } of EVENT_BUS_CASES) {
    it(`is the same bus: ${name}`, async () => {
      const root = new MemoryBus();
      const opened = [meterBus(root, silentMetrics)];
      const open = async (clock?: Clock) => {
        const bus = meterBus(root.anotherHandle(clock), silentMetrics);
        opened.push(bus);
        return bus;
      };
      await run({ open });
      for (const bus of opened) await bus.close();
    });
  }

  it('counts what is published, read, read again and trimmed, and how far a group is behind', async () => {
    const metrics = new MetricsRegistry();
    const bus = meterBus(new MemoryBus(), metrics);
    const { writer } = await bus.claim([TRADES]);
    await bus.publish(writer, trades(1, 10));
    await bus.publish(writer, trades(8, 12));
    const reader = await bus.subscribe({
      group: 'g',
      consumer: 'a',
      streams: ['md:trade'],
      mode: 'shared',
      redeliverAfterMs: 0,
    });
    const { deliveries } = await reader.read({ waitMs: 0, limit: 8 });
    await reader.ack(
      'md:trade',
      deliveries.slice(0, 4).map(({ id }) => id),
    );
    await reader.read({ waitMs: 0, limit: 4 });
    await bus.trim('md:trade', 0);
    const now = trades(5, 5)[0]!.ts + 1500;
    await gaugeBus(bus, metrics, now);
    const value = (name: string) => metrics.samples().find((sample) => sample.name === name)?.value;
    expect(value('alpha_bus_published_events_total')).toBe(12);
    expect(value('alpha_bus_skipped_events_total')).toBe(3);
    expect(value('alpha_bus_publish_seconds')).toBe(2);
    expect(value('alpha_bus_consumed_events_total')).toBe(8);
    expect(value('alpha_bus_redelivered_events_total')).toBe(4);
    expect(value('alpha_bus_trimmed_entries_total')).toBe(4);
    expect(value('alpha_bus_stream_length')).toBe(8);
    expect(value('alpha_bus_group_lag')).toBe(8);
    expect(value('alpha_bus_group_pending')).toBe(4);
    expect(value('alpha_bus_group_oldest_seconds')).toBe(1.5);
    await reader.ack(
      'md:trade',
      deliveries.map(({ id }) => id),
    );
    await reader.ack(
      'md:trade',
      (await reader.read({ waitMs: 0 })).deliveries.map(({ id }) => id),
    );
    expect(await oldestSeconds(bus, (await bus.lag('g'))[0]!, now)).toBeNull();
    await bus.close();
  });
});

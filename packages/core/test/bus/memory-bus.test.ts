import { type Clock, MemoryBus } from '@alpha-engine/core';
import { EVENT_BUS_CASES } from '@alpha-engine/core/testing';
import { describe, it } from 'vitest';

describe('MemoryBus', () => {
  for (const { name, run } of EVENT_BUS_CASES) {
    it(name, async () => {
      const root = new MemoryBus();
      const opened = [root];
      const open = async (clock?: Clock) => {
        const bus = root.anotherHandle(clock);
        opened.push(bus);
        return bus;
      };
      await run({ open });
      for (const bus of opened) await bus.close();
    });
  }
});

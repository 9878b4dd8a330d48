import type { EventBus } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { EVENT_BUS_CASES } from '@alpha-engine/core/testing';
import { describe, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';

describe('embedded bus', () => {
  for (const { name, run } of EVENT_BUS_CASES) {
    it(name, async () => {
      await using folder = await temporaryFolder();
      const opened: EventBus[] = [];
      const open = async () => {
        const bus = await openEmbeddedBus({ folder: folder.path });
        opened.push(bus);
        return bus;
      };
      try {
        await run({ open });
      } finally {
        for (const bus of opened) await bus.close();
      }
    });
  }
});

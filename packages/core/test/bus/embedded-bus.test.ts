import type { Clock, EventBus } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { EVENT_BUS_CASES } from '@alpha-engine/core/testing';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { DiskSpeed } from '../../src/bus/embedded/disk-speed.js';
import { temporaryFolder } from '../support/temporary-folder.js';

// Both ways of committing, whatever the disk of this machine.
describe.each([
  { disk: 'fast', isFast: true },
  { disk: 'slow', isFast: false },
])('embedded bus on a $disk disk', ({ isFast }) => {
  beforeEach(() => {
    vi.spyOn(DiskSpeed.prototype, 'isFast').mockReturnValue(isFast);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  for (const { name, run } of EVENT_BUS_CASES) {
    it(name, async () => {
      await using folder = await temporaryFolder();
      const opened: EventBus[] = [];
      const open = async (clock?: Clock) => {
        const bus = await openEmbeddedBus({ folder: folder.path, ...(clock && { clock }) });
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

import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WakeFile } from '../../src/bus/embedded/wake-file.js';
import { smallDisk } from '../../src/testing/small-disk.js';
import { buildChild } from '../support/build-child.js';
import { killChildren, startChild } from '../support/start-child.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { everything } from './support/kill-publisher.js';

vi.setConfig({ testTimeout: 60_000 });

let fullDiskChild: string;
beforeAll(async () => {
  fullDiskChild = await buildChild(fileURLToPath(new URL('./children/full-disk-child.ts', import.meta.url)));
});
afterEach(killChildren);

describe('embedded bus on a full disk', () => {
  // Commits run on the calling thread while the disk is quick, and on the library's thread when it is not.
  it.each(['here', 'behind'])(
    'says so, and goes on where it was once there is room (commits run %s)',
    async (where) => {
      await using disk = smallDisk(64_000_000);
      const folder = join(disk.path, 'bus');
      mkdirSync(folder);
      const child = startChild(fullDiskChild, [folder, where]);
      for (let round = 0; round < 2; round++) {
        const known = child.lines.length;
        const next = (start: string) =>
          child.line((line) => child.lines.indexOf(line) >= known && line.startsWith(start));
        await next('at ');
        disk.fill(child.pid);
        const failed = child.lines.length;
        const said = await child.line((line) => child.lines.lastIndexOf(line) >= failed && line.startsWith('retry '));
        expect(said).toMatch(/could not write to its folder.*MB are free.*free some space/);
        disk.free(child.pid);
        const freed = child.lines.length;
        await child.line((line) => child.lines.indexOf(line) >= freed && line.startsWith('at '));
      }
      const answered = Number(child.lines.findLast((line) => line.startsWith('at '))!.split(' ')[1]);
      await child.kill();
      const bus = await openEmbeddedBus({ folder });
      const prices = (await everything(bus)).map((event) => (event.type === 'trade' ? event.data.price : null));
      await bus.close();
      expect(prices.length).toBeGreaterThanOrEqual(answered);
      expect(prices).toEqual(prices.map((_, index) => index + 1));
    },
  );
});

describe('the wake file', () => {
  it('does not grow, and what an older version let grow is cut', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'wake');
    writeFileSync(path, '.'.repeat(10_000));
    const wake = new WakeFile(path, silentLogger);
    for (let touch = 0; touch < 100; touch++) wake.touch();
    expect(statSync(path).size).toBe(1);
    wake.close();
  });
});

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { smallDisk } from '../../src/testing/small-disk.js';
import { buildChild } from '../support/build-child.js';
import { killChildren, startChild } from '../support/start-child.js';

let script: string;
beforeAll(async () => {
  script = await buildChild(fileURLToPath(new URL('./children/full-spool-child.ts', import.meta.url)));
});
afterEach(killChildren);

it('a full disk under the spool counts as its bound: said once, and what is missing is published', async () => {
  await using disk = smallDisk(8_000_000);
  const child = startChild(script, [join(disk.path, 'spool')]);
  const grows = (what: 'kept' | 'dropped', from: number) => {
    const known = child.lines.length;
    const isLater = (line: string) => child.lines.lastIndexOf(line) >= known;
    return child.line((line) => isLater(line) && line.startsWith(what) && Number(line.split(' ')[1]) > from);
  };
  await grows('kept', 100);
  disk.fill(child.pid);
  await grows('dropped', 100);
  disk.free(child.pid);
  const kept = Number(child.lines.findLast((line) => line.startsWith('kept'))!.split(' ')[1]);
  await grows('kept', kept + 100);
  child.send('the bus is back');
  const said = await child.line((line) => line.startsWith('end '));
  const { left, missing, told, taken, published, dropped } = JSON.parse(said.slice(4));
  expect(left).toBe(0);
  expect(missing).toHaveLength(1);
  expect(told).toEqual(missing);
  expect(published + dropped).toBe(taken);
  const errors = child.lines.filter((line) => line.startsWith('error'));
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(/The disk of the spool takes nothing \((ENOSPC|EFBIG)\)/);
}, 60_000);

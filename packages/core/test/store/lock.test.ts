import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock } from '../../src/lock/acquire-lock.js';
import { socketFolder } from '../../src/lock/socket-folder.js';
import { buildChild } from '../support/build-child.js';
import { type Child, startChild } from '../support/start-child.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpha-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lockAt = (path: string) => acquireLock({ path, code: 'DATA_FOLDER_LOCKED', message: 'It is locked.' });

test('one holds, the others are refused with the error they asked for, until it is released', async () => {
  const path = join(folder, 'lock');
  const lock = await lockAt(path);
  await expect(lockAt(path)).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED', message: 'It is locked.' });
  const other = await lockAt(join(folder, 'other'));
  await lock.release();
  await lock.release();
  const next = await lockAt(path);
  await next.release();
  await other.release();
  expect(await readdir(folder)).toEqual([]);
});

test('of many that try at once exactly one wins, over stale sockets too', async () => {
  for (let round = 0; round < 10; round++) {
    const path = join(folder, `lock-${round}`);
    // What a killed process leaves: a name nobody listens on.
    await writeFile(`${path}.00000000`, '');
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => lockAt(path)));
    const held = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(held).toHaveLength(1);
    await held[0]!.release();
  }
  expect(await readdir(folder)).toEqual([]);
});

test('of processes that start at once one wins, and its kill -9 frees the lock', async () => {
  const path = join(folder, 'lock');
  const script = await buildChild(fileURLToPath(new URL('./support/lock-child.ts', import.meta.url)));
  const children: Child[] = [];
  try {
    for (let round = 0; round < 3; round++) {
      const contenders = Array.from({ length: 4 }, () => startChild(script, [path]));
      children.push(...contenders);
      await Promise.all(contenders.map((child) => child.line((line) => line === 'ready')));
      for (const child of contenders) child.send('go');
      const answers = await Promise.all(contenders.map((child) => child.line((line) => line !== 'ready')));
      expect(answers.toSorted()).toEqual(['DATA_FOLDER_LOCKED', 'DATA_FOLDER_LOCKED', 'DATA_FOLDER_LOCKED', 'held']);
      await expect(lockAt(path)).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED' });
      await contenders[answers.indexOf('held')]!.kill();
      const lock = await lockAt(path);
      await lock.release();
    }
  } finally {
    await Promise.all(children.map((child) => child.kill()));
  }
}, 60_000);

test('a holder that accepts and never answers still holds', async () => {
  const path = join(folder, 'lock');
  const server = createServer(() => {});
  await new Promise<void>((done) => server.listen(`${path}.0badcafe`, done));
  await expect(lockAt(path)).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED' });
  server.close();
});

test('a path too long for a socket works all the same', async () => {
  const deep = join(folder, 'x'.repeat(60), 'y'.repeat(60));
  await mkdir(deep, { recursive: true });
  const path = join(deep, 'lock');
  const lock = await lockAt(path);
  await expect(lockAt(path)).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED' });
  await lock.release();
  await (await lockAt(path)).release();
  await rm(socketFolder(deep, 20), { recursive: true });
});

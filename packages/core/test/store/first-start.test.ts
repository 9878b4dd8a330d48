import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { buildChild } from '../support/build-child.js';
import { startChild } from '../support/start-child.js';

// The build makes the seed; without a build it is made here. Does nothing when it is there.
beforeAll(async () => {
  const script = fileURLToPath(new URL('../../scripts/make-pglite-seed.mjs', import.meta.url));
  await promisify(execFile)(process.execPath, [script]);
}, 60_000);

test('the first start of the embedded database peaks far below 400 MB', async () => {
  const script = await buildChild(fileURLToPath(new URL('./support/first-start-child.ts', import.meta.url)));
  const folder = await mkdtemp(join(tmpdir(), 'alpha-first-'));
  try {
    for (const start of ['first', 'second']) {
      const child = startChild(script, [folder]);
      const { peakMb, ms } = JSON.parse(await child.line((line) => line.startsWith('{')));
      await child.exited;
      console.log(`${start} start: peak ${peakMb} MB, ${ms} ms`);
      // The whole engine has to stay below 400 MB, and it holds more than a database.
      expect(peakMb).toBeLessThan(330);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);

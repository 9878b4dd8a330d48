import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildChild } from '../support/build-child.js';
import { startChild } from '../support/start-child.js';

const KILLS = 10;

/** Small and good enough to choose moments: the same seed gives the same ones. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test('kill -9 of the owner in the middle of commits loses no acknowledged batch', async () => {
  const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
  console.log(`crash test: TEST_SEED=${seed}`);
  const random = randomOf(seed);
  const script = await buildChild(fileURLToPath(new URL('./support/commit-child.ts', import.meta.url)));
  const folder = await mkdtemp(join(tmpdir(), 'alpha-crash-'));
  let acknowledged = 0;
  try {
    for (let kill = 0; kill <= KILLS; kill++) {
      const child = startChild(script, [folder]);
      try {
        const found = JSON.parse((await child.line((line) => line.startsWith('found '))).slice(6));
        const { batch } = found;
        expect(batch).toBeGreaterThanOrEqual(acknowledged);
        // The batch under way at the kill may be in, whole, or out, whole.
        expect(batch).toBeLessThanOrEqual(acknowledged + 1);
        expect(found).toEqual({ batch, bars: batch, inputs: batch, outbox: batch });
        const until = batch + 1 + Math.floor(random() * 30);
        await child.line((line) => line === `committed ${until}`);
        await delay(random() * 15);
      } finally {
        await child.kill();
      }
      acknowledged = Number(child.lines.at(-1)!.split(' ')[1]);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);

test('kill -9 during the first start leaves a folder that opens', async () => {
  const script = await buildChild(fileURLToPath(new URL('./support/commit-child.ts', import.meta.url)));
  const folder = await mkdtemp(join(tmpdir(), 'alpha-crash-'));
  try {
    for (const ms of [150, 300, 450, 700, 1000]) {
      const child = startChild(script, [folder]);
      await delay(ms);
      await child.kill();
    }
    const child = startChild(script, [folder]);
    try {
      await child.line((line) => line === 'committed 3');
    } finally {
      await child.kill();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);

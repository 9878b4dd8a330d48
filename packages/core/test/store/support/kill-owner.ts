import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { buildChild } from '../../support/build-child.js';
import { seededRandom } from '../../support/random.js';
import { startChild } from '../../support/start-child.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const childScript = () => buildChild(fileURLToPath(new URL('./commit-child.ts', import.meta.url)));

/** Kills the owner of a database so many times in the middle of commits; what was acknowledged must be there, and whole. */
export async function killInCommits(kills: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const script = await childScript();
  await using folder = await temporaryFolder();
  let acknowledged = 0;
  for (let kill = 0; kill <= kills; kill++) {
    const child = startChild(script, [folder.path]);
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
}

/** Kills one first start after the other, so many milliseconds after it began; the folder must open all the same. */
export async function killFirstStarts(afterMs: readonly number[]): Promise<void> {
  const script = await childScript();
  await using folder = await temporaryFolder();
  for (const ms of afterMs) {
    const child = startChild(script, [folder.path]);
    await delay(ms);
    await child.kill();
  }
  const child = startChild(script, [folder.path]);
  try {
    // One that was killed late may have committed some already.
    await child.line((line) => line.startsWith('committed '));
  } finally {
    await child.kill();
  }
}

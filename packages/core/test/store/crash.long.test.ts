import { expect, test } from 'vitest';
import { killFirstStarts, killInCommits } from './support/kill-owner.js';

const SEED = Number(process.env.ALPHA_SEED ?? Date.now() % 1_000_000);

test(`twenty kills -9 of the owner in the middle of commits lose no acknowledged batch (seed ${SEED})`, async () => {
  await expect(killInCommits(20, SEED)).resolves.toBeUndefined();
}, 300_000);

test('kill -9 at any stage of the first start leaves a folder that opens', async () => {
  await expect(killFirstStarts([150, 300, 450, 600, 750, 900, 1200, 1600])).resolves.toBeUndefined();
}, 120_000);

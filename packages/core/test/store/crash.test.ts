import { expect, test } from 'vitest';
import { killFirstStarts, killInCommits } from './support/kill-owner.js';

const SEED = Number(process.env.ALPHA_SEED ?? Date.now() % 1_000_000);

// More of both in crash.long.test.ts.
test(`kill -9 of the owner in the middle of commits loses no acknowledged batch (seed ${SEED})`, async () => {
  await expect(killInCommits(3, SEED)).resolves.toBeUndefined();
}, 120_000);

test('kill -9 during the first start leaves a folder that opens', async () => {
  await expect(killFirstStarts([300, 900])).resolves.toBeUndefined();
}, 60_000);

import { afterEach, expect, it } from 'vitest';
import { killChildren } from '../support/start-child.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { killPublisher } from './support/kill-publisher.js';

const SEED = Number(process.env.ALPHA_SEED ?? Date.now() % 1_000_000);

afterEach(killChildren);

it(`keeps seq gapless and nothing double when the publisher is killed a hundred times (seed ${SEED})`, async () => {
  await using folder = await temporaryFolder();
  await expect(killPublisher(folder.path, 100, SEED)).resolves.toBeUndefined();
}, 300_000);

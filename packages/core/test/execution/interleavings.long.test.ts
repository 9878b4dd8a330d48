import { it } from 'vitest';
import { seedOf } from '../ledger/seed.js';
import { playInterleavings } from './interleavings.js';

const SEED = seedOf('many interleavings');

it(`books what the exchange did and nothing else, three hundred times (seed ${SEED})`, {
  timeout: 300_000,
}, async () => {
  await playInterleavings(SEED, 300);
});

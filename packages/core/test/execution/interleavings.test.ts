import { it } from 'vitest';
import { seedOf } from '../ledger/seed.js';
import { playInterleavings } from './interleavings.js';

const SEED = seedOf('interleavings');

it(`books what the exchange did and nothing else, however requests, answers and messages overtake each other (seed ${SEED})`, async () => {
  await playInterleavings(SEED, 10);
});

import { expect, it } from 'vitest';
import { fireAtMappers } from './fire-at-mappers.js';

it('30 000 changed frames never throw past the mappers and never give an event that its own schema refuses', () => {
  const seed = Number(process.env.ALPHA_SEED ?? 20_261_122);
  const { outcomes, faults } = fireAtMappers(30_000, seed);
  console.info(`seed ${seed} (repeat with ALPHA_SEED=${seed})`, outcomes);
  expect(faults).toEqual([]);
  // The fire must hit something and let something through, or it proves nothing.
  for (const type of ['trade', 'ticker', 'orderbook', 'error', 'rejected', 'private updates', 'private rejected']) {
    expect(outcomes[type], type).toBeGreaterThan(200);
  }
});

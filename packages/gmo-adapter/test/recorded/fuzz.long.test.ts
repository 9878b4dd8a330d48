import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { fireAtMappers } from './fire-at-mappers.js';

it('1 200 000 changed frames never throw past the mappers and never give an event that its own schema refuses', () => {
  const seed = Number(process.env.ALPHA_SEED ?? randomInt(1_000_000));
  console.info(`seed ${seed} (repeat with ALPHA_SEED=${seed})`);
  const { outcomes, faults } = fireAtMappers(1_200_000, seed);
  console.info(outcomes);
  expect(faults).toEqual([]);
  expect((outcomes.trade ?? 0) + (outcomes.ticker ?? 0) + (outcomes.orderbook ?? 0)).toBeGreaterThan(100_000);
}, 600_000);

import { expect, test } from 'vitest';
import { runDay } from '../day/run-day.js';

const SEED = 20_261_122;

test(`the beginning of a day of faults replays to the same order log, byte for byte (seed ${SEED})`, {
  timeout: 120_000,
}, async () => {
  const first = await runDay(SEED, 50);
  expect(first.problems).toEqual([]);
  expect(first.lives).toBeGreaterThan(1);
  expect((await runDay(SEED, 50)).log).toBe(first.log);
});

import { expect, test } from 'vitest';
import { runDay } from '../day/run-day.js';

const SEED = 7;

test(`a day of ten thousand signals and faults of every kind replays byte for byte (seed ${SEED})`, {
  timeout: 3_600_000,
}, async () => {
  const first = await runDay(SEED, 10_000);
  console.info(`${first.lives} lives, ${JSON.stringify(first.faults)}, digest ${first.digest}`);
  expect(first.problems).toEqual([]);
  const again = await runDay(SEED, 10_000);
  expect(again.digest).toBe(first.digest);
  expect(again.log === first.log).toBe(true);
});

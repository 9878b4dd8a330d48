import { expect, test } from 'vitest';
import { runDay } from '../day/run-day.js';

const SEED = 7;
/** The whole day is ten thousand: docs/reliability.md has the command and what it showed. */
const SIGNALS = Number(process.env.ALPHA_DAY_SIGNALS ?? 2_000);

test(`a day of ${SIGNALS} signals and faults of every kind replays byte for byte (seed ${SEED})`, {
  timeout: 3_600_000,
}, async () => {
  const first = await runDay(SEED, SIGNALS);
  console.info(`${first.lives} lives, ${JSON.stringify(first.faults)}, digest ${first.digest}`);
  expect(first.problems).toEqual([]);
  const again = await runDay(SEED, SIGNALS);
  expect(again.digest).toBe(first.digest);
  expect(again.log === first.log).toBe(true);
});

import { expect, it } from 'vitest';
import { monthReturns } from '../../src/report/month-returns.js';

const at = (month: number, day: number, year = 2024) => Date.UTC(year, month - 1, day);

it('goes from the last value of one month to the last of the next', () => {
  const times = [at(1, 10), at(1, 20), at(2, 1), at(2, 15), at(2, 20), at(4, 2), at(1, 3, 2025)];
  // What closes at the midnight that begins February belongs to January.
  const equity = [100, 105, 110, 90, 99, 198, 99];
  const [first, second] = monthReturns(times, equity);
  expect(first?.months.map((value) => value?.toFixed(3) ?? null)).toEqual([
    ...['0.100', '-0.100', null, '1.000'],
    ...Array(8).fill(null),
  ]);
  expect(first?.total).toBeCloseTo(0.98);
  expect(second).toMatchObject({ year: 2025, total: -0.5 });
});

import { type CheckResult, Problems } from '../checks/check.js';
import type { ArchivedDay } from './archived-day.js';

/** Every number of every series once; one that is missing was said to be `dropped`. */
export function checkSeries({ seqs, statuses, damage }: ArchivedDay): CheckResult {
  const problems = new Problems();
  for (const problem of damage) problems.add(problem);
  let dropped = 0;
  for (const [type, numbers] of Object.entries(seqs)) {
    const said = statuses.filter(({ data: { state, channel } }) => state === 'dropped' && channel === type);
    for (const [index, seq] of numbers.entries()) {
      const before = numbers[index - 1] ?? 0;
      problems.expect(seq > before, () => `${type} ${seq} is there twice.`);
      for (let hole = before + 1; hole < seq; hole++) {
        dropped++;
        const isSaid = said.some(({ data: { from_seq = 0, to_seq = 0 } }) => from_seq <= hole && hole <= to_seq);
        problems.expect(isSaid, () => `${type} ${hole} is missing, and nothing says so.`);
      }
    }
  }
  const counts = Object.entries(seqs).map(([type, { length }]) => `${length} ${type}`);
  return {
    check: 'every seq once',
    problems: problems.list,
    figures: `${counts.join(', ')}; ${dropped} said to be dropped`,
  };
}

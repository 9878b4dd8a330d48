import { expect, test } from 'vitest';
import { sameAs } from '../crash-sweep/plan-sweep.js';
import { runCase } from '../crash-sweep/run-case.js';
import { SCENARIOS } from '../crash-sweep/scenarios.js';
import { ANSWERS } from '../world/answers.js';

const DOWN_MS = 2_345;

test.each([
  ['entry', 'accepted'],
  ['reversal', 'unanswered-deaf'],
])(
  'cuts of %s/%s that count as the same end with the same orders, byte for byte',
  { timeout: 120_000 },
  async (...names) => {
    const scenario = SCENARIOS.find(({ name }) => name === names[0])!;
    const answer = ANSWERS.find(({ name }) => name === names[1])!;
    const whole = await runCase(scenario, answer, [], DOWN_MS);
    const digests = new Map<string, string>();
    let merged = 0;
    for (const [index, point] of whole.points.entries()) {
      for (const when of ['before', 'after'] as const) {
        const cut = { at: index + 1, when };
        const first = sameAs(whole, cut);
        const { digest } = await runCase(scenario, answer, [cut], DOWN_MS);
        const key = `${first.when} ${first.at}`;
        if (digests.has(key)) merged += 1;
        else digests.set(key, digest);
        expect(digest, `${when} ${cut.at} (${point}) and ${key}`).toBe(digests.get(key));
      }
    }
    expect(merged).toBeGreaterThan(whole.points.length / 2);
  },
);

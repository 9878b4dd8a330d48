import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { FAULTS } from '../faults/index.js';
import { reportText } from '../report.js';
import { runChaos } from '../run-chaos.js';

test('nothing is lost or done twice through every fault there is', { timeout: 600_000 }, async () => {
  const seed = Number(process.env.ALPHA_SEED ?? randomInt(1_000_000));
  console.info(`seed ${seed} (repeat with ALPHA_SEED=${seed})`);
  const options = {
    seed,
    minutes: 4,
    speed: 25,
    appendfsync: 'always',
    faults: [],
    spareCollector: false,
    keep: false,
    json: false,
  } as const;
  const report = await runChaos(options, () => {}, new AbortController().signal);
  console.info(reportText(report));
  expect(report.holds, reportText(report)).toBe(true);
  const possible = FAULTS.filter(
    ({ appendfsync, name }) => appendfsync === undefined && !report.leftOut.includes(name),
  );
  expect(new Set(report.faults.map(({ fault }) => fault))).toEqual(new Set(possible.map(({ name }) => name)));
});

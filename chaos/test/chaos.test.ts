import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { reportText } from '../report.js';
import { runChaos } from '../run-chaos.js';

test('nothing is lost or done twice when the engine, the archiver, Redis and PostgreSQL are killed', {
  timeout: 120_000,
}, async () => {
  const seed = Number(process.env.ALPHA_SEED ?? randomInt(1_000_000));
  console.info(`seed ${seed} (repeat with ALPHA_SEED=${seed})`);
  const faults = ['kill-engine', 'kill-archiver', 'kill-redis', 'kill-postgres'];
  const options = {
    seed,
    minutes: 0.2,
    speed: 25,
    appendfsync: 'always',
    faults,
    spareCollector: false,
    keep: false,
    json: false,
  } as const;
  const report = await runChaos(options, () => {}, new AbortController().signal);
  expect(report.holds, reportText(report)).toBe(true);
  expect(report.faults.length).toBeGreaterThan(0);
  expect(report.eventsPerSecond).toBeGreaterThan(1_000);
});

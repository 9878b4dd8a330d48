import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { dayReportText } from '../recorded-day/report.js';
import { runRecordedDay } from '../recorded-day/run-recorded-day.js';

test.each(['redis', 'embedded'] as const)(
  'the archive has every trade of the tape once, with a fault every few seconds, over the %s bus',
  { timeout: 420_000 },
  async (bus) => {
    const seed = Number(process.env.ALPHA_SEED ?? randomInt(1_000_000));
    console.info(`seed ${seed} (repeat with ALPHA_SEED=${seed})`);
    const options = { data: null, day: '', minutes: 2, speed: 2.5, seed, bus, keep: false, json: false };
    const report = await runRecordedDay(options, () => {}, new AbortController().signal);
    console.info(dayReportText(report));
    expect(report.holds, dayReportText(report)).toBe(true);
    expect(report.troubles).toMatchObject({ 'kill -9': expect.any(Number), SIGTERM: expect.any(Number) });
  },
);

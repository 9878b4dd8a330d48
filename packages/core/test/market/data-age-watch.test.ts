import { describe, expect, it } from 'vitest';
import { DataAgeWatch, type SilenceLimits } from '../../src/market/data-age-watch.js';
import { seededRandom } from '../support/random.js';

const LIMITS: SilenceLimits = { floorMs: 1_000, ceilingMs: 3_600_000, initialMs: 60_000 };
const HOUR = 3_600_000;

/** Arrivals with these gaps, in virtual time. Returns the time of the last, and how many gaps were called silent before they ended. */
function feed(watch: DataAgeWatch, from: number, gaps: Iterable<number>): { now: number; alarms: number } {
  let now = from;
  let alarms = 0;
  for (const gap of gaps) {
    now += gap;
    if (watch.isSilent(now)) alarms++;
    watch.seen(now);
  }
  return { now, alarms };
}

function* every(ms: number, forMs: number): Iterable<number> {
  for (let passed = 0; passed < forMs; passed += ms) yield ms;
}

describe('DataAgeWatch', () => {
  it('uses the initial limit until it knows the rhythm', () => {
    const watch = new DataAgeWatch(LIMITS, 0);
    expect(watch.isSilent(60_000)).toBe(false);
    expect(watch.isSilent(60_001)).toBe(true);
    const { now } = feed(watch, 0, every(2_000, 298_000));
    expect(watch.limitMs).toBe(60_000);
    feed(watch, now, [2_000]);
    expect(watch.limitMs).toBeLessThan(8_000);
  });

  it('learns some three times the regular gap, and sees the end of it', () => {
    const watch = new DataAgeWatch(LIMITS, 0);
    const { now, alarms } = feed(watch, 0, every(5_000, HOUR));
    expect(alarms).toBe(0);
    expect(watch.limitMs).toBeGreaterThan(15_000);
    expect(watch.limitMs).toBeLessThan(18_500);
    expect(watch.isSilent(now + 15_000)).toBe(false);
    expect(watch.isSilent(now + 18_500)).toBe(true);
    expect(watch.ageMs(now + 18_500)).toBe(18_500);
  });

  it('keeps between floor and ceiling', () => {
    const quick = new DataAgeWatch(LIMITS, 0);
    feed(quick, 0, every(10, 300_000));
    expect(quick.limitMs).toBe(LIMITS.floorMs);
    const slow = new DataAgeWatch({ ...LIMITS, initialMs: LIMITS.ceilingMs }, 0);
    feed(slow, 0, every(HOUR, 40 * HOUR));
    expect(slow.limitMs).toBe(LIMITS.ceilingMs);
  });

  it.each([500, 3_500, 40_000])(
    'gives no false alarm at random arrivals of mean %d ms, and still finds an end',
    (mean) => {
      const seed = Date.now();
      const random = seededRandom(seed);
      const gaps = Array.from({ length: 50_000 }, () => -mean * Math.log(1 - random()));
      const watch = new DataAgeWatch({ ...LIMITS, initialMs: LIMITS.ceilingMs }, 0);
      const { now, alarms } = feed(watch, 0, gaps);
      expect(alarms, `seed ${seed}`).toBe(0);
      expect(watch.isSilent(now + 40 * mean + LIMITS.floorMs), `seed ${seed}`).toBe(true);
    },
  );

  it('is not taken in by bursts: a thousand trades in a second do not shorten the pauses between them', () => {
    const watch = new DataAgeWatch({ ...LIMITS, initialMs: LIMITS.ceilingMs }, 0);
    const bursts = Array.from({ length: 200 }, () => [...Array.from({ length: 1_000 }, () => 1), 60_000]).flat();
    expect(feed(watch, 0, bursts).alarms).toBe(0);
    expect(watch.limitMs).toBeGreaterThan(120_000);
  });

  it('learns little from one outage, and a slower market after a few', () => {
    const watch = new DataAgeWatch(LIMITS, 0);
    const busy = feed(watch, 0, every(1_000, 6 * HOUR));
    const before = watch.limitMs;
    const outage = feed(watch, busy.now, [HOUR]);
    expect(watch.limitMs).toBe(before);
    const night = feed(watch, outage.now, every(10_000, 6 * HOUR));
    expect(night.alarms).toBeGreaterThan(0);
    expect(night.alarms).toBeLessThan(50);
    expect(watch.limitMs).toBeGreaterThan(30_000);
    expect(feed(watch, night.now, every(10_000, HOUR)).alarms).toBe(0);
    // The day after, it is quick again.
    feed(watch, night.now, every(1_000, 100 * HOUR));
    expect(watch.limitMs).toBeLessThan(4_000);
  });

  it('takes a time without connection for no gap', () => {
    const watch = new DataAgeWatch(LIMITS, 0);
    const { now } = feed(watch, 0, every(1_000, HOUR));
    const before = watch.limitMs;
    for (let n = 1; n <= 1_000; n++) watch.restart(now + n * HOUR);
    expect(watch.isSilent(now + 1_000 * HOUR)).toBe(false);
    watch.seen(now + 1_000 * HOUR + 10);
    expect(watch.limitMs).toBe(before);
  });
});

import { join } from 'node:path';
import { MARKET_STREAMS, seriesKey, seriesOf } from '@alpha-engine/core';
import { expect, test } from 'vitest';
import { randomMoments } from '../support/random-moments.js';
import { shortTape } from '../support/short-tape.js';
import { runSpine, withBus } from '../support/spine.js';
import { tempFolder } from '../support/temp-folder.js';

const SECONDS = 40;

test('a collector killed twice leaves a gapless count of every series, and the engine goes on', {
  timeout: 120_000,
}, async () => {
  const folder = await tempFolder();
  const tape = await shortTape(folder, SECONDS);
  const killCollectorAt = randomMoments(2, tape.startTs + 2_000, tape.startTs + SECONDS * 1000);
  const run = await runSpine({ folder, tape, speed: 5, killCollectorAt });

  await withBus(join(folder, 'data'), async (bus) => {
    for (const stream of MARKET_STREAMS) {
      const counts = new Map<string, number>();
      for (const { event } of await bus.range(stream, null, 100_000)) {
        const key = seriesKey(seriesOf(event));
        expect(event.seq).toBe((counts.get(key) ?? 0) + 1);
        counts.set(key, event.seq ?? 0);
      }
      expect(counts.size).toBeGreaterThan(0);
    }
  });
  expect(run.report).toMatchObject({ reconciled: true, differences: [], strategy: { gaps: 0 } });
});

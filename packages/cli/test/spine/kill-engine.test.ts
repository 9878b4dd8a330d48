import { expect, test } from 'vitest';
import { decisions, sentOrders, simpleBars } from '../support/decisions.js';
import { randomMoments } from '../support/random-moments.js';
import { shortTape } from '../support/short-tape.js';
import { runSpine, SPINE_SYMBOLS } from '../support/spine.js';
import { tempFolder } from '../support/temp-folder.js';

const SECONDS = 60;
const KILLS = 3;

test(`an engine killed ${KILLS} times at random moments decides and trades like one that nobody disturbed`, {
  timeout: 120_000,
}, async () => {
  const folder = await tempFolder();
  const tape = await shortTape(folder, SECONDS);
  const calm = await runSpine({ folder, tape, speed: 10 });

  for (const symbol of SPINE_SYMBOLS) {
    const stored = calm.bars.filter((bar) => bar.symbol === symbol);
    const simple = simpleBars(tape.trades).filter((bar) => bar.symbol === symbol);
    // The last bar is still open when the tape ends.
    expect(stored.length).toBeGreaterThanOrEqual(simple.length - 1);
    expect(stored).toMatchObject(simple.slice(0, stored.length));
  }
  expect(calm.signals.length).toBeGreaterThan(10);
  expect(calm.report).toMatchObject({ reconciled: true, differences: [] });

  const killEngineAt = randomMoments(KILLS, tape.startTs, tape.startTs + SECONDS * 1000);
  const disturbed = await runSpine({ folder: await tempFolder(), tape, speed: 10, killEngineAt });
  expect(decisions(disturbed), disturbed.denials).toEqual(decisions(calm));
  expect(disturbed.report).toMatchObject({ reconciled: true, differences: [] });
  expect(sentOrders(disturbed)).toBe(disturbed.exchangeOrders);
});

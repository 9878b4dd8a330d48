import { beforeAll, describe, expect, test } from 'vitest';
import { decisions, sentOrders } from '../support/decisions.js';
import { randomMoments } from '../support/random-moments.js';
import { shortTape } from '../support/short-tape.js';
import { runSpine, type SpineOptions, type SpineRun } from '../support/spine.js';
import { tempFolder } from '../support/temp-folder.js';

const SECONDS = 60;
const SPEED = 15;
const RANDOM_KILLS = 8;
const KILLS_AT_ORDERS = 4;

let calm: SpineRun;

async function run(
  kill: (startTs: number) => Pick<SpineOptions, 'killEngineAt' | 'killEngineAtOrder'>,
): Promise<SpineRun> {
  const folder = await tempFolder();
  const tape = await shortTape(folder, SECONDS);
  return runSpine({ folder, tape, speed: SPEED, ...kill(tape.startTs) });
}

beforeAll(async () => {
  calm = await run(() => ({}));
}, 120_000);

function expectSame(disturbed: SpineRun): void {
  expect(decisions(disturbed), disturbed.denials).toEqual(decisions(calm));
  expect(disturbed.report).toMatchObject({ reconciled: true, differences: [] });
  expect(sentOrders(disturbed)).toBe(disturbed.exchangeOrders);
}

describe('one kill -9 of the engine', () => {
  for (const share of randomMoments(RANDOM_KILLS, 0, 1_000)) {
    test(`at ${share / 10} % of the tape changes no bar, no signal and no order`, { timeout: 120_000 }, async () => {
      expectSame(await run((startTs) => ({ killEngineAt: [startTs + share * SECONDS] })));
    });
  }

  for (let number = 1; number <= KILLS_AT_ORDERS; number++) {
    test(`as soon as the exchange has order ${number * 2} changes nothing either`, { timeout: 120_000 }, async () => {
      expectSame(await run(() => ({ killEngineAtOrder: number * 2 })));
    });
  }
});

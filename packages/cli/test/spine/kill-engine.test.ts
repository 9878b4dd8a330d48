import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { shortTape, type TapeTrade } from '../support/short-tape.js';
import { runSpine, SPINE_SYMBOLS, type SpineRun } from '../support/spine.js';
import { tempFolder } from '../support/temp-folder.js';

const SECONDS = 60;
const SPEED = 10;
const KILLS = 4;

/** One-second bars from the same trades, the simple way. */
function barsOf(trades: readonly TapeTrade[]) {
  const bars = new Map<
    string,
    { symbol: string; openTs: number; open: number; high: number; low: number; close: number; trades: number }
  >();
  for (const { symbol, ts, price } of trades) {
    const openTs = ts - (ts % 1000);
    const bar = bars.get(symbol + openTs) ?? {
      symbol,
      openTs,
      open: price,
      high: price,
      low: price,
      close: price,
      trades: 0,
    };
    const high = Math.max(bar.high, price);
    const low = Math.min(bar.low, price);
    bars.set(symbol + openTs, { ...bar, high, low, close: price, trades: bar.trades + 1 });
  }
  return [...bars.values()];
}

/** What a crash must not change. Prices of fills, and when things happened, may differ. */
function decisions({ bars, orders, signals }: SpineRun) {
  return {
    bars,
    signals: signals.map(({ event, bar }) => ({ ...event, bar })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    orders: orders
      .filter(({ order }) => order.status !== 'VOID')
      .map(({ order: { filledSize, status, terms } }) => ({
        ...{ signalId: terms.signalId, leg: terms.leg, symbol: terms.symbol, side: terms.side, effect: terms.effect },
        ...{ size: terms.size.toString(), status, filled: filledSize.toString() },
      }))
      .sort((a, b) => (a.signalId + a.leg < b.signalId + b.leg ? -1 : 1)),
  };
}

test(`an engine killed ${KILLS} times at random moments decides and trades like one that nobody disturbed`, {
  timeout: 120_000,
}, async () => {
  const undisturbed = await tempFolder();
  const tape = await shortTape(undisturbed, SECONDS);
  const calm = await runSpine({ folder: undisturbed, tape, speed: SPEED });

  // The last bar of each symbol is still open when the tape ends.
  const expected = barsOf(tape.trades);
  for (const symbol of SPINE_SYMBOLS) {
    const stored = calm.bars.filter((bar) => bar.symbol === symbol);
    const simple = expected.filter((bar) => bar.symbol === symbol);
    expect(stored.length).toBeGreaterThanOrEqual(simple.length - 1);
    expect(stored).toMatchObject(simple.slice(0, stored.length));
  }
  expect(calm.signals.length).toBeGreaterThan(4);
  expect(calm.report.reconciled).toBe(true);

  const moments = Array.from({ length: KILLS }, () => tape.startTs + randomInt(3_000, SECONDS * 1000 - 3_000));
  console.info(`killing the engine at ${moments.map((at) => at - tape.startTs).join(', ')} ms of market time`);
  const disturbed = await runSpine({ folder: await tempFolder(), tape, speed: SPEED, killEngineAt: moments });
  expect(decisions(disturbed)).toEqual(decisions(calm));
  expect(disturbed.report.reconciled).toBe(true);
  expect(disturbed.report.differences).toEqual([]);
});

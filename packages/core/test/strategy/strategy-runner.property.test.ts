import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareTimeframes, type RunnerInput, type RunnerStep, StrategyRunner } from '../../src/index.js';
import { cutInto, joined, MANY, Recording, session } from './scenario.js';

const cuts = fc.array(fc.nat({ max: 15 }), { maxLength: 30, size: 'max' });

function runWhole(inputs: readonly RunnerInput[]): { step: RunnerStep; end: unknown } {
  const runner = new StrategyRunner({ instances: MANY, nextBatch: 1 });
  return { step: runner.step(inputs), end: runner.snapshot() };
}

test('how the inputs are cut into steps changes nothing', () => {
  fc.assert(
    fc.property(session, cuts, (inputs, lengths) => {
      const runner = new StrategyRunner({ instances: MANY, nextBatch: 1 });
      const steps = cutInto(inputs, lengths).map((part) => runner.step(part));
      const whole = runWhole(inputs);
      expect(joined(steps)).toEqual(whole.step);
      expect(runner.snapshot()).toEqual(whole.end);
    }),
  );
});

test('bars come by their close, at equal closes by symbol and the shorter timeframe first, and each only once it has closed', () => {
  fc.assert(
    fc.property(session, (inputs) => {
      const runner = new StrategyRunner({ instances: MANY, nextBatch: 1 });
      let newest = 0;
      for (const input of inputs) {
        const { bars } = runner.step([input]);
        expect(bars).toEqual(
          bars.toSorted(
            (a, b) =>
              a.closeTs - b.closeTs ||
              (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : compareTimeframes(a.timeframe, b.timeframe)),
          ),
        );
        if (input.kind === 'clock') newest = Math.max(newest, input.ts);
        if (input.kind === 'market') newest = Math.max(newest, input.event.ts);
        for (const { closeTs } of bars) expect(closeTs).toBeLessThanOrEqual(newest);
      }
    }),
  );
});

test('the sessions of these tests hold bars, signals of every kind and every notice', () => {
  const sessions = fc.sample(session, { seed: 1, numRuns: 100 }).map((inputs) => runWhole(inputs).step);
  const all = joined(sessions);
  expect(all.bars.length).toBeGreaterThan(500);
  expect(new Set(all.signals.map(({ event }) => event.action))).toEqual(
    new Set(['enter_long', 'enter_short', 'exit', 'hold']),
  );
  expect(new Set(all.signals.map(({ bar }) => bar?.timeframe))).toEqual(
    new Set(['1s', '5s', '2t', '1.5v', '40q', undefined]),
  );
  expect(new Set(all.notices.map(({ kind }) => kind))).toEqual(new Set(['late_trade']));
});

test('a crash after any batch: rebuilt from snapshot and record, it goes on as if nothing had happened', async () => {
  await fc.assert(
    fc.asyncProperty(session, cuts, async (inputs, lengths) => {
      const batches = cutInto(inputs, lengths);
      const undisturbed = new Recording();
      undisturbed.run(new StrategyRunner({ instances: MANY, nextBatch: 1 }), batches);
      for (let crash = 0; crash <= batches.length; crash++) {
        const runner = await undisturbed.restart(MANY, crash);
        const rest = new Recording();
        rest.run(runner, batches.slice(crash));
        expect(rest.steps).toEqual(undisturbed.steps.slice(crash));
        expect(rest.snapshots).toEqual(undisturbed.snapshots.slice(crash));
      }
    }),
    { numRuns: 25 },
  );
});

test('a crash at every batch, one after the other, changes nothing either', async () => {
  await fc.assert(
    fc.asyncProperty(session, async (inputs) => {
      const batches = cutInto(
        inputs,
        inputs.map(() => 3),
      );
      const recording = new Recording();
      for (const [place, batch] of batches.entries()) {
        recording.run(await recording.restart(MANY, place), [batch]);
      }
      expect(joined(recording.steps)).toEqual(runWhole(inputs).step);
    }),
    { numRuns: 25 },
  );
});

test('the same events told again after a restart change nothing', () => {
  fc.assert(
    fc.property(session, (inputs) => {
      const runner = new StrategyRunner({ instances: MANY, nextBatch: 1 });
      runner.step(inputs);
      const before = runner.snapshot();
      const again = runner.step(inputs.filter(({ kind }) => kind !== 'clock'));
      expect(again).toEqual({ bars: [], signals: [], fed: [], notices: [] });
      expect(runner.snapshot()).toEqual(before);
    }),
  );
});

test('signals are numbered without a hole per symbol, and no two share an id', () => {
  fc.assert(
    fc.property(session, (inputs) => {
      const { signals } = runWhole(inputs).step;
      for (const symbol of ['BTC_JPY', 'ETH_JPY']) {
        const ofSymbol = signals.filter(({ event }) => event.symbol === symbol);
        expect(ofSymbol.map(({ event }) => event.seq)).toEqual(ofSymbol.map((_, i) => i + 1));
      }
      expect(new Set(signals.map(({ event }) => event.id)).size).toBe(signals.length);
    }),
  );
});

import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AlphaError, defineStrategy, type InstanceSpec, type Strategy, StrategyRunner } from '../../src/index.js';
import { bar, fateOf, MANY, Recording, START, spec, trade } from './scenario.js';

const PRICES = [5, 8, 3, 9, 4, 7, 1, 6, 2, 8, 5, 9, 3];
const BATCHES = PRICES.map((price, i) => [trade(START + i * 1000, price)]);

/** The same strategy to the runner, because code is named by its hash; other code nevertheless. */
function withCode(create: Strategy['create']): InstanceSpec {
  return spec({ strategy: defineStrategy({ name: 'tested', params: z.object({}), create }) });
}

const steady = withCode(() => ({
  onBar({ close }, ctx) {
    if (close > 5) ctx.enterLong();
    if (close < 3) ctx.exit();
  },
}));

async function failure(work: Promise<unknown>): Promise<AlphaError> {
  const error = await work.then(
    () => new Error('Nothing was thrown.'),
    (thrown: unknown) => thrown,
  );
  if (AlphaError.is(error)) return error;
  throw error;
}

function recorded(instances: readonly InstanceSpec[]): Recording {
  const recording = new Recording();
  recording.run(new StrategyRunner({ instances, nextBatch: 1 }), BATCHES);
  return recording;
}

describe('the comparison finds', () => {
  const later = (create: Strategy['create']) => failure(recorded([steady]).restart([withCode(create)], BATCHES.length));

  test('another decision, and says where', async () => {
    const error = await later(() => ({
      onBar({ close }, ctx) {
        if (close > 8) ctx.enterLong();
        if (close < 3) ctx.exit();
      },
    }));
    expect(error.code).toBe('REBUILD_DIFFERS');
    expect(error.message).toMatch(/in batch 3 it decides nothing where signal [0-9a-f]{32} is stored\./);
  });

  test('a decision too many', async () => {
    const error = await later(() => ({
      onBar({ close }, ctx) {
        if (close >= 5) ctx.enterLong();
        if (close < 3) ctx.exit();
      },
    }));
    expect(error.message).toMatch(
      /in batch 2 it decides enter_long at 2024-11-22T21:50:01\.000Z where no signal is stored\./,
    );
  });

  test('another direction of the same decision', async () => {
    const error = await later(() => ({
      onBar({ close }, ctx) {
        if (close > 5) ctx.enterShort();
        if (close < 3) ctx.exit();
      },
    }));
    expect(error.code).toBe('REBUILD_DIFFERS');
  });

  test('state outside the strategy', async () => {
    let calls = 0;
    const error = await failure(
      (async () => {
        const leaky = withCode(() => ({
          onBar(_bar, ctx) {
            calls += 1;
            if (calls % 5 === 0) ctx.hold();
          },
        }));
        await recorded([leaky]).restart([leaky], BATCHES.length);
      })(),
    );
    expect(error.code).toBe('REBUILD_DIFFERS');
  });

  test('a strategy that throws now', async () => {
    const error = await later(() => ({
      onBar() {
        throw new Error('new bug');
      },
    }));
    expect(error.message).toContain('in batch 2 it threw (new bug) where it did not before');
  });

  test('a batch missing from the record', async () => {
    const recording = recorded([steady]);
    const snapshot = recording.snapshots.at(-1)!;
    const short = new StrategyRunner({ instances: [steady], snapshot, nextBatch: 14 });
    const quiet = recording.records.findLastIndex(({ fed, signalIds }) => fed.length > 0 && signalIds.length === 0);
    const records = recording.records.filter((_, i) => i !== quiet);
    expect((await failure(short.rebuild(records))).message).toMatch(
      /after the last batch its bars is 11 where 12 is stored/,
    );
  });
});

test('a runner that was not rebuilt refuses to step', () => {
  const snapshot = recorded([steady]).snapshots.at(-1)!;
  const runner = new StrategyRunner({ instances: [steady], snapshot, nextBatch: 14 });
  expect(() => runner.step([])).toThrow(/must be rebuilt/);
  expect(runner.snapshot()).toEqual(snapshot);
});

test('batches from before an instance began do not reach it', async () => {
  const recording = recorded([steady]);
  const both = [steady, spec({ params: { salt: 3 } })];
  const joined = await recording.restart(both, BATCHES.length);
  expect(joined.needsRebuildSince()).toBeNull();
  const next = [14, 15, 16].map((second) => [trade(START + second * 1000, second)]);
  recording.run(joined, next);
  const again = new StrategyRunner({ instances: both, snapshot: recording.snapshots.at(-1)!, nextBatch: 17 });
  expect(again.needsRebuildSince()).toBe(1);
  await again.rebuild(recording.records);
  expect(again.snapshot()).toEqual(recording.snapshots.at(-1));
});

test('records may come from a stream', async () => {
  const recording = recorded([steady]);
  const runner = new StrategyRunner({ instances: [steady], snapshot: recording.snapshots.at(-1)!, nextBatch: 14 });
  await runner.rebuild(
    (async function* () {
      yield* recording.records;
    })(),
  );
  expect(runner.snapshot()).toEqual(recording.snapshots.at(-1));
});

test('warm-up bars, fills and denials come back in their place', async () => {
  const warm = [spec({ params: { warmup: 2 } })];
  const stored = [-2, -1].map((i) => bar(START + i * 1000, 4));
  const recording = new Recording(stored);
  const runner = new StrategyRunner({ instances: warm, nextBatch: 1 });
  recording.run(runner, [stored.map((one) => ({ kind: 'warmup', bar: one }))]);
  for (const [i, batch] of BATCHES.entries()) {
    recording.run(runner, [batch]);
    const signal = recording.steps.at(-1)?.signals.at(-1);
    if (signal === undefined || signal.event.action === 'hold') continue;
    const event = fateOf(signal, i % 2 === 0 ? 'filled' : 'denied', `e${i}`);
    recording.run(runner, [[{ kind: 'order', event }]]);
  }
  const kinds = recording.records.flatMap(({ fed }) =>
    fed.map((input) => (input.kind === 'order' ? input.event.type : input.kind)),
  );
  expect(new Set(kinds)).toEqual(new Set(['warmup', 'bar', 'order', 'denial']));
  for (let batch = 1; batch <= recording.records.length; batch++) {
    const again = await recording.restart(warm, batch);
    expect(again.snapshot()).toEqual(recording.snapshots[batch - 1]);
  }
});

test('a strategy with snapshot and restore is restored, not run again', async () => {
  let created = 0;
  let fed = 0;
  const restorable = withCode(() => {
    created += 1;
    let count = 0;
    return {
      onBar(_bar, ctx) {
        fed += 1;
        count += 1;
        if (count % 4 === 0) ctx.hold({ meta: { count } });
      },
      snapshot: () => count,
      restore: (state) => {
        count = state as number;
      },
    };
  });
  const recording = recorded([restorable]);
  const bars = fed;
  const again = await recording.restart([restorable], BATCHES.length);
  expect([created, fed]).toEqual([2, bars]);
  const { signals } = again.step([14, 15, 16, 17, 18].map((second) => trade(START + second * 1000, 1)));
  expect(signals.map(({ event }) => event.meta)).toEqual([{ count: 16 }]);
});

test('a strategy whose restore throws is named', async () => {
  const broken = withCode(() => ({
    onBar: () => undefined,
    snapshot: () => 1,
    restore: () => {
      throw new Error('wrong version');
    },
  }));
  const error = await failure(recorded([broken]).restart([broken], 5));
  expect([error.code, error.message]).toEqual(['STRATEGY_FAILED', expect.stringContaining('wrong version')]);
});

test('many instances are rebuilt each from its own beginning', async () => {
  const recording = recorded(MANY);
  const runner = await recording.restart(MANY, BATCHES.length);
  expect(runner.snapshot()).toEqual(recording.snapshots.at(-1));
});

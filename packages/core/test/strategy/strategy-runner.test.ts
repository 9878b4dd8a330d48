import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  AlphaError,
  defineStrategy,
  type InstanceSpec,
  instanceIdOf,
  parseEvent,
  type RunnerInput,
  type RunnerStep,
  type StatusEvent,
  type StrategyInstance,
  StrategyRunner,
  seriesKey,
} from '../../src/index.js';
import { bar, fateOf, MANY, START, spec, status, ticker, trade, twitchy } from './scenario.js';

/** A strategy of one test. */
function inline(instance: StrategyInstance, label = 'inline'): InstanceSpec {
  return spec({ strategy: defineStrategy({ name: 'inline', label, params: z.object({}), create: () => instance }) });
}

function runnerOf(...instances: readonly InstanceSpec[]): StrategyRunner {
  return new StrategyRunner({ instances, nextBatch: 1 });
}

/** Trades at 0 s, 1 s, 2 s …: each but the first closes a bar. */
function secondly(prices: readonly number[], from = START): RunnerInput[] {
  return prices.map((price, i) => trade(from + i * 1000, price));
}

function actions(step: RunnerStep): string[] {
  return step.signals.map(({ event }) => `${event.action}@${event.price_ref}`);
}

const always: StrategyInstance = {
  onBar(_bar, ctx) {
    if (ctx.position.isLong) ctx.exit();
    else ctx.enterLong();
  },
};

test('signals of a symbol that another engine decided on before go on from its last seq', () => {
  const key = seriesKey({ stream: 'signal:gmo', exchange: 'gmo', symbol: 'BTC_JPY', type: 'signal' });
  const options = { instances: [inline(always)], nextBatch: 1 };
  const seqs = (runner: StrategyRunner) => runner.step(secondly([10, 11, 12])).signals.map(({ event }) => event.seq);
  const runner = new StrategyRunner({ ...options, lastSeqs: new Map([[key, 7]]) });
  expect(seqs(runner)).toEqual([8, 9]);
  const behind = new StrategyRunner({ ...options, snapshot: runner.snapshot(), lastSeqs: new Map([[key, 8]]) });
  expect(Object.values((behind.snapshot().state as { signalSeq: object }).signalSeq)).toEqual([9]);
});

describe('a signal', () => {
  test('of a bar carries its close as ts and price, the label, and leads back to bar and instance', () => {
    const described = inline(
      { onBar: (_bar, ctx) => ctx.enterLong({ reason: 'because', confidence: 0.25, meta: { a: [1] } }) },
      'label_v1',
    );
    const step = runnerOf(described).step(secondly([10, 11]));
    expect(step.signals).toEqual([
      {
        instanceId: instanceIdOf(described),
        bar: { timeframe: '1s', openTs: START },
        event: {
          type: 'signal',
          exchange: 'gmo',
          symbol: 'BTC_JPY',
          ts: START + 1000,
          seq: 1,
          id: expect.stringMatching(/^[0-9a-f]{32}$/),
          strategy: 'label_v1',
          action: 'enter_long',
          confidence: 0.25,
          price_ref: 10,
          meta: { reason: 'because', a: [1] },
        },
      },
    ]);
  });

  test('carries what the strategy looked at, as it was at the decision', () => {
    let closes = 0;
    const looking = inline({
      indicators: () => ({ closes, unknown: null }),
      onBar(bar, ctx) {
        closes += bar.close;
        ctx.hold({ reason: 'looked' });
        closes += 100;
      },
    });
    const metas = runnerOf(looking)
      .step(secondly([10, 11, 12]))
      .signals.map(({ event }) => event.meta);
    expect(metas).toEqual([
      { reason: 'looked', indicators: { closes: 10, unknown: null } },
      { reason: 'looked', indicators: { closes: 121, unknown: null } },
    ]);
  });

  test('that moves the target nowhere is not emitted; hold always is', () => {
    const step = runnerOf(
      inline({
        onBar(_bar, ctx) {
          ctx.exit();
          ctx.enterLong();
          ctx.enterLong();
          ctx.hold();
          ctx.hold();
        },
      }),
    ).step(secondly([10, 11, 12]));
    expect(actions(step)).toEqual(
      ['exit', 'enter_long', 'hold', 'hold']
        .slice(1)
        .map((a) => `${a}@10`)
        .concat(['exit', 'enter_long', 'hold', 'hold'].map((a) => `${a}@11`)),
    );
    expect(new Set(step.signals.map(({ event }) => event.id)).size).toBe(7);
  });

  test('has the same id in every run, and another in another instance', () => {
    const ids = (one: InstanceSpec) =>
      runnerOf(one)
        .step(secondly([10, 11, 12]))
        .signals.map(({ event }) => event.id);
    expect(ids(inline(always))).toEqual(ids(inline(always)));
    expect(ids(inline(always))).not.toEqual(ids({ ...inline(always), codeHash: 'other' }));
  });

  test('fits the schema of signal events', () => {
    const { signals } = runnerOf(inline(always)).step(secondly([10, 11, 12]));
    for (const { event } of signals) expect(parseEvent(event)).toEqual(event);
  });
});

describe('bars', () => {
  test('are built once for all instances of a symbol and timeframe, and only in timeframes that are wanted', () => {
    const step = runnerOf(...MANY).step(secondly([1, 2, 3, 4, 5, 6, 7]));
    expect(step.bars.filter(({ timeframe }) => timeframe === '1s')).toHaveLength(6);
    expect(new Set(step.bars.map(({ timeframe }) => timeframe))).toEqual(new Set(['1s', '5s', '2t', '1.5v']));
  });

  test('that end together leave by symbol, then the shorter timeframe first', () => {
    const instances = ['ETH_JPY', 'BTC_JPY'].flatMap((symbol) =>
      (['5s', '1s'] as const).map((timeframe) => spec({ symbol, timeframe })),
    );
    const runner = new StrategyRunner({ instances, nextBatch: 1 });
    const late = START + 4000;
    const { bars } = runner.step([
      trade(START, 1, { symbol: 'ETH_JPY' }),
      trade(START, 1),
      trade(late, 1, { symbol: 'ETH_JPY' }),
      trade(late, 1),
      ticker(START + 9000, 1, 'ETH_JPY'),
      ticker(START + 9000),
      { kind: 'clock', ts: START + 9000 },
    ]);
    const together = bars.filter(({ closeTs }) => closeTs === START + 5000);
    expect(together.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`)).toEqual([
      'BTC_JPY 1s',
      'BTC_JPY 5s',
      'ETH_JPY 1s',
      'ETH_JPY 5s',
    ]);
  });

  test('that one trade closes leave by the time they ended', () => {
    const instances = (['3m', '5m'] as const).map((timeframe) => spec({ timeframe }));
    const hour = 3_600_000 * 480_000;
    const { bars } = new StrategyRunner({ instances, nextBatch: 1 }).step([
      trade(hour, 1),
      trade(hour + 4 * 60_000, 1),
      trade(hour + 60 * 60_000, 1),
    ]);
    expect(bars.map(({ timeframe }) => timeframe)).toEqual(['3m', '5m', '3m']);
  });

  test('take no late trade, which is reported once', () => {
    const step = runnerOf(spec(), spec({ timeframe: '5s' })).step([...secondly([1, 2]), trade(START - 1, 99)]);
    expect(step.notices).toEqual([{ kind: 'late_trade', symbol: 'BTC_JPY', ts: START - 1 }]);
  });
});

describe('the clock closes a bar', () => {
  const ENOUGH = START + 3000;
  const closes = (...inputs: RunnerInput[]) => runnerOf(spec()).step([trade(START, 5), ...inputs]).bars.length === 1;
  const clock: RunnerInput = { kind: 'clock', ts: ENOUGH };

  test('when clock and feed are past its end and 2 s', () => {
    expect(closes(ticker(ENOUGH), clock)).toBe(true);
  });

  test('not on the word of the clock alone, nor of the feed of another symbol', () => {
    expect(closes(clock)).toBe(false);
    expect(closes(ticker(ENOUGH - 1), clock)).toBe(false);
    expect(closes(ticker(ENOUGH, 1, 'ETH_JPY'), clock)).toBe(false);
    expect(closes(ticker(ENOUGH), { kind: 'clock', ts: ENOUGH - 1 })).toBe(false);
  });

  const history: readonly (readonly [string, readonly StatusEvent['data']['state'][], boolean])[] = [
    ['connected and subscribed', ['connected', 'subscribed'], true],
    ['connected anew after a kill, no data yet', ['connected'], false],
    ['stale', ['stale'], false],
    ['stale, then data again', ['stale', 'subscribed'], true],
    ['disconnected', ['disconnected'], false],
    ['connected again', ['disconnected', 'connected'], false],
    ['data again', ['disconnected', 'connected', 'gap', 'subscribed'], true],
    ['data again, the back-fill still running', ['disconnected', 'connected', 'gap'], false],
    ['back-filled', ['disconnected', 'connected', 'gap', 'resynced'], true],
    ['in maintenance, which cuts the socket', ['maintenance', 'disconnected'], false],
    ['closed to orders, with data that flow', ['connected', 'subscribed', 'preopen'], true],
    ['open, the back-fill still running', ['disconnected', 'maintenance', 'preopen', 'connected', 'open'], false],
    ['open again', ['disconnected', 'maintenance', 'preopen', 'connected', 'subscribed', 'open'], true],
    ['degraded', ['degraded'], true],
    ['events dropped on purpose', ['dropped'], true],
  ];
  test.each(history)('or not, by what the collector said: %s', (_case, states, expected) => {
    expect(closes(...states.map((state) => status(state)), ticker(ENOUGH), clock)).toBe(expected);
    expect(closes(...states.map((state) => status(state, { symbol: '*' })), ticker(ENOUGH), clock)).toBe(expected);
  });

  test('whatever becomes of a channel without trades', () => {
    expect(closes(status('stale', { channel: 'orderbook' }), ticker(ENOUGH), clock)).toBe(true);
    expect(closes(status('stale', { channel: 'trade' }), ticker(ENOUGH), clock)).toBe(false);
  });

  test('and a trade closes it even then', () => {
    expect(closes(status('disconnected'), trade(ENOUGH, 1))).toBe(true);
  });
});

describe('sequence numbers', () => {
  test('seen before are skipped, the next is applied, a hole is reported and what follows it applied', () => {
    const runner = runnerOf(spec());
    const numbered = (seq: number) => trade(START + seq - 3, seq, { seq });
    const { notices } = runner.step([numbered(3), numbered(4), numbered(4), numbered(2), numbered(7), numbered(8)]);
    expect(notices).toEqual([{ kind: 'gap', series: 'md:trade|gmo|BTC_JPY|trade', expectedSeq: 5, seenSeq: 7 }]);
    const { bars } = runner.step([trade(START + 1000, 9)]);
    expect(bars).toMatchObject([{ trades: 4, open: 3, close: 8 }]);
  });

  test('that were dropped on purpose are one gap, whenever their range is told', () => {
    const told = status('dropped', { channel: 'trade' });
    Object.assign((told as Extract<RunnerInput, { kind: 'status' }>).event.data, { from_seq: 2, to_seq: 40 });
    const first = trade(START, 1, { seq: 1 });
    const next = trade(START + 1, 2, { seq: 41 });
    const gap = { kind: 'gap', series: 'md:trade|gmo|BTC_JPY|trade', expectedSeq: 2, seenSeq: 41 };
    expect(runnerOf(spec()).step([first, told, next]).notices).toEqual([gap]);
    expect(runnerOf(spec()).step([first, next, told]).notices).toEqual([gap]);
    const runner = runnerOf(spec());
    runner.step([first, told, next]);
    expect(runner.step([trade(START + 1000, 9, { seq: 42 })]).bars).toMatchObject([{ trades: 2 }]);
  });

  test('that begin again with newer events are those of a wiped bus: reported, and followed', () => {
    const runner = runnerOf(spec());
    runner.step([trade(START, 1, { seq: 41 }), trade(START + 1, 2, { seq: 42 })]);
    const { notices } = runner.step([trade(START + 2, 3, { seq: 1 }), trade(START + 3, 4, { seq: 2 })]);
    expect(notices).toEqual([{ kind: 'gap', series: 'md:trade|gmo|BTC_JPY|trade', expectedSeq: 43, seenSeq: 1 }]);
    expect(runner.step([trade(START + 1000, 9)]).bars).toMatchObject([{ trades: 4, close: 4 }]);
  });

  test('given again to newer events are those of a bus that lost its last moments: repetitions skipped, the new followed', () => {
    const runner = runnerOf(spec());
    runner.step([trade(START, 1, { seq: 41 }), trade(START + 1, 2, { seq: 42 }), trade(START + 2, 3, { seq: 43 })]);
    const { notices } = runner.step([trade(START + 2, 3, { seq: 42 }), trade(START + 3, 4, { seq: 43 })]);
    expect(notices).toEqual([{ kind: 'gap', series: 'md:trade|gmo|BTC_JPY|trade', expectedSeq: 44, seenSeq: 43 }]);
    expect(runner.step([trade(START + 1000, 9, { seq: 44 })])).toMatchObject({ bars: [{ trades: 4, close: 4 }] });
  });

  test('stand in the snapshot by series, those of whole exchanges too', () => {
    const runner = runnerOf(spec());
    const { event } = status('connected', { symbol: '*' }) as Extract<RunnerInput, { kind: 'status' }>;
    runner.step([trade(START, 1, { seq: 41 }), { kind: 'status', event: { ...event, seq: 6 } }]);
    expect(runner.snapshot().highWater).toEqual({
      'md:trade|gmo|BTC_JPY|trade': 41,
      'md:status|gmo|*|status': 6,
    });
  });

  test('of symbols nobody watches do not matter', () => {
    const step = runnerOf(spec()).step([
      trade(START, 1, { symbol: 'XRP_JPY', seq: 9 }),
      trade(START, 1, { symbol: 'XRP_JPY', seq: 2 }),
    ]);
    expect(step).toEqual({ bars: [], signals: [], fed: [], notices: [] });
  });
});

describe('warm-up', () => {
  const warm = (warmup: number) => inline({ ...always, warmup });

  test('asks for bars of instances that are new', () => {
    const runner = runnerOf(warm(3));
    const need = { instanceId: instanceIdOf(warm(3)), exchange: 'gmo', symbol: 'BTC_JPY', timeframe: '1s' };
    expect(runner.warmupNeeds()).toEqual([{ ...need, bars: 3 }]);
    runner.step([{ kind: 'warmup', bar: bar(START - 2000, 5) }]);
    expect(runner.warmupNeeds()).toEqual([{ ...need, bars: 2 }]);
    const again = new StrategyRunner({ instances: [warm(3)], snapshot: runner.snapshot(), nextBatch: 2 });
    expect(again.warmupNeeds()).toEqual([]);
    expect(runnerOf(warm(0)).warmupNeeds()).toEqual([]);
  });

  test('mutes decisions until enough bars are in, live ones too', () => {
    expect(actions(runnerOf(warm(3)).step(secondly([1, 2, 3, 4, 5])))).toEqual(['enter_long@3', 'exit@4']);
  });

  test('mutes decisions on bars from before the instance, however many', () => {
    const runner = runnerOf(warm(2));
    const before = [-3, -2, -1].map((i): RunnerInput => ({ kind: 'warmup', bar: bar(START + i * 1000, 5) }));
    const step = runner.step(before);
    expect(step).toMatchObject({ bars: [], signals: [], notices: [] });
    expect(step.fed).toEqual(
      before.map((_, i) => ({
        kind: 'warmup',
        symbol: 'BTC_JPY',
        timeframe: '1s',
        openTs: START + (i - 3) * 1000,
      })),
    );
    expect(actions(runner.step(secondly([1, 2])))).toEqual(['enter_long@1']);
  });

  test('takes no bar twice: not from two sources, not again from live trades', () => {
    const seen: number[] = [];
    const runner = runnerOf(inline({ warmup: 1, onBar: ({ openTs }) => void seen.push(openTs - START) }));
    const warmup = (openTs: number): RunnerInput => ({ kind: 'warmup', bar: bar(START + openTs, 5) });
    const { fed, bars } = runner.step([warmup(-1000), warmup(-1000), warmup(0), ...secondly([1, 2, 3]), warmup(5000)]);
    expect(seen).toEqual([-1000, 0, 1000]);
    expect(bars).toHaveLength(2);
    expect(fed.map((input) => `${input.kind} ${'openTs' in input ? input.openTs - START : ''}`)).toEqual([
      'warmup -1000',
      'warmup 0',
      'bar 1000',
    ]);
  });
});

describe('a strategy that throws', () => {
  const faulty = (fault: () => unknown) =>
    inline({
      onBar({ close }, ctx) {
        ctx.enterLong();
        if (close === 2) return fault() as undefined;
        ctx.exit();
      },
    });
  const boom = faulty(() => {
    throw new Error('boom');
  });

  test('is halted, its half decision dropped, and the others go on', () => {
    const runner = runnerOf(boom, inline(always, 'sound'));
    const step = runner.step(secondly([1, 2, 3, 4]));
    expect(step.signals.map(({ event }) => `${event.strategy} ${event.action}@${event.price_ref}`)).toEqual([
      'inline enter_long@1',
      'inline exit@1',
      'sound enter_long@1',
      'sound exit@2',
      'sound enter_long@3',
    ]);
    expect(step.notices).toEqual([{ kind: 'strategy_failed', instanceId: instanceIdOf(boom), message: 'boom' }]);
  });

  test('stays halted after a restart, without being run again', () => {
    const runner = runnerOf(boom);
    runner.step(secondly([1, 2, 3]));
    const again = new StrategyRunner({ instances: [boom], snapshot: runner.snapshot(), nextBatch: 2 });
    expect(again.needsRebuildSince()).toBeNull();
    expect(again.step(secondly([5, 6, 7], START + 10_000))).toMatchObject({ signals: [], fed: [], notices: [] });
  });

  test.each([
    ['a promise', () => Promise.resolve(), /returned a promise/],
    [
      'a thing that is no error',
      () => {
        throw 'text';
      },
      /^text$/,
    ],
  ])('in its own way: %s', (_case, fault, message) => {
    const { notices } = runnerOf(faulty(fault)).step(secondly([1, 2, 3]));
    expect(notices).toMatchObject([{ kind: 'strategy_failed', message: expect.stringMatching(message) }]);
  });

  test.each([
    ['a confidence beyond 1', { confidence: 1.5 }, /from 0 to 1/],
    ['a confidence that is no number', { confidence: Number.NaN }, /from 0 to 1/],
    ['what JSON cannot say', { meta: { size: 5n } }, /BigInt/],
  ])('or signals %s', (_case, options, message) => {
    const { notices, signals } = runnerOf(inline({ onBar: (_bar, ctx) => ctx.enterLong(options) })).step(
      secondly([1, 2]),
    );
    expect(signals).toEqual([]);
    expect(notices).toMatchObject([{ kind: 'strategy_failed', message: expect.stringMatching(message) }]);
  });

  test('or signals when none of its callbacks runs', () => {
    let later: () => void = () => undefined;
    const runner = runnerOf(
      inline({
        onBar(_bar, ctx) {
          later = () => ctx.enterLong();
        },
      }),
    );
    runner.step(secondly([1, 2]));
    expect(() => later()).toThrow(/only while one of its callbacks runs/);
  });
});

describe('orders', () => {
  const seen: string[] = [];
  const watcher = inline({
    onBar(_bar, ctx) {
      seen.push(`${ctx.position.side} ${ctx.filled.size}`);
      if (ctx.position.isFlat) ctx.enterLong();
    },
    onFill(event, ctx) {
      seen.push(`fill ${event.data.fill?.size} ${ctx.position.side} ${ctx.filled.size}`);
      ctx.exit();
    },
  });

  test('correct the target and fill the position of their label, and a fill may be answered', () => {
    seen.length = 0;
    const runner = runnerOf(watcher);
    const first = runner.step(secondly([10, 11]));
    expect(actions(first)).toEqual(['enter_long@10']);
    const denied = runner.step([{ kind: 'order', event: fateOf(first.signals[0]!, 'denied', 'd1') }]);
    expect(denied.fed).toEqual([{ kind: 'order', event: fateOf(first.signals[0]!, 'denied', 'd1') }]);
    const second = runner.step(secondly([12], START + 2000));
    expect(actions(second)).toEqual(['enter_long@11']);
    const filled = runner.step([{ kind: 'order', event: fateOf(second.signals[0]!, 'canceled_partly', 'f1') }]);
    expect(actions(filled)).toEqual(['exit@11']);
    expect(filled.signals[0]).not.toHaveProperty('bar');
    expect(seen).toEqual(['flat 0', 'flat 0', 'fill 0.25 long 0.25']);
  });

  test('of other labels and symbols do not reach it', () => {
    const runner = runnerOf(watcher);
    const [signal] = runner.step(secondly([10, 11])).signals;
    const event = fateOf(signal!, 'denied', 'd1');
    const other = { ...event, data: { ...event.data, strategy: 'other' } } as typeof event;
    const step = runner.step([
      { kind: 'order', event: other },
      { kind: 'order', event: { ...event, symbol: 'ETH_JPY' } },
      { kind: 'order', event: { ...event, exchange: 'other' } },
    ]);
    expect(step.fed).toEqual([]);
  });

  test('sum up exactly', () => {
    const runner = runnerOf(watcher);
    const [signal] = runner.step(secondly([10, 11])).signals;
    const fill = (n: number): RunnerInput => {
      const event = fateOf(signal!, 'canceled_partly', `f${n}`);
      if (event.type !== 'order') throw new Error('It is an order event.');
      return {
        kind: 'order',
        event: { ...event, data: { ...event.data, fill: { ...event.data.fill!, size: '0.1' } } },
      };
    };
    seen.length = 0;
    runner.step([fill(1), fill(2), fill(3)]);
    expect(seen.at(-1)).toBe('fill 0.1 flat 0.3');
  });
});

describe('a new instance of a label', () => {
  const older = inline({ onBar: (_bar, ctx) => ctx.enterLong() });
  const newer = { ...older, codeHash: 'changed' };

  function successor(options: { initialTargets?: Record<string, 'long' | 'short' | 'flat'> } = {}) {
    const runner = runnerOf(older);
    const [signal] = runner.step(secondly([10, 11])).signals;
    runner.step([{ kind: 'order', event: fateOf(signal!, 'filled', 'f') }]);
    const snapshot = JSON.parse(JSON.stringify(runner.snapshot()));
    const next = new StrategyRunner({ instances: [newer], snapshot, nextBatch: 3, ...options });
    return { next, signal: signal! };
  }

  test('begins where the last one stood', () => {
    const { next } = successor();
    expect(actions(next.step(secondly([12, 13], START + 10_000)))).toEqual([]);
    expect(next.snapshot().state).toMatchObject({
      instances: { [instanceIdOf(newer)]: { began: { batch: 3 }, target: { side: 'long' }, filled: '1' } },
    });
  });

  test('or where it is told to, which the snapshot keeps', () => {
    const { next } = successor({ initialTargets: { 'inline|BTC_JPY': 'flat' } });
    const again = new StrategyRunner({ instances: [newer], snapshot: next.snapshot(), nextBatch: 4 });
    expect(again.needsRebuildSince()).toBe(3);
    expect(actions(next.step(secondly([12, 13], START + 10_000)))[0]).toBe('enter_long@11');
  });

  test('learns what becomes of the signals of the last one, also when it comes much later', () => {
    const { next, signal } = successor();
    const gone = new StrategyRunner({
      instances: [spec({ symbol: 'ETH_JPY' })],
      snapshot: next.snapshot(),
      nextBatch: 4,
    });
    gone.step([
      { kind: 'order', event: fateOf({ ...signal, event: { ...signal.event, action: 'exit' } }, 'filled', 'g') },
    ]);
    const back = new StrategyRunner({
      instances: [{ ...older, codeHash: 'third' }],
      snapshot: gone.snapshot(),
      nextBatch: 5,
    });
    expect(back.snapshot().state).toMatchObject({
      instances: { [instanceIdOf({ ...older, codeHash: 'third' })]: { target: { side: 'long' }, filled: '0' } },
    });
  });

  test('numbers its signals on from the last one', () => {
    const { next } = successor({ initialTargets: { 'inline|BTC_JPY': 'flat' } });
    expect(next.step(secondly([12, 13], START + 10_000)).signals[0]?.event.seq).toBe(2);
  });
});

describe('instance ids', () => {
  test('are the label and a hash, the same for a default left out, another for anything else', () => {
    const id = instanceIdOf(spec());
    expect(id).toMatch(/^fickle-[0-9a-f]{12}$/);
    expect(instanceIdOf(spec({ params: { warmup: 0, salt: 0 } }))).toBe(id);
    const others = [
      spec({ params: { salt: 1 } }),
      spec({ exchange: 'other' }),
      spec({ symbol: 'ETH_JPY' }),
      spec({ timeframe: '5s' }),
      spec({ codeHash: 'other' }),
    ];
    expect(new Set([id, ...others.map(instanceIdOf)]).size).toBe(6);
  });
});

describe('refused at construction', () => {
  const refusal = (...instances: readonly InstanceSpec[]): AlphaError => {
    try {
      runnerOf(...instances);
    } catch (error) {
      if (AlphaError.is(error)) return error;
    }
    throw new Error('It was accepted.');
  };

  test.each(['onTrade', 'onOrderBook', 'onTicker'] as const)('%s without snapshot and restore', (callback) => {
    const error = refusal(inline({ [callback]: () => undefined, snapshot: () => ({}) }));
    expect([error.code, error.message]).toEqual([
      'STRATEGY_INVALID',
      'Strategy "inline" listens to ticks (onTrade, onOrderBook or onTicker) but has no snapshot() and restore(). Add both, so that it can go on after a restart; ticks are too many to run again.',
    ]);
  });

  test('the same instance twice', () => {
    expect(refusal(spec(), spec()).code).toBe('STRATEGY_INVALID');
  });

  test('wrong parameters', () => {
    expect(refusal(spec({ params: { salty: 1 } })).code).toBe('STRATEGY_PARAM_INVALID');
  });

  test('a strategy that cannot be created', () => {
    const create = () => {
      throw new Error('no model file');
    };
    const error = refusal(spec({ strategy: defineStrategy({ name: 'broken', params: z.object({}), create }) }));
    expect([error.code, error.message]).toEqual(['STRATEGY_INVALID', expect.stringContaining('no model file')]);
  });
});

test('a strategy on ticks hears trades, also late ones, and signals at their price', () => {
  const runner = runnerOf(spec({ strategy: twitchy }));
  const { signals } = runner.step([trade(START, 7, { seq: 1 }), trade(START + 1, 2, { seq: 2 })]);
  // Checksums: 7, then 7 · 31 + 2 = 219, which leaves 2 when divided by 7: two holds.
  expect(signals.map(({ event, bar: cause }) => [event.action, event.ts, event.price_ref, cause])).toEqual([
    ['enter_long', START, 7, undefined],
    ['hold', START + 1, 2, undefined],
    ['hold', START + 1, 2, undefined],
  ]);
});

import {
  type Bar,
  defineStrategy,
  type InstanceSpec,
  mergeBars,
  type RunnerInput,
  type Strategy,
  StrategyRunner,
  type Timeframe,
} from '@alpha-engine/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { decisionsOf } from '../../src/lookahead/decisions.js';
import { BacktestRun } from '../../src/run/backtest-run.js';
import { Random } from '../../src/search/random.js';
import { instrumentOf, play, told } from '../support/play.js';

const START = Date.UTC(2024, 0, 1);
const MINUTE = 60_000;

/** Tells every bar it is handed, and decides by all of them together. */
function reader(seen: string[], further: readonly Timeframe[], warmup = 0): Strategy {
  return defineStrategy({
    name: 'reader',
    params: z.object({}),
    create: () => {
      let sum = 0;
      const take = (bar: Bar) => {
        seen.push([bar.timeframe, bar.openTs - START, bar.open, bar.high, bar.low, bar.close].join(' '));
        sum = (Math.imul(sum, 31) + Math.round(bar.close * 100) + bar.timeframe.length) | 0;
      };
      return {
        timeframes: Object.fromEntries(further.map((timeframe) => [timeframe, { warmup, onBar: take }])),
        onBar(bar, ctx) {
          take(bar);
          if (sum % 3 === 0) ctx.enterLong();
          else if (sum % 3 === 1) ctx.exit();
          else ctx.hold();
        },
      };
    },
  }) as unknown as Strategy;
}

function specOf(strategy: Strategy, timeframe: Timeframe = '1m'): InstanceSpec {
  return { strategy, params: {}, exchange: 'gmo', symbol: 'ABC', timeframe, codeHash: 'test' };
}

/** Minutes with gaps between them, of four trades each. */
function tapeOf(random: Random): Bar[] {
  let minute = 0;
  return Array.from({ length: 5 + random.below(146) }, () => {
    minute += [1, 1, 1, 1, 2, 7, 90][random.below(7)] ?? 1;
    const price = 900 + random.below(200);
    const openTs = START + minute * MINUTE;
    const prices = { open: price, high: price + 5, low: price - 5, close: price + 2 };
    const series = { exchange: 'gmo', symbol: 'ABC', timeframe: '1m' } as const;
    return { ...series, openTs, closeTs: openTs + MINUTE, ...prices, volume: 4, trades: 4 };
  });
}

/** Of forty tapes; the seed of the one that fails stands in the message. */
function ofMany(check: (bars: Bar[], random: Random, what: string) => void): void {
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Random(seed);
    check(tapeOf(random), random, `seed ${seed}`);
  }
}

function tradesOf(bars: readonly Bar[]): RunnerInput[] {
  return bars.flatMap(({ close, high, low, open, openTs }) =>
    [open, high, low, close].map((price, n) => ({
      kind: 'market' as const,
      event: {
        type: 'trade' as const,
        exchange: 'gmo',
        symbol: 'ABC',
        ts: openTs + n * 15_000,
        data: { price, size: 1, side: 'buy' as const },
      },
    })),
  );
}

describe('several timeframes in one strategy', () => {
  test('what comes later changes nothing that was decided before', () => {
    ofMany((bars, random, what) => {
      const cut = random.below(bars.length);
      const spec = specOf(reader([], ['5m', '1h']));
      const before = decisionsOf([spec], bars).filter(({ place }) => place < cut);
      expect(decisionsOf([spec], bars.slice(0, cut)), what).toEqual(before);
    });
  });

  test('bars of files and bars built from trades are the same, in the same order', () => {
    ofMany((bars, _random, what) => {
      const [fromBars, fromTrades]: [string[], string[]] = [[], []];
      const inputs = bars.map((bar): RunnerInput => ({ kind: 'bar', bar }));
      const open = (seen: string[]) =>
        new StrategyRunner({ instances: [specOf(reader(seen, ['5m', '1h']))], nextBatch: 1 });
      open(fromBars).step(inputs);
      open(fromTrades).step(tradesOf(bars));
      // Of trades the last bar is open still, and what closes with it.
      expect(fromTrades, what).toEqual(fromBars.slice(0, fromTrades.length));
      expect(fromBars.length - fromTrades.length).toBeLessThanOrEqual(3);
      expect(fromTrades.length).toBeGreaterThan(bars.length - 2);
    });
  });

  test('each further bar is what its minutes make, and comes when the last of them has closed', () => {
    ofMany((bars, _random, what) => {
      const seen: string[] = [];
      decisionsOf([specOf(reader(seen, ['1h']))], bars);
      const hours = seen.filter((line) => line.startsWith('1h'));
      // The hour that the data begin in is not whole.
      const whole = mergeBars(bars, '1h').filter(({ openTs }) => openTs >= bars[0]!.openTs);
      const expected = whole.map((bar) => ['1h', bar.openTs - START, bar.open, bar.high, bar.low, bar.close].join(' '));
      expect(hours, what).toEqual(expected.slice(0, hours.length));
      for (const [place, line] of seen.entries()) {
        const [timeframe, openTs = ''] = line.split(' ');
        if (timeframe !== '1h') continue;
        const minutes = seen.slice(0, place).filter((one) => one.startsWith('1m'));
        const last = Number(minutes.at(-1)?.split(' ')[1]);
        expect(last).toBeLessThan(Number(openTs) + 60 * MINUTE);
      }
    });
  });

  test('a back-test decides nothing before each has its warm-up, and bars before --from give it', () => {
    const bars = Array.from({ length: 240 }, (_, n): Bar => {
      const openTs = START + n * MINUTE;
      const series = { exchange: 'gmo', symbol: 'ABC', timeframe: '1m' } as const;
      const [open, close] = [100 + (n % 7), 100 + ((n + 1) % 7)];
      const prices = { open, high: Math.max(open, close), low: Math.min(open, close), close };
      return { ...series, openTs, closeTs: openTs + MINUTE, ...prices, volume: 1, trades: 1 };
    });
    const run = (from?: number) => {
      const spec = specOf(reader([], ['1h'], 2));
      const { result } = play([], bars, { instances: [spec], ...(from !== undefined && { from }) });
      return result.orders[0]?.terms.createdTs ?? 0;
    };
    const twoHours = START + 120 * MINUTE;
    expect(run()).toBeGreaterThanOrEqual(twoHours);
    expect(run(twoHours)).toBeGreaterThanOrEqual(twoHours);
    expect(run(twoHours)).toBeLessThan(twoHours + 30 * MINUTE);
  });

  describe('a longer bar whose last shorter one is missing', () => {
    const minute = (n: number, symbol = 'ABC'): Bar => {
      const openTs = START + n * MINUTE;
      const series = { exchange: 'gmo', symbol, timeframe: '1m' } as const;
      return { ...series, openTs, closeTs: openTs + MINUTE, open: n, high: n, low: n, close: n, volume: 1, trades: 1 };
    };
    const until = (last: number, symbol?: string) => Array.from({ length: last }, (_, n) => minute(n + 1, symbol));
    const onHours = (seen: string[] = []): Strategy =>
      defineStrategy({
        name: 'on-hours',
        params: z.object({}),
        create: () => ({
          timeframes: {
            '1h': {
              onBar(bar, ctx) {
                seen.push(`1h ${bar.symbol} ${bar.close}`);
                ctx.enterLong();
              },
            },
          },
          onBar: (bar) => void seen.push(`1m ${bar.symbol} ${bar.close}`),
        }),
      }) as unknown as Strategy;
    const first = minute(0);

    test('closes when the next begins, and what it decides is filled at that open', () => {
      const bars = [first, ...until(50), minute(65), minute(66), minute(67)];
      const { result } = play([], bars, { instances: [specOf(onHours())] });
      expect(result.orders.map(({ terms }) => (terms.createdTs - START) / MINUTE)).toEqual([65]);
      expect(told(result)).toEqual(['long 65 …']);
    });

    test('closes when bars of another symbol have passed its end', () => {
      const seen: string[] = [];
      const other = [minute(0, 'XYZ'), ...until(62, 'XYZ')];
      const bars = [first, ...until(50), ...other].toSorted((a, b) => a.openTs - b.openTs);
      const spec = specOf(onHours(seen));
      const instruments = [instrumentOf(), instrumentOf('leverage', 'XYZ')];
      play([], bars, { instances: [spec, { ...spec, symbol: 'XYZ' }], instruments });
      const hour = seen.indexOf('1h ABC 50');
      expect(seen.slice(hour - 2, hour + 2)).toEqual(['1m XYZ 59', '1h XYZ 59', '1h ABC 50', '1m XYZ 60']);
    });

    test('warms up only, where its end is before the beginning', () => {
      const bars = [first, ...until(50), minute(65), minute(66)];
      const ordersFrom = (from: number) =>
        play([], bars, { instances: [specOf(onHours())], from: START + from * MINUTE }).result.orders.length;
      expect(ordersFrom(60)).toBe(0);
      expect(ordersFrom(59)).toBe(1);
    });

    test('closes at the end of the run where it ends by then, and nothing is done on it', () => {
      const bars = [first, ...until(50)];
      const signals = (to: number) =>
        play([], bars, { instances: [specOf(onHours())], to: START + to * MINUTE }).result.signals;
      expect([59, 60].map(signals)).toEqual([0, 1]);
    });
  });

  test.each<[Timeframe, Timeframe, RegExp]>([
    ['1m', '500t', /only trades tell/],
    ['1h', '90m', /no multiple/],
    ['1h', '5m', /no multiple/],
  ])('of bars of %s, bars of %s are refused in a sentence', (timeframe, further, said) => {
    const [instrument] = [instrumentOf()];
    const run = new BacktestRun({
      instances: [specOf(reader([], [further]), timeframe)],
      instruments: [instrument],
      cash: '10000',
      sizing: { kind: 'fixed', size: instrument.minSize },
      fill: { model: 'bar-path', slippage: 0, slippageOn: 'all' },
      leverageRules: 'none',
    });
    const lengthMs = timeframe === '1m' ? MINUTE : 60 * MINUTE;
    const prices = { open: 1, high: 1, low: 1, close: 1, volume: 1, trades: 1 };
    const series = { exchange: 'gmo', symbol: 'ABC', timeframe };
    run.take({ ...series, openTs: START, closeTs: START + lengthMs, ...prices });
    expect(() => run.end()).toThrow(said);
  });

  test('a timeframe that is read twice is refused', () => {
    expect(() => decisionsOf([specOf(reader([], ['60m']), '1h')], [])).toThrow(/reads 1h twice/);
  });
});

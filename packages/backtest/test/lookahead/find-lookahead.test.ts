import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Bar,
  defineStrategy,
  type InstanceSpec,
  type MarketEvent,
  type OrderBookEvent,
  type Strategy,
  type StrategyContext,
  type TickerEvent,
  type Timeframe,
  type TradeEvent,
} from '@alpha-engine/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findLookahead, type LookaheadResult, type Moment } from '../../src/lookahead/index.js';
import { Random } from '../../src/search/random.js';

const START = Date.UTC(2024, 0, 1);
const MINUTE = 60_000;
/** As long as the clock of another variation is ahead. */
const AGE_MS = 1_001 * 86_400_000;

function bars(count: number, seed = 7): Bar[] {
  const random = new Random(seed);
  let price = 1_000;
  return Array.from({ length: count }, (_, n) => {
    const open = price;
    const close = open * (1 + 0.02 * (random.next() - 0.5) + 0.004 * Math.sin(n / 15));
    price = close;
    const [high, low] = [Math.max(open, close) * 1.002, Math.min(open, close) * 0.998];
    const openTs = START + n * MINUTE;
    const what = { exchange: 'gmo', symbol: 'ABC', timeframe: '1m' as const };
    return { ...what, openTs, closeTs: openTs + MINUTE, open, high, low, close, volume: 1, trades: 1 };
  });
}

function specOf(strategy: Strategy, params: unknown = {}, timeframe: Timeframe = '1m'): InstanceSpec {
  return { strategy, params, exchange: 'gmo', symbol: 'ABC', timeframe, codeHash: 'test' };
}

function strategyOf(create: () => ReturnType<Strategy['create']>): Strategy {
  return defineStrategy({ name: 'suspect', params: z.object({}), create }) as unknown as Strategy;
}

function look(strategy: Strategy, tape = bars(160), files: readonly string[] = []): LookaheadResult {
  const before = tape.slice();
  const result = findLookahead({ specs: [specOf(strategy)], data: tape, cuts: 4, points: 4, seed: 1, files });
  expect(tape).toEqual(before);
  return result;
}

/** Of one symbol. */
function measured(strategy: Strategy, tape?: Bar[]) {
  const { clean, warmup } = look(strategy, tape);
  return { clean, warmup: warmup[0] as LookaheadResult['warmup'][number] };
}

const kindsOf = ({ findings }: LookaheadResult) => [...new Set(findings.map(({ kind }) => kind))];

describe('honest strategies pass', () => {
  test('one of several timeframes', () => {
    const result = look(
      strategyOf(() => {
        const closes: number[] = [];
        let rising = false;
        return {
          warmup: 1,
          timeframes: {
            '5m': {
              warmup: 2,
              onBar(bar) {
                closes.push(bar.close);
                rising = bar.close > (closes.at(-2) ?? Number.POSITIVE_INFINITY);
              },
            },
          },
          onBar(_bar, ctx) {
            if (rising) ctx.enterLong();
            else ctx.exit();
          },
        };
      }),
    );
    expect(result).toMatchObject({ clean: true, failure: null });
    expect(result.decisions).toBeGreaterThan(10);
  });
});

describe('one that looks ahead is found', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alpha-lookahead-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('by state that its instances share: the run before told it what comes', () => {
    const known = new Map<number, number>();
    const cheat = strategyOf(() => ({
      onBar(bar, ctx) {
        known.set(bar.openTs, bar.close);
        const next = known.get(bar.closeTs);
        if (next === undefined) return;
        if (next > bar.close) ctx.enterLong();
        else ctx.exit();
      },
    }));
    const result = look(cheat);
    expect(kindsOf(result)).toContain('repeated');
    expect(result.clean).toBe(false);
    expect(result.findings[0]).toMatchObject({ was: null, is: { action: 'enter_long' } });
  });

  test('by the list of bars itself, handed to it by the program', () => {
    const tape = bars(160);
    const cheat = strategyOf(() => {
      let place = -1;
      return {
        onBar(bar, ctx) {
          place += 1;
          const next = tape[place + 1];
          if (next !== undefined && next.close > bar.close) ctx.enterLong();
          else ctx.exit();
        },
      };
    });
    const result = look(cheat, tape);
    expect(kindsOf(result)).toEqual(expect.arrayContaining(['truncated', 'perturbed']));
    for (const { cutTs, moment } of result.findings) {
      expect((moment as Bar).closeTs).toBeLessThanOrEqual(cutTs ?? Number.POSITIVE_INFINITY);
    }
  });

  test('by reading the file of the data', () => {
    const file = join(folder, 'data.json');
    writeFileSync(file, JSON.stringify(bars(160)));
    const cheat = strategyOf(() => {
      const future = JSON.parse(readFileSync(file, 'utf8')) as Bar[];
      let place = 0;
      return {
        onBar(bar, ctx) {
          place += 1;
          if ((future[place]?.close ?? 0) > bar.close) ctx.enterLong();
          else ctx.exit();
        },
      };
    });
    const result = look(cheat, bars(160), [file]);
    expect(result.clean).toBe(false);
    expect(result.touches).toMatchObject([{ what: 'file', file, where: 'create', allowed: false }]);
    // Under another name nobody can tell it from a model: it is told, and not held against it.
    expect(look(cheat).touches).toMatchObject([{ file, allowed: true }]);
  });
});

describe('what else a strategy may listen to', () => {
  /** Trades, books and tickers of a symbol, one each a second; the price of its own seed. */
  function events(symbol: string, count: number, seed: number): MarketEvent[] {
    const random = new Random(seed);
    let price = 1_000;
    return Array.from({ length: count }, (_, n): MarketEvent[] => {
      price *= 1 + 0.004 * (random.next() - 0.5);
      const what = { exchange: 'gmo', symbol, ts: START + n * 1_000 };
      const [bid, ask] = [price * 0.9999, price * 1.0001];
      const quotes = { bid, ask, last: price, high: price, low: price, volume: 1 };
      return [
        { type: 'trade', ...what, data: { price, size: 1, side: 'buy' } },
        { type: 'orderbook', ...what, data: { is_snapshot: true, bids: [[bid, 1]], asks: [[ask, 1]] } },
        { type: 'ticker', ...what, data: quotes },
      ];
    }).flat();
  }

  const both = (count: number) =>
    [...events('ABC', count, 3), ...events('XYZ', count, 4)].toSorted((a, b) => a.ts - b.ts);

  function lookAtBoth(strategy: Strategy, data: Moment[], timeframe: Timeframe = '1m'): LookaheadResult {
    const before = data.slice();
    const specs = ['ABC', 'XYZ'].map((symbol) => ({ ...specOf(strategy, {}, timeframe), symbol }));
    const result = findLookahead({ specs, data, cuts: 6, points: 4, seed: 1 });
    expect(data).toEqual(before);
    return result;
  }

  const keeping = { snapshot: () => ({}), restore: () => undefined };
  /** Enters when it rises, exits when it falls. */
  const follow = (ctx: StrategyContext, was: number, is: number) => (is > was ? ctx.enterLong() : ctx.exit());

  const LISTENERS = {
    onTrade: (event: TradeEvent) => event.data.price,
    onOrderBook: (event: OrderBookEvent) => event.data.bids[0]?.[0] ?? 0,
    onTicker: (event: TickerEvent) => event.data.last,
  };
  const names = Object.keys(LISTENERS) as (keyof typeof LISTENERS)[];
  const listening = (name: keyof typeof LISTENERS, hear: (event: MarketEvent, ctx: StrategyContext) => void) =>
    strategyOf(() => ({ ...keeping, [name]: hear }) as ReturnType<Strategy['create']>);

  test.each(names)('an honest %s of two symbols passes', (name) => {
    const last = new WeakMap<StrategyContext, number>();
    const honest = listening(name, (event, ctx) => {
      const is = (LISTENERS[name] as (event: MarketEvent) => number)(event);
      follow(ctx, last.get(ctx) ?? is, is);
      last.set(ctx, is);
    });
    const result = lookAtBoth(honest, both(40));
    expect(result).toMatchObject({ clean: true, moments: 240, findings: [] });
    expect(result.decisions).toBeGreaterThan(20);
    expect(result.warmup.map(({ points, symbol }) => [symbol, points])).toEqual([
      ['ABC', 0],
      ['XYZ', 0],
    ]);
  });

  test.each(names)('%s that looks into the list of what comes is found, with the event', (name) => {
    const data = both(40);
    const type = { onTrade: 'trade', onOrderBook: 'orderbook', onTicker: 'ticker' }[name];
    const cheat = listening(name, (event, ctx) => {
      const next = data.find(
        ({ symbol, ts, ...one }) => ts > event.ts && symbol === event.symbol && one.type === 'trade',
      );
      if (next?.type === 'trade')
        follow(ctx, (LISTENERS[name] as (heard: MarketEvent) => number)(event), next.data.price);
    });
    const result = lookAtBoth(cheat, data);
    expect(kindsOf(result)).toEqual(expect.arrayContaining(['truncated', 'perturbed']));
    expect(result.findings[0]?.moment).toMatchObject({ type });
  });

  test('what one symbol gives away to another is found: bars of the run before', () => {
    const known = new Map<number, number>();
    const cheat = strategyOf(() => ({
      onBar(bar, ctx) {
        if (bar.symbol === 'ABC') known.set(bar.openTs, bar.close);
        else follow(ctx, known.get(bar.openTs) ?? 0, known.get(bar.closeTs) ?? 0);
      },
    }));
    const others = bars(160, 9).map((bar) => ({ ...bar, symbol: 'XYZ' }));
    const data = [...bars(160), ...others].toSorted((a, b) => a.openTs - b.openTs);
    const result = lookAtBoth(cheat, data);
    expect(kindsOf(result)).toContain('repeated');
    expect(result.findings[0]?.moment.symbol).toBe('XYZ');
  });

  test('bars of a further timeframe, of bars and of trades, do not hide it', () => {
    const cheat = (further: Timeframe, data: readonly Moment[]) =>
      strategyOf(() => ({
        timeframes: {
          [further]: {
            onBar(bar, ctx) {
              const next = data.find((one) => one.symbol === bar.symbol && tsOf(one) >= bar.closeTs + 5_000);
              if (next !== undefined) follow(ctx, bar.close, closeOf(next));
            },
          },
        },
      }));
    const tsOf = (moment: Moment) => ('openTs' in moment ? moment.openTs : moment.ts);
    const closeOf = (moment: Moment) =>
      'openTs' in moment ? moment.close : moment.type === 'trade' ? moment.data.price : 0;
    const tape: Moment[] = bars(160);
    const ofBars = findLookahead({ specs: [specOf(cheat('5m', tape))], data: tape, cuts: 20, points: 2, seed: 1 });
    expect(kindsOf(ofBars)).toContain('truncated');
    const trades: Moment[] = both(40).filter(({ type }) => type === 'trade');
    expect(kindsOf(lookAtBoth(cheat('7t', trades), trades))).toEqual(
      expect.arrayContaining(['truncated', 'perturbed']),
    );
  });
});

describe('one that depends on the world outside is found', () => {
  test.each([
    ['Date.now()', () => Date.now() / AGE_MS],
    ['new Date()', () => Date.parse(new Date().toISOString()) / AGE_MS],
    ['performance.now()', () => performance.now() / AGE_MS],
    ['Math.random()', () => Math.random() * 10],
  ])('%s: told with the callback and the moment', (what, read) => {
    const result = look(
      strategyOf(() => ({
        onBar(_bar, ctx) {
          if (Math.floor(read()) % 2 === 0) ctx.enterLong();
          else ctx.exit();
        },
      })),
    );
    expect(result.clean).toBe(false);
    expect(kindsOf(result)).toContain('clock');
    expect(result.touches).toContainEqual(
      expect.objectContaining({ what, where: 'onBar', ts: START + MINUTE, allowed: false }),
    );
  });

  test('the world is as it was afterwards', () => {
    const before = [Date, Math.random, readFileSync, performance.now];
    look(strategyOf(() => ({})));
    expect([Date, Math.random, readFileSync, performance.now]).toEqual(before);
    expect(Date.now()).toBeGreaterThan(START);
  });
});

describe('the warm-up', () => {
  /** Compares a close with that of `length` bars before. */
  const lagging = (length: number, warmup: number) =>
    strategyOf(() => {
      const closes: number[] = [];
      return {
        warmup,
        onBar(bar, ctx) {
          closes.push(bar.close);
          const before = closes.at(-1 - length);
          if (before === undefined) return;
          if (bar.close > before) ctx.enterLong();
          else ctx.exit();
        },
      };
    });

  test('that is needed is measured: the bar that is decided on, and those before it', () => {
    const { clean, warmup } = measured(lagging(19, 20));
    expect(warmup).toMatchObject({ declared: 20, needed: 20, difference: null });
    expect(clean).toBe(true);
  });

  test('that is declared one bar too short is found, with the bar and both decisions', () => {
    const { clean, warmup } = measured(lagging(19, 19));
    expect(clean).toBe(false);
    expect(warmup).toMatchObject({ declared: 19, needed: 20 });
    expect(warmup.difference?.was?.action).toBe('enter_long');
  });

  /** Compares the last two longer bars, and decides on minutes. */
  const longer = (warmup: number) =>
    strategyOf(() => {
      const closes: number[] = [];
      return {
        timeframes: { '20m': { warmup, onBar: (bar) => void closes.push(bar.close) } },
        onBar(_bar, ctx) {
          const [before, last] = closes.slice(-2);
          if (before === undefined || last === undefined) return;
          if (last > before) ctx.enterLong();
          else ctx.exit();
        },
      };
    });

  test('of a longer timeframe is told in bars of its own: so many that they hold whole longer ones wherever it begins', () => {
    const { clean, warmup } = measured(longer(2), bars(400));
    // Two whole ones, and up to one that it begins inside of.
    expect(warmup).toMatchObject({ declared: 60, difference: null });
    expect(warmup.needed).toBeGreaterThan(40);
    expect(warmup.needed).toBeLessThanOrEqual(60);
    expect(clean).toBe(true);
  });

  test('of a longer timeframe that is declared too short is found', () => {
    const { clean, warmup } = measured(longer(1), bars(400));
    expect(warmup.declared).toBe(40);
    expect(warmup.needed).toBeGreaterThan(40);
    expect(warmup.difference).not.toBeNull();
    expect(clean).toBe(false);
  });

  test('that no history ends is told', () => {
    const { warmup } = measured(
      strategyOf(() => {
        let count = 0;
        return {
          onBar(_bar, ctx) {
            count += 1;
            if (count % 2 === 0) ctx.enterLong();
            else ctx.exit();
          },
        };
      }),
    );
    expect(warmup.difference).not.toBeNull();
  });
});

test('one that throws is told with its bar', () => {
  const result = look(
    strategyOf(() => ({
      onBar(bar) {
        if (bar.openTs === START + 9 * MINUTE) throw new Error('Enough.');
      },
    })),
  );
  expect(result).toMatchObject({
    clean: false,
    failure: { message: 'Enough.', moment: { openTs: START + 9 * MINUTE } },
  });
});

test('the same seed finds the same', () => {
  const cheat = () => {
    const known = new Map<number, number>();
    return strategyOf(() => ({
      onBar(bar, ctx) {
        known.set(bar.openTs, bar.close);
        if ((known.get(bar.closeTs) ?? 0) > bar.close) ctx.enterLong();
        else ctx.exit();
      },
    }));
  };
  expect(look(cheat())).toEqual(look(cheat()));
});

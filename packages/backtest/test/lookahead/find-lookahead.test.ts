import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bar, defineStrategy, type InstanceSpec, type Strategy, type Timeframe } from '@alpha-engine/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findLookahead, type LookaheadResult } from '../../src/lookahead/index.js';
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
  const result = findLookahead({ spec: specOf(strategy), bars: tape, cuts: 4, points: 4, seed: 1, files });
  expect(tape).toEqual(before);
  return result;
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
    const [first] = result.findings;
    expect(first?.bar.closeTs).toBeLessThanOrEqual(first?.cutTs as number);
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
    const { clean, warmup } = look(lagging(19, 20));
    expect(warmup).toMatchObject({ declared: 20, needed: 20, difference: null });
    expect(clean).toBe(true);
  });

  test('that is declared one bar too short is found, with the bar and both decisions', () => {
    const { clean, warmup } = look(lagging(19, 19));
    expect(clean).toBe(false);
    expect(warmup).toMatchObject({ declared: 19, needed: 20 });
    expect(warmup.difference?.was?.action).toBe('enter_long');
  });

  test('that no history ends is told', () => {
    const { warmup } = look(
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
  expect(result).toMatchObject({ clean: false, failure: { message: 'Enough.', bar: { openTs: START + 9 * MINUTE } } });
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

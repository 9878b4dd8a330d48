import { type Bar, Decimal, type Protect } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { barsOf, DAY_MS, instrumentOf, type Prices, play, START_TS, scripted, told } from '../support/play.js';

const HOUR_MS = 3_600_000;

/** Quiet days around the one that is looked at. */
const FLAT: Prices = [100, 100, 100, 100];

describe('a market order', () => {
  it('is judged and filled at the open after the close that decided it', () => {
    const bars = barsOf([FLAT, [103, 110, 95, 104], [107, 108, 101, 102], FLAT]);
    const { result } = play(scripted({ 0: 'long', 1: 'exit' }), bars);
    expect(told(result)).toEqual(['long 103 → 107']);
    expect(result.trades[0]).toMatchObject({ openedTs: START_TS + DAY_MS, closedTs: START_TS + 2 * DAY_MS });
  });

  it('of the last bar is never filled, and what is open stays open at the last close', () => {
    const { result } = play(scripted({ 0: 'long', 2: 'exit' }), barsOf([FLAT, FLAT, [100, 106, 100, 105]]));
    expect(told(result)).toEqual(['long 100 …']);
    expect(result.metrics).toMatchObject({ finalEquity: 10_005, trades: 0 });
    expect(result.signals).toBe(2);
  });

  it('reverses at one open: the close first, then the opening, sized by the equity of that moment', () => {
    const bars = barsOf([FLAT, FLAT, [200, 200, 200, 200], FLAT]);
    const sizing = { kind: 'equity', fraction: Decimal.of(1) } as const;
    const { result } = play(scripted({ 0: 'long', 1: 'short' }), bars, { sizing });
    expect(told(result)).toEqual(['long 100 → 200', 'short 200 …']);
    // 10 000 bought 100 units; 20 000 sell 100 again.
    expect(result.openTrades[0]?.size.toString()).toBe('100');
  });

  it('pays the slippage on both sides, or on entries only', () => {
    const bars = barsOf([FLAT, FLAT, FLAT, FLAT]);
    const acts = scripted({ 0: 'long', 1: 'exit' });
    const all = play(acts, bars, { fill: { model: 'bar-path', slippage: 0.01, slippageOn: 'all' } });
    expect(told(all.result)).toEqual(['long 101 → 99']);
    const entries = play(acts, bars, { fill: { model: 'bar-path', slippage: 0.01, slippageOn: 'entries' } });
    expect(told(entries.result)).toEqual(['long 101 → 100']);
  });

  it('pays the taker fee of every fill when it happens', () => {
    const instruments = [{ ...instrumentOf('spot'), takerFeeRate: Decimal.of('0.001') }];
    const { result, run } = play(scripted({ 0: 'long', 2: 'exit' }), barsOf([FLAT, FLAT, FLAT, FLAT]), { instruments });
    expect([...run.curve.values]).toEqual([10_000, 10_000, 9_999.9, 9_999.9, 9_999.8]);
    expect(result.metrics.feesPaid).toBe(0.2);
    expect(result.trades[0]).toMatchObject({ return: -0.002 });
  });

  it('that goes short on spot is denied, and nothing happens', () => {
    const { result } = play(scripted({ 0: 'short' }), barsOf([FLAT, FLAT, FLAT]), {
      instruments: [instrumentOf('spot')],
    });
    expect(result.denials.map(({ data }) => data.code)).toEqual(['short_on_spot']);
    expect(result.metrics.finalEquity).toBe(10_000);
  });

  it('that the cash does not pay for is denied', () => {
    const sizing = { kind: 'fixed', size: Decimal.of(101) } as const;
    const { result } = play(scripted({ 0: 'long' }), barsOf([FLAT, FLAT]), {
      sizing,
      instruments: [instrumentOf('spot')],
    });
    expect(result.denials.map(({ data }) => data.code)).toEqual(['funds']);
  });
});

describe('protection inside a bar', () => {
  const both: Protect = { stop_loss: { price: 95 }, take_profit: { price: 105 } };
  const short: Protect = { stop_loss: { price: 105 }, take_profit: { price: 95 } };
  const stop: Protect = { stop_loss: { price: 95 } };
  const target: Protect = { take_profit: { price: 105 } };
  const trail: Protect = { trail: { distance: 5 } };

  /** The position is opened at 100 by the second bar; the third is the one looked at. */
  it.each<[what: string, side: 'long' | 'short', protect: Protect, bar: Prices, told: string]>([
    ['a stop fills at its trigger', 'long', stop, [100, 101, 90, 98], 'long 100 → 95'],
    ['a stop that is just touched fills', 'long', stop, [100, 101, 95, 98], 'long 100 → 95'],
    ['a stop that the open has passed fills at the open', 'long', stop, [92, 101, 90, 98], 'long 100 → 92'],
    ['a target fills at its own price', 'long', target, [100, 110, 99, 108], 'long 100 → 105'],
    ['a resting target that is only touched does not fill', 'long', target, [100, 105, 99, 104], 'long 100 …'],
    [
      'a resting target that the open has passed fills at its own price',
      'long',
      target,
      [108, 110, 99, 104],
      'long 100 → 105',
    ],
    ['of a stop and a target in one bar the stop comes first', 'long', both, [100, 110, 90, 105], 'long 100 → 95'],
    ['of a short, too', 'short', short, [100, 110, 90, 95], 'short 100 → 105'],
    ['a target beside a stop fills at its own price', 'long', both, [100, 110, 99, 108], 'long 100 → 105'],
    ['a target beside a stop of a short', 'short', short, [100, 101, 90, 92], 'short 100 → 95'],
    [
      'a trailing stop follows the high and is hit on the way down',
      'long',
      trail,
      [100, 110, 99, 104],
      'long 100 → 105',
    ],
  ])('%s', (_what, side, protect, bar, expected) => {
    const { result } = play(scripted({ 0: side }, protect), barsOf([FLAT, FLAT, bar]));
    expect(told(result)).toEqual([expected]);
    expect(result.alarms).toEqual([]);
  });

  it('pays the slippage of a stop and of a target that the engine closes itself', () => {
    const fill = { model: 'bar-path', slippage: 0.01, slippageOn: 'all' } as const;
    const stopped = play(scripted({ 0: 'long' }, stop), barsOf([FLAT, FLAT, [100, 101, 90, 98]]), { fill });
    expect(told(stopped.result)).toEqual(['long 101 → 94.05']);
    const won = play(scripted({ 0: 'long' }, both), barsOf([FLAT, FLAT, [100, 110, 99, 108]]), { fill });
    expect(told(won.result)).toEqual(['long 101 → 105']);
  });

  it('is looked at at the open only by the model of the next open', () => {
    const fill = { model: 'next-open', slippage: 0, slippageOn: 'all' } as const;
    const bars = barsOf([FLAT, FLAT, [100, 101, 90, 98], [94, 94, 94, 94]]);
    expect(told(play(scripted({ 0: 'long' }, stop), bars, { fill }).result)).toEqual(['long 100 → 94']);
  });

  it('goes with a position that the strategy closes', () => {
    const bars = barsOf([FLAT, FLAT, FLAT, [100, 101, 90, 95]]);
    const { result } = play(scripted({ 0: 'long', 1: 'exit' }, stop), bars);
    expect(told(result)).toEqual(['long 100 → 100']);
    expect(result.orders.map(({ status }) => status)).toEqual(['FILLED', 'CANCELED', 'FILLED']);
  });
});

describe('at one open', () => {
  it('a stop that the open has passed fills before the exit of the strategy, which then closes nothing', () => {
    const bars = barsOf([FLAT, FLAT, FLAT, [90, 91, 89, 90]]);
    const { result } = play(scripted({ 0: 'long', 2: 'exit' }, { stop_loss: { price: 95 } }), bars);
    expect(told(result)).toEqual(['long 100 → 90']);
    expect(result.orders.map(({ status }) => status)).toEqual(['FILLED', 'FILLED']);
  });

  it('a reversal pays the fee of both its fills, and is sized by what the close left', () => {
    const instruments = [{ ...instrumentOf(), takerFeeRate: Decimal.of('0.001') }];
    const sizing = { kind: 'equity', fraction: Decimal.of('0.5') } as const;
    const { result } = play(scripted({ 0: 'long', 1: 'short' }), barsOf([FLAT, FLAT, [200, 200, 200, 200]]), {
      instruments,
      sizing,
    });
    // 50 bought at 100 and sold at 200 leave 10 000 + 5 000 − 5 − 10; half of that sells 37 at 200.
    expect(result.orders.map(({ filledSize }) => String(filledSize))).toEqual(['50', '50', '37']);
    expect(result.metrics.feesPaid).toBeCloseTo(5 + 10 + 7.4, 9);
  });
});

describe('the fee', () => {
  const instruments = [{ ...instrumentOf(), takerFeeRate: Decimal.of('0.001'), makerFeeRate: Decimal.of('-0.0001') }];

  it.each<[what: string, protect: Protect, bar: Prices, exitFee: number]>([
    ['of a target that rests is the maker rate', { take_profit: { price: 105 } }, [100, 110, 99, 108], -0.0105],
    ['of a stop is the taker rate', { stop_loss: { price: 95 } }, [100, 101, 90, 98], 0.095],
    [
      'of a target that the engine closes is the taker rate',
      { stop_loss: { price: 95 }, take_profit: { price: 105 } },
      [100, 110, 99, 108],
      0.105,
    ],
  ])('%s', (_what, protect, bar, exitFee) => {
    const { result } = play(scripted({ 0: 'long' }, protect), barsOf([FLAT, FLAT, bar]), { instruments });
    expect(result.metrics.feesPaid).toBeCloseTo(0.1 + exitFee, 9);
  });
});

describe('leverage at the rules of GMO Coin', () => {
  it('costs nothing that was closed before six in Japan, and of what is held the value at that moment', () => {
    const hourly = (acts: Parameters<typeof scripted>[0], rows: readonly Prices[]) => {
      const instance = { strategy: scripted(acts), params: {}, exchange: 'gmo', symbol: 'ABC', codeHash: 'test' };
      const bars = barsOf(rows).map((bar, index) => {
        const openTs = START_TS + index * HOUR_MS;
        return { ...bar, timeframe: '1h' as const, openTs, closeTs: openTs + HOUR_MS };
      });
      return play([], bars, { leverageRules: 'gmo', instances: [{ ...instance, timeframe: '1h' }] }).result;
    };
    const day = Array.from({ length: 23 }, (): Prices => [100, 100, 100, 100]);
    const before = hourly({ 0: 'long', 19: 'exit' }, day);
    expect({ trades: before.trades.length, fees: before.metrics.feesPaid }).toEqual({ trades: 1, fees: 0 });
    // The hour that ends at 21:00 UTC closes at 150.
    const risen = day.map((bar, hour): Prices => (hour === 20 ? [100, 150, 100, 150] : bar));
    const after = hourly({ 0: 'long', 21: 'exit' }, risen);
    expect(after.trades[0]?.fees.toNumber()).toBeCloseTo(150 * 0.0004, 9);
  });

  it('closes by force at the open that is beyond the losscut, and before a stop that is further away', () => {
    const gap = play(scripted({ 0: 'long' }), barsOf([FLAT, FLAT, [60, 61, 59, 60]]), { leverageRules: 'gmo' });
    expect(told(gap.result)).toEqual(['long 100 → 60']);
    const bars = barsOf([FLAT, FLAT, [100, 100, 60, 80]]);
    const stopped = play(scripted({ 0: 'long' }, { stop_loss: { price: 70 } }), bars, { leverageRules: 'gmo' });
    expect(told(stopped.result)).toEqual(['long 100 → 75']);
  });

  it('pays for every night, and closes by force what has lost half its margin', () => {
    const bars = barsOf([FLAT, FLAT, FLAT, [100, 100, 70, 80], FLAT]);
    const { result, run } = play(scripted({ 0: 'long' }), bars, { leverageRules: 'gmo' });
    // 0.04 % of 100 for two nights, then the losscut at 75 with its fee of 0.5 % of the value at the open price.
    expect(told(result)).toEqual(['long 100 → 75']);
    expect(result.metrics.feesPaid).toBeCloseTo(0.58, 9);
    expect(result.metrics.finalEquity).toBeCloseTo(10_000 - 25 - 0.58, 9);
    expect(run.engine.executor.books().equity.equity.toNumber()).toBeCloseTo(result.metrics.finalEquity, 9);
  });
});

describe('a limit of loss', () => {
  it('stops openings as it does live, and the denial is told', () => {
    const bars = barsOf([FLAT, FLAT, [50, 50, 50, 50], FLAT, FLAT]);
    const sizing = { kind: 'equity', fraction: Decimal.of(1) } as const;
    const { result } = play(scripted({ 0: 'long', 2: 'short' }), bars, { sizing, maxDrawdown: '0.2' });
    expect(result.denials.map(({ data }) => data.code)).toEqual(['drawdown']);
    expect(result.alarms[0]).toContain('50 % below its peak');
  });
});

describe('several symbols and strategies', () => {
  it('share one account, close in order of time, and keep their own positions', () => {
    const instruments = [instrumentOf('leverage', 'ABC'), instrumentOf('leverage', 'XYZ')];
    const one = barsOf([FLAT, FLAT, [110, 110, 110, 110]], 'ABC');
    const two = barsOf([FLAT, FLAT, [80, 80, 80, 80]], 'XYZ');
    const bars = one.flatMap((bar, index) => [bar, two[index]!]);
    const strategies = [scripted({ 0: 'long' }, undefined, 'bull'), scripted({ 0: 'short' }, undefined, 'bear')];
    const { result, run } = play(strategies, bars, { instruments });
    expect(result.openTrades.map(({ strategy, symbol, pnl }) => `${strategy} ${symbol} ${pnl}`).sort()).toEqual([
      'bear ABC -10',
      'bear XYZ 20',
      'bull ABC 10',
      'bull XYZ -20',
    ]);
    expect([...run.curve.times]).toEqual([0, 1, 2, 3].map((day) => START_TS + day * DAY_MS));
  });

  it('size an entry by what everything is worth at that open, and happen in order of time', () => {
    const instruments = [instrumentOf('leverage', 'ABC'), instrumentOf('leverage', 'XYZ')];
    const one = barsOf([FLAT, FLAT, [100, 300, 100, 300], [300, 300, 300, 300]], 'ABC');
    const two = barsOf([FLAT, FLAT, [100, 120, 90, 110], [110, 110, 110, 110]], 'XYZ');
    const acts: Record<string, ReturnType<typeof scripted>> = {
      ABC: scripted({ 0: 'long' }, undefined, 'first'),
      XYZ: scripted({ 1: 'long' }, { stop_loss: { price: 95 } }, 'second'),
    };
    const { result } = play(
      [],
      one.flatMap((bar, index) => [bar, two[index]!]),
      {
        instruments,
        instances: instruments.map(({ symbol }) => ({
          ...{ strategy: acts[symbol]!, params: {}, exchange: 'gmo', symbol },
          ...{ timeframe: '1d' as const, codeHash: 'test' },
        })),
        sizing: { kind: 'equity', fraction: Decimal.of('0.5') },
      },
    );
    // When XYZ opens ABC stands at its own open of that day: the rise to 300 is not known yet.
    expect(result.orders.map(({ terms, filledSize }) => `${terms.symbol} ${terms.purpose} ${filledSize}`)).toEqual([
      'ABC entry 50',
      'XYZ entry 50',
      'XYZ stop_loss 50',
    ]);
    const times = result.orders.map(({ updatedTs }) => updatedTs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(told(result)).toEqual(['long 100 → 95', 'long 100 …']);
  });

  it('a strategy that throws is halted and named, the others go on', () => {
    const bad = {
      ...scripted({}, undefined, 'bad'),
      create: () => ({
        onBar: () => {
          throw new Error('no luck');
        },
      }),
    };
    const { result } = play([bad, scripted({ 0: 'long' })], barsOf([FLAT, FLAT]));
    expect(result.failures).toMatchObject([{ message: 'no luck' }]);
    expect(told(result)).toEqual(['long 100 …']);
  });
});

it.each([
  ['out of order', [0, 2, 1, 3], /opens at 2024-01-02.* is out of order: the one before it lasts until 2024-01-04/],
  ['twice', [0, 1, 1, 3], /opens at 2024-01-02.* is out of order: the one before it lasts until 2024-01-03/],
])('refuses bars that come %s', (_how, order, message) => {
  const bars = barsOf(Array.from({ length: 4 }, () => [100, 101, 99, 100] as const));
  const mixed = order.map((index) => bars[index] as Bar);
  expect(() => play(scripted({}), mixed)).toThrow(message);
});

it('uses bars before the beginning to warm up, and none after the end', () => {
  const bars = barsOf([FLAT, FLAT, FLAT, [101, 101, 101, 101], [102, 102, 102, 102]]);
  const { result } = play(scripted({ 0: 'long', 2: 'long' }), bars, {
    from: START_TS + 2 * DAY_MS,
    to: START_TS + 4 * DAY_MS,
  });
  expect(told(result)).toEqual(['long 101 …']);
  expect(result).toMatchObject({ bars: 2, firstTs: START_TS + 2 * DAY_MS });
});

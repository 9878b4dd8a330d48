import {
  type Bar,
  Decimal,
  defineStrategy,
  type MarketEvent,
  type Strategy,
  type StrategyContext,
} from '@alpha-engine/core';
import { NO_LATENCY } from '@alpha-engine/core/simulation';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { runBacktest } from '../../src/run/run-backtest.js';
import { instrumentOf, scripted, told } from '../support/play.js';
import { atTrades, book, delta, playTape, START_TS, ticker, toldOrders, trade } from '../support/play-tape.js';

const MINUTE = 60_000;
const quotes = (ms: number, bid: number, ask: number) =>
  book(
    ms,
    [
      [bid, 2],
      [bid - 1, 3],
    ],
    [
      [ask, 2],
      [ask + 1, 3],
    ],
  );

it('closes a bar with the first trade behind it, judges the signal at once and fills at the book of that moment', () => {
  const events = [quotes(0, 99, 101), trade(0, 100), trade(30_000, 102), quotes(MINUTE, 103, 105), trade(MINUTE, 104)];
  const { result } = playTape(scripted({ 0: 'long' }), events);
  expect(result.bars).toBe(1);
  expect(told(result)).toEqual(['long 105 …']);
  expect(toldOrders(result)).toEqual(['buy 1/1 at 105, 00:01:00.000']);
});

it('closes a bar by the clock two seconds after its end, on anything the symbol says', () => {
  const early = [quotes(0, 99, 101), trade(0, 100), ticker(MINUTE + 1_999, 99, 101)];
  expect(playTape(scripted({ 0: 'long' }), early).result.bars).toBe(0);
  const { result } = playTape(scripted({ 0: 'long' }), [...early, quotes(MINUTE + 2_000, 99, 102)]);
  expect(result.bars).toBe(1);
  expect(toldOrders(result)).toEqual(['buy 1/1 at 102, 00:01:02.000']);
});

it('walks the book for a large order and leaves what lies behind it unfilled', () => {
  const events = [quotes(0, 99, 101), trade(10, 100)];
  const sizing = { kind: 'fixed', size: Decimal.of(4) } as const;
  const walked = playTape(atTrades({ 10: 'long' }), events, { sizing }).result;
  // 2 at 101 and 2 at 102.
  expect(toldOrders(walked)).toEqual(['buy 4/4 at 101.5, 00:00:00.010']);
  const behind = playTape(atTrades({ 10: 'long' }), events, { sizing: { kind: 'fixed', size: Decimal.of(7) } }).result;
  expect(toldOrders(behind)).toEqual(['buy 5/7 at 101.6, 00:00:00.010']);
});

it('takes no more than the best level shows where only the top of the book counts', () => {
  const sizing = { kind: 'fixed', size: Decimal.of(4) } as const;
  const fill = { model: 'top-of-book', slippage: 0, slippageOn: 'all', latency: NO_LATENCY } as const;
  const { result } = playTape(atTrades({ 10: 'long' }), [quotes(0, 99, 101), trade(10, 100)], { sizing, fill });
  expect(toldOrders(result)).toEqual(['buy 2/4 at 101, 00:00:00.010']);
});

it('without books buys where somebody bought last and sells where somebody sold last', () => {
  const fill = { model: 'trades', slippage: 0, slippageOn: 'all', latency: NO_LATENCY } as const;
  const events = [trade(0, 101, 1, 'buy'), trade(1, 99, 1, 'sell'), trade(2, 100, 1, 'sell'), trade(3, 100, 1, 'sell')];
  const { result } = playTape(atTrades({ 2: 'long', 3: 'exit' }), events, { fill });
  expect(told(result)).toEqual(['long 101 → 100']);
});

it('applies book changes to the last whole book', () => {
  const events = [
    delta(0, [[50, 1]], []),
    quotes(1, 99, 101),
    delta(
      2,
      [],
      [
        [101, 0],
        [100.5, 1],
      ],
    ),
    trade(10, 100),
  ];
  const { result } = playTape(atTrades({ 10: 'long' }), events);
  expect(toldOrders(result)).toEqual(['buy 1/1 at 100.5, 00:00:00.010']);
});

it('brings market data, orders and answers after their latency, and trades with what is there then', () => {
  const latency = {
    feed: { kind: 'constant', ms: 10 },
    order: { kind: 'constant', ms: 100 },
    answer: { kind: 'constant', ms: 50 },
  } as const;
  const fill = { model: 'book-walk', slippage: 0, slippageOn: 'all', latency } as const;
  const events = [quotes(0, 99, 101), trade(1_000, 100), quotes(1_100, 109, 111), quotes(1_111, 119, 121)];
  const { result } = playTape(atTrades({ 1000: 'long' }), [...events, trade(2_000, 120)], { fill });
  // Known at 1.010, at the exchange at 1.110, told at 1.160: the book between the last two counts.
  expect(toldOrders(result)).toEqual(['buy 1/1 at 111, 00:00:01.160']);
  expect(result.assumptions.join(' ')).toContain('market data 10 ms, orders 100 ms, answers 50 ms');
});

it('judges by the tickers of the data as soon as there is one', () => {
  const sizing = { kind: 'equity', fraction: Decimal.of('1') } as const;
  const events = [quotes(0, 99, 101), ticker(5, 199, 201), trade(10, 100)];
  const { result } = playTape(atTrades({ 10: 'long' }), events, { sizing });
  // 10 000 buys 49 at the ticker's 201; the book has 5.
  expect(result.orders[0]?.terms.size.toString()).toBe('49');
});

it('makes market orders worse by the slippage', () => {
  const fill = { model: 'book-walk', slippage: 0.01, slippageOn: 'all', latency: NO_LATENCY } as const;
  const { result } = playTape(atTrades({ 10: 'long' }), [quotes(0, 99, 101), trade(10, 100)], { fill });
  expect(told(result)).toEqual(['long 102.01 …']);
  expect(result.assumptions.join(' ')).toContain('fills 1 % worse');
});

it('refuses what the data or the model cannot give', async () => {
  const fill = { model: 'book-walk', slippage: 0, slippageOn: 'all' } as const;
  expect(() => playTape(atTrades({}), [trade(0, 100)], { fill })).toThrow(/no order book/);
  const bars = { ...fill, model: 'bar-path' } as const;
  expect(() => playTape(atTrades({}), [trade(0, 100)], { fill: bars })).toThrow(/is for bars/);
  const queue = { ...fill, model: 'trades', queue: 'conservative' } as const;
  expect(() => playTape(atTrades({}), [trade(0, 100)], { fill: queue })).toThrow(/needs order books/);
  const source = { bars: () => [], provenance: () => [] };
  const options = {
    ...({ instances: [], instruments: [instrumentOf()], cash: '1', leverageRules: 'none', fill } as const),
    sizing: { kind: 'fixed', size: Decimal.of(1) } as const,
  };
  await expect(runBacktest(source, options)).rejects.toThrow(/needs recorded trades or books/);
});

it('warms up with bars of the trades before the run begins, and decides nothing of them', () => {
  const events = [
    trade(0, 1),
    trade(MINUTE, 2),
    quotes(2 * MINUTE, 99, 101),
    trade(2 * MINUTE, 100),
    quotes(3 * MINUTE - 1, 99, 101),
    trade(3 * MINUTE, 3),
  ];
  const { result } = playTape(
    scripted({ 0: 'long', 1: 'long', 2: 'short' }),
    [...events, quotes(3 * MINUTE + 1, 99, 101)],
    {
      from: START_TS + 2 * MINUTE,
    },
  );
  expect(result.bars).toBe(1);
  expect(told(result)).toEqual(['short 99 …']);
});

it('knows the book from before the run begins', () => {
  const events = [quotes(0, 99, 101), delta(MINUTE, [], [[100.5, 1]]), trade(MINUTE + 1, 100)];
  const { result } = playTape(atTrades({ [MINUTE + 1]: 'long' }), events, { from: START_TS + MINUTE });
  expect(told(result)).toEqual(['long 100.5 …']);
});

it('tells what holding leverage lots costs, and leaves one equity in curve and books', () => {
  const night = 21 * 3_600_000;
  const at = (ms: number): MarketEvent[] => [quotes(ms, 99, 101), trade(ms + 1, 100)];
  const events = [...at(0), ...at(night - 1_000), ...at(night + 1_000), ...at(night + 120_000)];
  const { result, run } = playTape(atTrades({ 1: 'long' }), events, { leverageRules: 'gmo' });
  // 0.04 % of what closing would pay: 99.
  expect(result.metrics.feesPaid).toBeCloseTo(0.0396, 10);
  expect(result.metrics.finalEquity).toBeCloseTo(10_000 - 101 + 100 - 0.0396, 8);
  expect(run.engine.executor.books().balancesAgree).toBe(true);
});

it('judges by the prices that have come over the feed, not by those that the exchange has by then', () => {
  const sizing = { kind: 'equity', fraction: Decimal.of('0.5') } as const;
  const events = [trade(0, 100), trade(1_000, 100), trade(4_000, 200), trade(20_000, 200)];
  const late = { kind: 'constant', ms: 5_000 } as const;
  const fill = { model: 'trades', slippage: 0, slippageOn: 'all', latency: { ...NO_LATENCY, feed: late } } as const;
  const { result } = playTape(atTrades({ 1000: 'long' }), events, { sizing, fill });
  // Known at 6.000, when the exchange trades at 200: half of 10 000 at 100 are 50, and half of the cash is there at 200.
  expect(toldOrders(result)).toEqual(['buy 50/50 at 200, 00:00:06.000']);
});

it('fills no better than the last trade where that is more than five seconds newer than the book', () => {
  const run = (ms: number, model: 'book-walk' | 'top-of-book') => {
    const fill = { model, slippage: 0, slippageOn: 'all', latency: NO_LATENCY } as const;
    const events = [quotes(0, 99, 101), trade(ms - 1, 150), trade(ms, 50)];
    return told(playTape(atTrades({ [ms - 1]: 'long', [ms]: 'exit' }), events, { fill }).result);
  };
  for (const model of ['book-walk', 'top-of-book'] as const) {
    expect(run(5_000, model)).toEqual(['long 101 → 99']);
    expect(run(5_002, model)).toEqual(['long 150 → 50']);
  }
  const { result } = playTape(atTrades({}), [quotes(0, 99, 101), trade(1, 100)]);
  expect(result.assumptions.join(' ')).toContain('more than 5 s newer than the book');
});

/** Notes every bar that it is told of. */
function noting(bars: Bar[]): Strategy {
  const create = () => ({
    onBar(bar: Bar, ctx: Pick<StrategyContext, 'enterLong'>) {
      bars.push(bar);
      ctx.enterLong();
    },
  });
  return defineStrategy({ name: 'noting', params: z.object({}), create }) as unknown as Strategy;
}

it('tells a bar whole that the beginning of the run lies in', () => {
  const events = [trade(0, 100), trade(20_000, 120), trade(40_000, 110), trade(MINUTE, 111)];
  const bars: Bar[] = [];
  const fill = { model: 'trades', slippage: 0, slippageOn: 'all', latency: NO_LATENCY } as const;
  const { result } = playTape(noting(bars), events, { fill, from: START_TS + 30_000 });
  expect(bars).toMatchObject([{ openTs: START_TS, open: 100, high: 120, low: 100, close: 110, trades: 3 }]);
  expect(result).toMatchObject({ bars: 1, signals: 1 });
});

it('closes the last bar before the end of the run, and does nothing on it', () => {
  const fill = { model: 'trades', slippage: 0, slippageOn: 'all', latency: NO_LATENCY } as const;
  const events = [trade(0, 100), trade(MINUTE + 1, 110), trade(2 * MINUTE - 1, 120)];
  for (const after of [[], [trade(2 * MINUTE, 130)]]) {
    const bars: Bar[] = [];
    const { result } = playTape(noting(bars), [...events, ...after], { fill, to: START_TS + 2 * MINUTE });
    expect(bars.map(({ close }) => close)).toEqual([100, 120]);
    expect(result.bars).toBe(2);
    expect(result.lastTs).toBe(START_TS + 2 * MINUTE);
    expect(result.orders).toHaveLength(1);
  }
  // A bar that reaches beyond the end stays open.
  const bars: Bar[] = [];
  playTape(noting(bars), events, { fill, to: START_TS + 2 * MINUTE - 1 });
  expect(bars.map(({ close }) => close)).toEqual([100]);
});

it('tells no bar whose beginning the data do not have, as a live session would not', () => {
  const fill = { model: 'trades', slippage: 0, slippageOn: 'all', latency: NO_LATENCY } as const;
  const events = [trade(1, 100), trade(MINUTE + 1, 110), trade(2 * MINUTE, 120)];
  const bars: Bar[] = [];
  const { result } = playTape(noting(bars), events, { fill });
  expect(bars.map(({ close }) => close)).toEqual([110]);
  expect(result).toMatchObject({ bars: 1, signals: 1 });
});

it('brings market data when the recording says they came, others after the latency, nothing before what came earlier', () => {
  const came = (event: MarketEvent, ms: number): MarketEvent => ({ ...event, recv_ts: START_TS + ms });
  const events = [
    came(quotes(0, 99, 101), 1),
    // Heard at 90: by then the second book is there.
    came(trade(10, 100), 90),
    came(quotes(50, 99, 105), 55),
    // Nobody noted it, and it waits for the one before: 1 000 + 40.
    trade(1_000, 100),
    came(quotes(1_020, 97, 105), 1_021),
    // Received before its time, by a clock that is off.
    came(trade(2_000, 100), 1_990),
    came(quotes(2_100, 95, 105), 2_101),
  ];
  const feed = { kind: 'constant', ms: 40 } as const;
  const fill = {
    ...({ model: 'book-walk', slippage: 0, slippageOn: 'all', recordedFeed: true } as const),
    latency: { ...NO_LATENCY, feed },
  };
  const { result } = playTape(atTrades({ 10: 'long', 1000: 'exit', 2000: 'long' }), events, { fill });
  expect(toldOrders(result)).toEqual([
    'buy 1/1 at 105, 00:00:00.090',
    'sell 1/1 at 97, 00:00:01.040',
    'buy 1/1 at 105, 00:00:02.000',
  ]);
  expect(result.assumptions).toContainEqual(
    expect.stringContaining(
      'market data when they were received (recorded of 6 of 7 events, 1 before their time by the clocks, which count as at once, the others 40 ms), orders none',
    ),
  );
});

it('refuses times of receipt that nobody noted, or that are of another time', () => {
  const fill = { model: 'trades', slippage: 0, slippageOn: 'all', latency: NO_LATENCY, recordedFeed: true } as const;
  const play = (event: MarketEvent) => () => playTape(atTrades({}), [event], { fill });
  expect(play(trade(0, 100))).toThrow(/No event of the data says when it was received/);
  expect(play({ ...trade(0, 100), recv_ts: START_TS + 86_400_000 })).toThrow(
    /^An event of 2024-01-01T00:00:00\.000Z was received at 2024-01-02T00:00:00\.000Z by the record: /,
  );
});

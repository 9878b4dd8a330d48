import { Decimal } from '@alpha-engine/core';
import { type Level, PlayedMarket, QUEUE_MODELS, type SimulationReport } from '@alpha-engine/core/simulation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASKS, BIDS, exchange, fillsOf, order, placed } from './support.js';

const SEED = 20_240_809;
const RICH = { JPY: '1000000', BTC: '1000' };

/** A buy of 3 at 99, where 2 stand already. */
function resting(queue: (typeof QUEUE_MODELS)[number]) {
  const at = exchange(RICH, { queue });
  placed(at, order('BTC', 'buy', '3', { price: '99' }));
  return at;
}

const bidsWith = (size: number): Level[] => [
  [100, 1],
  [99, size],
  [98, 3],
];

describe('a resting order that the market touches', () => {
  it('fills nothing of it where only trades beyond count', () => {
    const at = resting('through');
    expect(fillsOf(at.onTrade('BTC', 99, 50, 'sell', 20))).toEqual([]);
    expect(fillsOf(at.onTrade('BTC', 98, 1, 'sell', 21))).toEqual([['99', '1']]);
  });

  it('waits until what stood before it is traded, then fills up to the rest of the trade', () => {
    const at = resting('conservative');
    expect(fillsOf(at.onTrade('BTC', 99, 1.5, 'sell', 20))).toEqual([]);
    expect(fillsOf(at.onTrade('BTC', 99, 1.25, 'sell', 21))).toEqual([['99', '0.75']]);
    expect(fillsOf(at.onTrade('BTC', 99, 9, 'sell', 22))).toEqual([['99', '2.25']]);
  });

  it('is not reached by buyers, who take the other side', () => {
    const at = resting('conservative');
    expect(fillsOf(at.onTrade('BTC', 99, 50, 'buy', 20))).toEqual([]);
  });

  it('has nobody before it where the book shows nothing', () => {
    const at = exchange(RICH, { queue: 'conservative' });
    at.onBook(
      'BTC',
      [
        [100, 1],
        [98, 3],
      ],
      ASKS,
      2,
    );
    placed(at, order('BTC', 'buy', '1', { price: '99' }));
    expect(fillsOf(at.onTrade('BTC', 99, 0.5, 'sell', 20))).toEqual([['99', '0.5']]);
  });

  it('has everybody before it at a price beyond the recorded levels, until they reach it', () => {
    const at = exchange(RICH, { queue: 'conservative' });
    placed(at, order('BTC', 'buy', '1', { price: '95' }));
    expect(fillsOf(at.onTrade('BTC', 95, 1000, 'sell', 20))).toEqual([]);
    at.onBook('BTC', [[95, 4]], ASKS, 21);
    expect(fillsOf(at.onTrade('BTC', 95, 4.5, 'sell', 22))).toEqual([['95', '0.5']]);
  });

  it('takes what leaves the level otherwise as having stood behind it, as long as that much was there', () => {
    const at = exchange(RICH, { queue: 'conservative' });
    at.onBook('BTC', bidsWith(10), ASKS, 2);
    placed(at, order('BTC', 'buy', '1', { price: '99' }));
    at.onBook('BTC', bidsWith(12), ASKS, 3);
    at.onBook('BTC', bidsWith(10.5), ASKS, 4);
    expect(fillsOf(at.onTrade('BTC', 99, 10, 'sell', 20))).toEqual([]);
    const other = exchange(RICH, { queue: 'conservative' });
    other.onBook('BTC', bidsWith(10), ASKS, 2);
    placed(other, order('BTC', 'buy', '1', { price: '99' }));
    other.onBook('BTC', bidsWith(6), ASKS, 3);
    expect(fillsOf(other.onTrade('BTC', 99, 6.5, 'sell', 20))).toEqual([['99', '0.5']]);
  });

  it('or lets it have left in proportion', () => {
    const at = exchange(RICH, { queue: 'proportional' });
    at.onBook('BTC', bidsWith(10), ASKS, 2);
    placed(at, order('BTC', 'buy', '1', { price: '99' }));
    // 5 more come behind, 2 are traded before it: 8 of 13. Then 6.5 leave, half of everybody: 4.
    at.onBook('BTC', bidsWith(15), ASKS, 3);
    at.onTrade('BTC', 99, 2, 'sell', 4);
    at.onBook('BTC', bidsWith(6.5), ASKS, 5);
    expect(fillsOf(at.onTrade('BTC', 99, 4.25, 'sell', 20))).toEqual([['99', '0.25']]);
  });

  it('goes to the end of the queue when it is changed', () => {
    const at = resting('conservative');
    at.onTrade('BTC', 99, 2, 'sell', 20);
    const [open] = at.openOrders('BTC');
    at.amend(open?.orderId ?? 0, { price: Decimal.of('98') }, 21);
    expect(fillsOf(at.onTrade('BTC', 98, 3, 'sell', 22))).toEqual([]);
    expect(fillsOf(at.onTrade('BTC', 98, 0.25, 'sell', 23))).toEqual([['98', '0.25']]);
  });

  it('shares a trade with another of ours: the older one first', () => {
    const at = resting('conservative');
    placed(at, order('BTC', 'buy', '1', { price: '99' }));
    expect(fillsOf(at.onTrade('BTC', 99, 5.5, 'sell', 20))).toEqual([
      ['99', '3'],
      ['99', '0.5'],
    ]);
  });
});

describe('slippage', () => {
  const slipped = (on: 'all' | 'entries') => exchange(RICH, { slippage: { fraction: 0.01, on } });

  it('makes market orders worse than what they trade with, to the tick', () => {
    const at = slipped('all');
    // 101 × 1.01 = 102.01.
    expect(fillsOf(placed(at, order('BTC', 'buy', '1')).reports)).toEqual([['103', '1']]);
    expect(fillsOf(placed(at, order('BTC', 'sell', '1')).reports)).toEqual([['99', '1']]);
  });

  it('spares limit orders, and exits where only entries pay it', () => {
    const at = slipped('entries');
    expect(fillsOf(placed(at, order('BTC', 'sell', '1')).reports)).toEqual([['100', '1']]);
    expect(fillsOf(placed(at, order('BTC', 'buy', '1', { price: '101' })).reports)).toEqual([['101', '1']]);
  });
});

type Happening =
  | { readonly kind: 'book'; readonly mid: number; readonly sizes: readonly number[] }
  | { readonly kind: 'trade'; readonly price: number; readonly size: number; readonly buy: boolean }
  | { readonly kind: 'order'; readonly price: number | null; readonly size: number; readonly buy: boolean };

const price = fc.integer({ min: 92, max: 108 });
const size = fc.integer({ min: 1, max: 50 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    kind: fc.constant('book' as const),
    mid: price,
    sizes: fc.array(size, { minLength: 6, maxLength: 6 }),
  }),
  fc.record({ kind: fc.constant('trade' as const), price, size, buy: fc.boolean() }),
  fc.record({ kind: fc.constant('order' as const), price: fc.option(price), size, buy: fc.boolean() }),
);

function bookOf(mid: number, sizes: readonly number[]) {
  const of = (step: number, from: number): Level[] =>
    sizes.slice(from, from + 3).map((one, index) => [mid + step * (index + 1), one / 10]);
  return { bids: of(-1, 0), asks: of(1, 3) };
}

/** Whatever the market does: nothing is filled that was not offered or traded, and nothing better than that. */
describe.each(['book-walk', 'top-of-book', 'trades'] as const)('%s', (fill) => {
  it.each(QUEUE_MODELS)('never fills more or better than the market gave (%s)', (queue) => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        const at = exchange(RICH, { queue });
        const market = new PlayedMarket(at, fill);
        let shown: { bids: Level[]; asks: Level[] } = { bids: BIDS, asks: ASKS };
        market.take(event(1, 'orderbook', { is_snapshot: true, ...shown }));
        market.take(event(2, 'trade', { price: 100, size: 1, side: 'buy' }));
        let taken = 0;
        happenings.forEach((one, index) => {
          const ts = 10 + index;
          if (one.kind === 'book') {
            shown = bookOf(one.mid, one.sizes);
            taken = 0;
            const reports = market.take(event(ts, 'orderbook', { is_snapshot: true, ...shown }));
            taken += filledSize(reports);
          } else if (one.kind === 'trade') {
            const side = one.buy ? ('buy' as const) : ('sell' as const);
            const data = { price: one.price, size: one.size / 10, side };
            const reports = market.take(event(ts, 'trade', data));
            expect(filledSize(reports)).toBeLessThanOrEqual(one.size / 10 + 1e-9);
            return;
          } else {
            const side = one.buy ? 'buy' : 'sell';
            const limit = one.price === null ? {} : { price: String(one.price) };
            const best = market.best('BTC');
            const outcome = at.place(order('BTC', side, String(one.size / 10), limit), ts);
            if (!outcome.accepted) return;
            for (const report of outcome.reports) {
              if (report.kind !== 'fill' || best === null) continue;
              const paid = report.fill.price.toNumber();
              if (one.buy) expect(paid).toBeGreaterThanOrEqual(best.ask);
              else expect(paid).toBeLessThanOrEqual(best.bid);
              if (one.price !== null) expect(one.buy ? paid <= one.price : paid >= one.price).toBe(true);
            }
            taken += filledSize(outcome.reports);
          }
          if (fill === 'trades') return;
          const levels = (side: Level[]) => (fill === 'top-of-book' ? side.slice(0, 1) : side);
          const offered = [...levels(shown.bids), ...levels(shown.asks)].reduce((sum, [, one]) => sum + one, 0);
          expect(taken).toBeLessThanOrEqual(offered + 1e-9);
        });
      }),
      { seed: SEED, numRuns: 60 },
    );
  });
});

function event<Type extends 'trade' | 'orderbook'>(ts: number, type: Type, data: unknown) {
  return { type, exchange: 'test', symbol: 'BTC', ts, data } as never;
}

function filledSize(reports: readonly SimulationReport[]): number {
  return reports.reduce((sum, report) => sum + (report.kind === 'fill' ? report.fill.size.toNumber() : 0), 0);
}

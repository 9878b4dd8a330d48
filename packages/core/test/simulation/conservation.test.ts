import { Decimal, type TimeInForce } from '@alpha-engine/core';
import { type Level, SimulatedExchange } from '@alpha-engine/core/simulation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INSTRUMENTS } from './instruments.js';

const SEED = 20_240_808;
const START = { JPY: '100000', BTC: '50' };
const SYMBOLS = ['BTC', 'BTC_JPY'] as const;

type Action =
  | { readonly do: 'book'; readonly symbol: string; readonly mid: number; readonly sizes: readonly number[] }
  | { readonly do: 'trade'; readonly symbol: string; readonly price: number; readonly size: number }
  | {
      readonly do: 'open';
      readonly symbol: string;
      readonly buy: boolean;
      readonly size: number;
      readonly price: number | null;
      readonly stop: boolean;
      readonly tif: TimeInForce;
    }
  | { readonly do: 'close'; readonly lot: number; readonly share: number; readonly price: number | null }
  | { readonly do: 'close_bulk'; readonly buy: boolean; readonly size: number; readonly price: number | null }
  | { readonly do: 'amend'; readonly order: number; readonly price: number }
  | { readonly do: 'cancel'; readonly order: number };

const symbol = fc.constantFrom(...SYMBOLS);
const price = fc.integer({ min: 80, max: 120 });
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    do: fc.constant('book' as const),
    symbol,
    mid: price,
    sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 4, maxLength: 4 }),
  }),
  fc.record({ do: fc.constant('trade' as const), symbol, price, size: fc.integer({ min: 1, max: 50 }) }),
  fc.record({
    do: fc.constant('open' as const),
    symbol,
    buy: fc.boolean(),
    size: fc.integer({ min: 1, max: 60 }),
    price: fc.option(price),
    stop: fc.boolean(),
    tif: fc.constantFrom('ioc' as const, 'gtc' as const, 'fok' as const, 'post_only' as const),
  }),
  fc.record({
    do: fc.constant('close' as const),
    lot: fc.nat(20),
    share: fc.integer({ min: 1, max: 10 }),
    price: fc.option(price),
  }),
  fc.record({
    do: fc.constant('close_bulk' as const),
    buy: fc.boolean(),
    size: fc.integer({ min: 1, max: 60 }),
    price: fc.option(price),
  }),
  fc.record({ do: fc.constant('amend' as const), order: fc.nat(20), price }),
  fc.record({ do: fc.constant('cancel' as const), order: fc.nat(20) }),
);

function act(exchange: SimulatedExchange, step: Action, ts: number): void {
  const tenth = (count: number) => Decimal.of(count).dividedBy(10);
  switch (step.do) {
    case 'book': {
      const [a, b, c, d] = step.sizes.map((size) => size / 10) as [number, number, number, number];
      const bids: Level[] = [
        [step.mid - 1, a],
        [step.mid - 2, b],
      ];
      const asks: Level[] = [
        [step.mid + 1, c],
        [step.mid + 2, d],
      ];
      exchange.onBook(step.symbol, bids, asks, ts);
      return;
    }
    case 'trade':
      exchange.onTrade(step.symbol, step.price, step.size / 10, 'buy', ts);
      return;
    case 'open':
      exchange.place(
        {
          symbol: step.symbol,
          side: step.buy ? 'buy' : 'sell',
          effect: 'open',
          type: step.price === null ? 'market' : step.stop ? 'stop' : 'limit',
          size: tenth(step.size),
          ...(step.price === null ? {} : { price: Decimal.of(step.price), triggerPrice: Decimal.of(step.price) }),
          ...(step.price === null || step.stop ? {} : { timeInForce: step.tif }),
        },
        ts,
      );
      return;
    case 'close_bulk':
      exchange.place(
        {
          symbol: 'BTC_JPY',
          side: step.buy ? 'buy' : 'sell',
          effect: 'close',
          type: step.price === null ? 'market' : 'limit',
          size: tenth(step.size),
          ...(step.price === null ? {} : { price: Decimal.of(step.price) }),
        },
        ts,
      );
      return;
    case 'amend': {
      const orders = exchange.openOrders();
      const order = orders[step.order % Math.max(1, orders.length)];
      if (order === undefined) return;
      const to = Decimal.of(step.price);
      exchange.amend(order.orderId, order.type === 'stop' ? { triggerPrice: to } : { price: to }, ts);
      return;
    }
    case 'close': {
      const lots = exchange.positions();
      const lot = lots[step.lot % Math.max(1, lots.length)];
      if (lot === undefined) return;
      exchange.place(
        {
          symbol: lot.symbol,
          side: lot.side === 'buy' ? 'sell' : 'buy',
          effect: 'close',
          type: step.price === null ? 'market' : 'limit',
          size: Decimal.max('0.1', lot.size.times(step.share).dividedBy(10).floorTo('0.1')),
          positionId: lot.positionId,
          ...(step.price === null ? {} : { price: Decimal.of(step.price) }),
        },
        ts,
      );
      return;
    }
    case 'cancel': {
      const orders = exchange.openOrders();
      const order = orders[step.order % Math.max(1, orders.length)];
      if (order !== undefined) exchange.cancel(order.orderId, ts);
    }
  }
}

function check(exchange: SimulatedExchange): void {
  const total = (asset: string) =>
    exchange.balances().find((balance) => balance.asset === asset)?.total ?? Decimal.zero;
  let yen = Decimal.of(START.JPY);
  let coins = Decimal.of(START.BTC);
  const lots = new Map<number, { size: Decimal; price: Decimal; side: 'buy' | 'sell' }>();
  const filled = new Map<number, Decimal>();
  for (const fill of exchange.fills()) {
    filled.set(fill.orderId, (filled.get(fill.orderId) ?? Decimal.zero).plus(fill.size));
    yen = yen.minus(fill.fee);
    const sign = fill.side === 'buy' ? 1 : -1;
    if (fill.symbol === 'BTC') {
      yen = yen.minus(fill.price.times(fill.size).times(sign));
      coins = coins.plus(fill.size.times(sign));
      continue;
    }
    const lot = lots.get(fill.positionId!);
    if (lot === undefined) {
      expect(fill.effect).toBe('open');
      lots.set(fill.positionId!, { size: fill.size, price: fill.price, side: fill.side });
      continue;
    }
    const gain = fill.price
      .minus(lot.price)
      .times(lot.side === 'buy' ? 1 : -1)
      .times(fill.size);
    expect(fill.realizedPnl.toString()).toBe(gain.toString());
    yen = yen.plus(gain);
    lot.size = lot.size.minus(fill.size);
    expect(lot.size.isNegative()).toBe(false);
  }
  expect(total('JPY').toString()).toBe(yen.toString());
  expect(total('BTC').toString()).toBe(coins.toString());
  expect(coins.isNegative()).toBe(false);

  const open = [...lots].filter(([, lot]) => lot.size.isPositive());
  expect(
    exchange.positions().map(({ positionId, size, price: at }) => [positionId, size.toString(), at.toString()]),
  ).toEqual(open.map(([id, lot]) => [id, lot.size.toString(), lot.price.toString()]));
  for (const lot of exchange.positions()) expect(lot.reservedSize.lte(lot.size)).toBe(true);
  for (const order of exchange.openOrders()) {
    if (order.closes.length === 0) continue;
    const left = Decimal.sum(order.closes.map(({ size }) => size));
    expect(left.toString()).toBe(order.size.minus(order.filledSize).toString());
  }
  for (const [orderId, size] of filled) {
    const order = exchange.order(orderId)!;
    expect(order.filledSize.toString()).toBe(size.toString());
    expect(size.lte(order.size)).toBe(true);
    expect(order.state === 'filled').toBe(size.eq(order.size));
  }
}

describe(`random sessions (seed ${SEED})`, () => {
  it('conserve cash, coins and lots, and never fill more than was ordered', () => {
    let fills = 0;
    fc.assert(
      fc.property(fc.array(action, { minLength: 30, maxLength: 60, size: 'max' }), (steps) => {
        const exchange = new SimulatedExchange({ instruments: INSTRUMENTS, balances: START, feeRounding: 'none' });
        for (const [index, step] of steps.entries()) act(exchange, step, index);
        fills += exchange.fills().length;
        check(exchange);
      }),
      { seed: SEED, numRuns: 300 },
    );
    expect(fills).toBeGreaterThan(1_000);
  });

  it('go on the same after a snapshot has gone through JSON', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 20, maxLength: 40, size: 'max' }), fc.nat(39), (steps, cut) => {
        const options = { instruments: INSTRUMENTS, balances: START };
        const straight = new SimulatedExchange(options);
        let broken = new SimulatedExchange(options);
        steps.forEach((step, index) => {
          act(straight, step, index);
          if (index === cut) {
            const text = JSON.stringify(broken.snapshot());
            broken = new SimulatedExchange({ ...options, balances: {} });
            broken.restore(JSON.parse(text));
          }
          act(broken, step, index);
        });
        expect(broken.snapshot()).toEqual(straight.snapshot());
      }),
      { seed: SEED, numRuns: 150 },
    );
  });
});

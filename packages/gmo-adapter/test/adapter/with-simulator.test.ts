import {
  type ApprovedOrder,
  type BrokerUpdate,
  Decimal,
  type MarketEvent,
  type OrderTerms,
  type StatusEvent,
} from '@alpha-engine/core';
import { createGmoAdapter, GmoBroker, gmoAdapter } from '@alpha-engine/gmo-adapter';
import { type GmoSimulator, startGmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Collected } from '../support/collect.js';
import { testContext } from '../support/context.js';

const CREDENTIALS = { apiKey: 'simulator-key', apiSecret: 'simulator-secret' };
const FAST = { reconnectMinMs: 20, reconnectMaxMs: 200, rateLimitPauseMs: 1_200 };

let sim: GmoSimulator;
const open: { stop(): Promise<void> }[] = [];

/** Wall time for signing, the simulator's market time for the rest, as the product has it. */
const context = () => ({
  ...testContext({ restBaseUrl: sim.restBaseUrl }),
  marketClock: { now: () => sim.clock().marketTs },
});
const broker = () => new GmoBroker(context(), CREDENTIALS, { timings: FAST });

beforeAll(async () => {
  sim = await startGmoSimulator({ speed: 4, balances: { JPY: '100000000', BTC: '1' } });
});
afterEach(async () => {
  for (const stream of open.splice(0)) await stream.stop();
});
afterAll(() => sim.close());

function watch<T>(collected: Collected<T>): Collected<T> {
  open.push(collected);
  return collected;
}

const approve = (terms: Partial<OrderTerms> & Pick<OrderTerms, 'symbol' | 'side' | 'effect' | 'type' | 'size'>) =>
  // Only the risk gate makes one in the product; the broker's own tests need terms alone.
  ({
    clientOrderId: 'c',
    exchange: 'gmo',
    strategy: 's',
    signalId: 'g',
    leg: 0,
    purpose: terms.effect === 'open' ? 'entry' : 'exit',
    timeInForce: terms.type === 'market' ? 'ioc' : 'gtc',
    createdTs: 0,
    ...terms,
  }) as ApprovedOrder;

const lastPrice = async (symbol: string): Promise<Decimal> => {
  const ticker = (await gmoAdapter.history(context()).tickers()).find((event) => event.symbol === symbol);
  return Decimal.of(ticker!.data.last);
};

describe('market data from the simulator', () => {
  it('come on all three channels of two symbols', async () => {
    const feed = createGmoAdapter({ timings: FAST }).marketFeed(context());
    const symbols = ['BTC_JPY', 'BTC'];
    const seen = watch(new Collected<MarketEvent | StatusEvent>((signal) => feed.subscribe({ symbols }, signal)));
    const wanted = symbols.flatMap((symbol) => ['trade', 'orderbook', 'ticker'].map((type) => `${symbol} ${type}`));
    await seen.until((items) => wanted.every((key) => items.some(({ symbol, type }) => `${symbol} ${type}` === key)));
    await seen.until((items) => items.filter(({ type }) => type === 'status').length === 8);
    const books = seen.items.filter((event) => event.type === 'orderbook');
    expect(books.every(({ data }) => data.is_snapshot && data.bids[0]![0] < data.asks[0]![0])).toBe(true);

    sim.dropSockets();
    await seen.until((items) => items.some((event) => event.type === 'status' && event.data.state === 'gap'));
  });

  it('come over REST too', async () => {
    const history = gmoAdapter.history(context());
    expect(await history.status()).toBe('open');
    const instruments = await history.instruments();
    expect(instruments.find(({ symbol }) => symbol === 'BTC_JPY')).toMatchObject({ kind: 'leverage', base: 'BTC' });
    const trades = await history.recentTrades('BTC_JPY', 50);
    expect(trades.length).toBeGreaterThan(0);
    const times = trades.map(({ ts }) => ts);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const { marketTs } = sim.clock();
    for (const bar of await history.bars('BTC_JPY', '1m', marketTs - 3_600_000, marketTs)) {
      expect(bar.closeTs).toBeLessThanOrEqual(sim.clock().marketTs);
    }
  });

  it('have a clock', async () => {
    const reading = await gmoAdapter.measureClock(context());
    expect(reading).toMatchObject({ speed: 4, simulated: true });
    const now = sim.clock();
    expect(reading.anchorMarketTs + (now.wallTs - reading.anchorWallTs) * 4).toBeCloseTo(now.marketTs, -1);
  });
});

describe('orders at the simulator', () => {
  let gmo: GmoBroker;
  let updates: Collected<BrokerUpdate>;
  beforeAll(async () => {
    gmo = broker();
    updates = new Collected<BrokerUpdate>((signal) => gmo.updates(signal));
    await updates.until((items) => items.some(({ kind }) => kind === 'connected'));
  });
  afterAll(() => updates.stop());
  const fillOf = (items: readonly BrokerUpdate[], id: string) =>
    items.flatMap((update) => (update.kind === 'fill' && update.fill.exchangeOrderId === id ? [update.fill] : []));
  const isFilled = (items: readonly BrokerUpdate[], id: string) =>
    fillOf(items, id).length > 0 &&
    items.some((u) => u.kind === 'order' && u.order.exchangeOrderId === id && u.order.state === 'filled');

  it('open a leverage lot and close that lot', async () => {
    const opening = approve({
      symbol: 'BTC_JPY',
      side: 'buy',
      effect: 'open',
      type: 'market',
      size: Decimal.of('0.01'),
    });
    const { exchangeOrderId } = await gmo.place(opening);
    await updates.until((items) => isFilled(items, exchangeOrderId));
    const fills = fillOf(updates.items, exchangeOrderId);
    expect(Decimal.sum(fills.map(({ size }) => size)).toString()).toBe('0.01');
    expect((await gmo.fillsOf(exchangeOrderId)).map((fill) => JSON.stringify(fill)).sort()).toEqual(
      fills.map((fill) => JSON.stringify(fill)).sort(),
    );
    const [order] = await gmo.ordersById([exchangeOrderId, '1']);
    expect(order).toMatchObject({ state: 'filled', effect: 'open', timeInForce: 'ioc' });

    const lots = await gmo.positions('BTC_JPY');
    const [first] = lots;
    const closer = first!.price.times('0.9').floorTo('1');
    expect(first?.losscutPrice?.lt(closer)).toBe(true);
    await gmo.changeLosscutPrice(first!.positionId, closer);
    expect((await gmo.positions('BTC_JPY'))[0]?.losscutPrice?.toString()).toBe(closer.toString());
    const further = gmo.changeLosscutPrice(first!.positionId, first!.price.times('0.5').floorTo('1'));
    await expect(further).rejects.toMatchObject({ code: 'EXCHANGE_REFUSED' });
    expect(new Set(lots.map(({ positionId }) => positionId))).toEqual(
      new Set(fills.map(({ positionId }) => positionId)),
    );
    for (const { positionId, size } of lots) {
      const closing = approve({ symbol: 'BTC_JPY', side: 'sell', effect: 'close', type: 'market', size, positionId });
      const { exchangeOrderId: closingId } = await gmo.place(closing);
      await updates.until((items) => isFilled(items, closingId));
      const [fill] = fillOf(updates.items, closingId);
      expect(fill).toMatchObject({ effect: 'close', positionId });
      expect(fill?.realizedPnl).toBeDefined();
    }
    expect(await gmo.positions('BTC_JPY')).toEqual([]);
    expect((await gmo.fillsSince('BTC_JPY', 0)).length).toBeGreaterThanOrEqual(2);
  });

  it('buy and sell spot, and pay the fee', async () => {
    const size = Decimal.of('0.01');
    for (const [side, effect] of [
      ['buy', 'open'],
      ['sell', 'close'],
    ] as const) {
      const { exchangeOrderId } = await gmo.place(approve({ symbol: 'BTC', side, effect, type: 'market', size }));
      await updates.until((items) => isFilled(items, exchangeOrderId));
      for (const fill of fillOf(updates.items, exchangeOrderId)) {
        expect(fill).toMatchObject({ side, effect });
        expect(fill.fee.isPositive()).toBe(true);
        expect(fill.positionId).toBeUndefined();
      }
    }
    const balances = await gmo.balances();
    expect(balances.find(({ asset }) => asset === 'BTC')?.total.toString()).toBe('1');
    expect((await gmo.margin()).state).toBe('normal');
  });

  it('rest, are seen, and are canceled; twice is no error', async () => {
    const price = (await lastPrice('BTC_JPY')).times('0.8').floorTo('1');
    const size = Decimal.of('0.01');
    const { exchangeOrderId } = await gmo.place(
      approve({ symbol: 'BTC_JPY', side: 'buy', effect: 'open', type: 'limit', size, price }),
    );
    const [order] = await gmo.openOrders('BTC_JPY');
    expect(order).toMatchObject({
      exchangeOrderId,
      state: 'working',
      type: 'limit',
      timeInForce: 'gtc',
    });
    expect(order?.price?.eq(price)).toBe(true);
    await gmo.cancel(exchangeOrderId);
    await updates.until((items) =>
      items.some(
        (u) => u.kind === 'order' && u.order.exchangeOrderId === exchangeOrderId && u.order.state === 'canceled',
      ),
    );
    await gmo.cancel(exchangeOrderId);
    expect(await gmo.openOrders('BTC_JPY')).toEqual([]);
  });

  it('are refused with a reason', async () => {
    const size = Decimal.of('5');
    const order = approve({
      symbol: 'BTC_JPY',
      side: 'buy',
      effect: 'open',
      type: 'limit',
      size,
      price: Decimal.of('1'),
    });
    await expect(gmo.place(order)).rejects.toMatchObject({ code: 'EXCHANGE_REFUSED' });
    const lot = approve({
      symbol: 'BTC_JPY',
      side: 'sell',
      effect: 'close',
      type: 'market',
      size: Decimal.of('0.01'),
      positionId: '99999',
    });
    await expect(gmo.place(lot)).rejects.toMatchObject({
      code: 'EXCHANGE_REFUSED',
      context: { exchangeCode: 'ERR-254' },
    });
    const wrong = new GmoBroker(context(), { ...CREDENTIALS, apiSecret: 'wrong' });
    await expect(wrong.balances()).rejects.toMatchObject({ code: 'EXCHANGE_AUTH' });
    await expect(wrong.place(order)).rejects.toMatchObject({ code: 'EXCHANGE_AUTH' });
    const late = new GmoBroker({ ...context(), wallClock: { now: () => Date.now() - 60_000 } }, CREDENTIALS);
    await expect(late.place(order)).rejects.toMatchObject({ code: 'CLOCK_SKEW' });
  });

  it('go on after maintenance, which kills the token and the sockets', async () => {
    const size = Decimal.of('0.01');
    const order = approve({ symbol: 'BTC_JPY', side: 'buy', effect: 'open', type: 'market', size });
    sim.setExchangeState('MAINTENANCE');
    try {
      await expect(gmo.place(order)).rejects.toMatchObject({ code: 'EXCHANGE_MAINTENANCE' });
      expect(await gmoAdapter.history(context()).status()).toBe('maintenance');
      await updates.until((items) => items.some(({ kind }) => kind === 'disconnected'));
      sim.setExchangeState('PREOPEN');
      await expect(gmo.place(order)).rejects.toMatchObject({
        code: 'EXCHANGE_MAINTENANCE',
        context: { exchangeCode: 'ERR-5203' },
      });
    } finally {
      sim.setExchangeState('OPEN');
    }
    await updates.until((items) => items.filter(({ kind }) => kind === 'connected').length === 2);
  });
});

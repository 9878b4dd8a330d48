import { AlphaError, type ApprovedOrder, type BrokerUpdate, Decimal, type OrderTerms } from '@alpha-engine/core';
import { GmoBroker } from '@alpha-engine/gmo-adapter';
import { type GmoSimulator, type GmoSimulatorOptions, startGmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { Collected, eventually } from '../support/collect.js';
import { testContext } from '../support/context.js';

const CREDENTIALS = { apiKey: 'simulator-key', apiSecret: 'simulator-secret' };
const TIMINGS = { reconnectMinMs: 20, reconnectMaxMs: 100, rateLimitPauseMs: 300, marginMs: 60_000 };
const ORDER_PATH = { path: '/private/v1/order' };

let sim: GmoSimulator;
let gmo: GmoBroker;
let updates: Collected<BrokerUpdate>;

async function start(
  options: GmoSimulatorOptions = {},
  timings: Partial<typeof TIMINGS & { extendTokenMs: number }> = {},
) {
  sim = await startGmoSimulator({
    balances: { JPY: '100000000', BTC: '1' },
    timings: { commandMs: 0 },
    ...options,
  });
  const context = {
    ...testContext({ restBaseUrl: sim.restBaseUrl }),
    marketClock: { now: () => sim.clock().marketTs },
  };
  gmo = new GmoBroker(context, CREDENTIALS, { timeoutMs: 1_500, timings: { ...TIMINGS, ...timings } });
  updates = new Collected<BrokerUpdate>((signal) => gmo.updates(signal));
  await updates.until((items) => items.some(({ kind }) => kind === 'connected'));
}

afterEach(async () => {
  await updates.stop();
  await sim.close();
});

const approved = (terms: Partial<OrderTerms> = {}) =>
  // Only the risk gate makes one in the product; the broker's own tests need terms alone.
  ({
    clientOrderId: 'c',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    strategy: 's',
    signalId: 'g',
    leg: 0,
    side: 'buy',
    effect: 'open',
    purpose: 'entry',
    type: 'market',
    timeInForce: 'ioc',
    size: Decimal.of('0.01'),
    createdTs: 0,
    ...terms,
  }) as ApprovedOrder;

const resting = (size = '0.02') =>
  approved({
    type: 'limit',
    timeInForce: 'gtc',
    size: Decimal.of(size),
    price: (sim.exchange.referencePrice('BTC_JPY') as Decimal).times('0.9').floorTo('1'),
  });

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error as AlphaError).code,
  );

const fills = () => updates.items.flatMap((update) => (update.kind === 'fill' ? [update.fill] : []));
const orders = () => updates.items.flatMap((update) => (update.kind === 'order' ? [update.order] : []));

describe('an order of which the answer is lost', () => {
  it('was accepted: in doubt, and there', async () => {
    await start();
    sim.injectFault({ kind: 'rest_unanswered', acts: 1, on: ORDER_PATH });
    expect(await codeOf(gmo.place(resting()))).toBe('EXCHANGE_IN_DOUBT');
    const [order] = await gmo.openOrders('BTC_JPY');
    expect(order).toMatchObject({ state: 'working', type: 'limit' });
    await updates.until(() => orders().some(({ exchangeOrderId }) => exchangeOrderId === order?.exchangeOrderId));
  });

  it('never arrived: in doubt, and not there', async () => {
    await start();
    sim.injectFault({ kind: 'rest_hung', acts: 1, on: ORDER_PATH });
    expect(await codeOf(gmo.place(resting()))).toBe('EXCHANGE_IN_DOUBT');
    expect(await gmo.openOrders('BTC_JPY')).toEqual([]);
  });

  it('was accepted in front of a maintenance: in doubt, closed, and there when it opens', async () => {
    await start();
    sim.injectFault({ kind: 'rest_unanswered', acts: 1, on: ORDER_PATH });
    const placing = codeOf(gmo.place(resting()));
    await eventually(() => sim.exchange.openOrders().length === 1);
    const maintenance = sim.injectFault({ kind: 'maintenance' });
    expect(await placing).toBe('EXCHANGE_IN_DOUBT');
    expect(await codeOf(gmo.openOrders('BTC_JPY'))).toBe('EXCHANGE_MAINTENANCE');
    expect(await codeOf(gmo.place(resting()))).toBe('EXCHANGE_MAINTENANCE');
    sim.endFaults(maintenance);
    expect(await gmo.openOrders('BTC_JPY')).toHaveLength(1);
    await updates.until((items) => items.filter(({ kind }) => kind === 'connected').length === 2);
  });
});

it('an answer that comes late is an answer; one that comes too late is none', async () => {
  await start();
  sim.injectFault({ kind: 'rest_late', by: '300ms', acts: 1, on: ORDER_PATH });
  const { exchangeOrderId } = await gmo.place(approved());
  // Its fill was told long before.
  expect(fills().some((fill) => fill.exchangeOrderId === exchangeOrderId)).toBe(true);
  sim.injectFault({ kind: 'rest_late', by: '10s', acts: 1, on: ORDER_PATH });
  expect(await codeOf(gmo.place(approved()))).toBe('EXCHANGE_IN_DOUBT');
  expect(await gmo.fillsSince('BTC_JPY', 0)).toHaveLength(fills().length);
});

it('an order that was answered and never accepted is not known by its id', async () => {
  await start();
  sim.injectFault({ kind: 'rest_pretended', acts: 1, on: ORDER_PATH });
  const { exchangeOrderId } = await gmo.place(resting());
  expect(await gmo.ordersById([exchangeOrderId])).toEqual([]);
  expect(await gmo.openOrders('BTC_JPY')).toEqual([]);
  sim.injectFault({ kind: 'rest_pretended', acts: 1, on: { path: '/private/v1/cancelOrder' } });
  const real = await gmo.place(resting());
  await gmo.cancel(real.exchangeOrderId);
  expect(await gmo.openOrders('BTC_JPY')).toHaveLength(1);
});

it('fills that come twice have the same execution id, and out of order they are all there', async () => {
  await start();
  const on = { stream: 'private', channel: 'executionEvents' } as const;
  sim.injectFault({ kind: 'duplicate', on });
  sim.injectFault({ kind: 'reorder', within: '100ms', on: { stream: 'private' } });
  for (let count = 0; count < 5; count += 1) await gmo.place(approved());
  const known = (await gmo.fillsSince('BTC_JPY', 0)).map(({ executionId }) => executionId);
  await updates.until(() => fills().length === 2 * known.length);
  const told = fills().map(({ executionId }) => executionId);
  expect([...new Set(told)].sort()).toEqual(known.toSorted());
  for (const executionId of known) expect(told.filter((one) => one === executionId)).toHaveLength(2);
});

it('a fill may come after the cancel of its order, and REST agrees', async () => {
  await start();
  sim.injectFault({ kind: 'fill_after_cancel', acts: 1 });
  const { exchangeOrderId } = await gmo.place(resting('0.04'));
  await gmo.cancel(exchangeOrderId);
  await updates.until(() => fills().length === 1);
  const told = updates.items.flatMap((update) =>
    update.kind === 'order' && update.order.state === 'canceled'
      ? ['canceled']
      : update.kind === 'fill'
        ? ['fill']
        : [],
  );
  expect(told).toEqual(['canceled', 'fill']);
  const [order] = await gmo.ordersById([exchangeOrderId]);
  expect([order?.state, order?.filledSize.toString()]).toEqual(['canceled', '0.02']);
  expect((await gmo.fillsOf(exchangeOrderId)).map(({ size }) => size.toString())).toEqual(['0.02']);
});

it('private messages that are lost are read from REST', async () => {
  await start();
  const silence = sim.injectFault({ kind: 'silence', on: { stream: 'private' } });
  const { exchangeOrderId } = await gmo.place(approved());
  expect((await gmo.fillsOf(exchangeOrderId)).length).toBeGreaterThan(0);
  sim.endFaults(silence);
  const next = await gmo.place(approved());
  await updates.until(() => fills().length > 0);
  expect(new Set(fills().map((fill) => fill.exchangeOrderId))).toEqual(new Set([next.exchangeOrderId]));
});

it('a token that has expired is replaced, and the socket opened anew', async () => {
  await start({}, { extendTokenMs: 200 });
  sim.injectFault({ kind: 'tokens_expired' });
  await updates.until((items) => items.filter(({ kind }) => kind === 'connected').length === 2);
  await gmo.place(approved());
  await updates.until(() => fills().length > 0);
});

it('a position that changes behind our back is told, or found', async () => {
  await start();
  sim.injectFault({ kind: 'outside_order', side: 'sell', size: '0.02' });
  await updates.until((items) => items.some(({ kind }) => kind === 'position'));
  expect(fills()[0]).toMatchObject({ side: 'sell', effect: 'open' });
  const before = (await gmo.positions('BTC_JPY')).length;
  const heard = updates.items.length;
  sim.injectFault({ kind: 'outside_order', told: false });
  expect((await gmo.positions('BTC_JPY')).length).toBeGreaterThan(before);
  expect(updates.items).toHaveLength(heard);
});

it('a budget that is used up puts an order in doubt and a read off', async () => {
  await start();
  sim.injectFault({ kind: 'rest_too_many', acts: 1, on: ORDER_PATH });
  const error = await gmo.place(resting()).catch((cause: unknown) => cause);
  expect(error).toMatchObject({
    code: 'EXCHANGE_IN_DOUBT',
    context: { exchangeCode: 'ERR-5003', cause: 'rate_limited' },
  });
  sim.injectFault({ kind: 'rest_too_many', acts: 1, on: { path: '/private/v1/activeOrders' } });
  expect(await codeOf(gmo.openOrders('BTC_JPY'))).toBe('EXCHANGE_RATE_LIMITED');
  expect(await gmo.openOrders('BTC_JPY')).toEqual([]);
});

it('a key that may open and not close says so, and keeps what is open', async () => {
  await start();
  sim.setPermissions(['order', 'openPositions']);
  await gmo.place(approved());
  const [lot] = await gmo.positions('BTC_JPY');
  const close = approved({ side: 'sell', effect: 'close', size: lot!.size, positionId: lot!.positionId });
  const error = await gmo.place(close).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: 'EXCHANGE_AUTH', context: { exchangeCode: 'ERR-5012', cause: 'permission' } });
  expect(AlphaError.is(error, 'EXCHANGE_AUTH')).toBe(true);
});

it('a losscut is told as an order that the exchange itself placed, with the fill that closes the lot', async () => {
  await start();
  await gmo.place(approved());
  const [lot] = sim.exchange.positions('BTC_JPY');
  const cut = lot!.losscutPrice.toNumber();
  sim.play({ kind: 'book', symbol: 'BTC_JPY', bids: [[cut, 1]], asks: [[cut + 1, 1]] });
  const positionId = String(lot!.positionId);
  await updates.until((items) => items.some((update) => update.kind === 'position' && update.position.size.isZero()));
  const forced = orders().find((order) => order.forced);
  expect(forced).toMatchObject({ side: 'sell', effect: 'close' });
  expect(fills().find((fill) => fill.exchangeOrderId === forced?.exchangeOrderId)).toMatchObject({ positionId });
  expect(await gmo.ordersById([forced!.exchangeOrderId])).toMatchObject([{ forced: true, state: 'filled' }]);
});

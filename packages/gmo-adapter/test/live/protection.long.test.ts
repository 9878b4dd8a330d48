import type { ExecutorConfig } from '@alpha-engine/core';
import { PERMISSIONS } from '@alpha-engine/gmo-adapter/simulator';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LiveRig, PRICE } from './live-rig.js';

/* Orders that protect, rest, move and flatten, as they really stand at the simulator: engine and broker over real sockets. */

vi.setConfig({ testTimeout: 60_000 });

let rig: LiveRig;
afterEach(() => rig.close());

const ENTRY = PRICE + 50;
const shown = () =>
  rig.resting.map(({ side, effect, type, timeInForce, size, price, triggerPrice, state }) =>
    [side, effect, type, timeInForce, size, price ?? triggerPrice, state].join(' '),
  );
const shows = (...orders: string[]) =>
  rig.until(`the exchange shows ${orders.join(', ') || 'nothing'}`, () => shown().join() === orders.join());
const ids = () => rig.resting.map(({ orderId }) => orderId);

const restingEntry = (entry: Partial<ExecutorConfig['orderPolicy']> = {}): Partial<ExecutorConfig> => ({
  orderPolicy: {
    entry: { kind: 'limit', timeoutMs: 700, reprices: 2, lastly: 'market' },
    exit: { kind: 'market' },
    ...entry,
  },
});

describe('a stop-loss', () => {
  it('rests at the exchange, survives the engine, triggers there without it, and its fill is booked', async () => {
    rig = await LiveRig.start();
    await rig.signal('enter_long', { protect: { stop_loss: { distance: 90_050 } } });
    await shows('sell close stop ioc 0.01 8910000 waiting');
    expect(rig.lots.map(({ reservedSize }) => reservedSize.toString())).toEqual(['0.01']);
    await rig.restart(async () => {
      // Nobody runs: the exchange alone protects.
      rig.simulator.play({ kind: 'book', symbol: 'BTC_JPY', bids: [[8_909_900, 5]], asks: [[8_910_000, 5]] });
      rig.simulator.play({ kind: 'trade', symbol: 'BTC_JPY', price: 8_909_950, size: 1, side: 'sell' });
      expect(rig.lots).toEqual([]);
    });
    expect(await rig.order('stop_loss', 'FILLED')).toMatchObject({ averagePrice: expect.anything() });
    const flat = (await rig.events()).findLast((event) => event.type === 'order' && event.data.fill !== undefined);
    expect(flat).toMatchObject({ data: { purpose: 'stop_loss', flat: true, status: 'FILLED' } });
    expect(rig.simulator.stats().orders).toBe(2);
    expect(await rig.stop()).toMatchObject({ reconciled: true, positions: [{ size: '0' }] });
  });

  it('on each of two lots, long and short at once, belongs to its own strategy; an exit takes back its own alone', async () => {
    rig = await LiveRig.start();
    await rig.signal('enter_long', { strategy: 'bull', protect: { stop_loss: { distance: 90_050 } } });
    await rig.order('stop_loss', 'NEW', 'bull');
    await rig.signal('enter_short', { strategy: 'bear', protect: { stop_loss: { distance: 90_050 } } });
    await shows('sell close stop ioc 0.01 8910000 waiting', 'buy close stop ioc 0.01 9090000 waiting');
    expect(rig.lots.map(({ side }) => side).sort()).toEqual(['buy', 'sell']);
    await rig.signal('exit', { strategy: 'bull' });
    await rig.order('exit', 'FILLED', 'bull');
    await shows('buy close stop ioc 0.01 9090000 waiting');
    expect(rig.lots.map(({ side }) => side)).toEqual(['sell']);
    expect((await rig.stop()).reconciled).toBe(true);
  });

  it('on spot sells the coins', async () => {
    rig = await LiveRig.start();
    await rig.signal('enter_long', { symbol: 'BTC', protect: { stop_loss: { percent: 1 } } });
    await shows('sell close stop ioc 0.01 8910050 waiting');
    await rig.price(8_900_000);
    await rig.order('stop_loss', 'FILLED');
    expect(shown()).toEqual([]);
    expect((await rig.stop()).reconciled).toBe(true);
  });

  it('that the key may not place closes nothing: openings halt, and it is there once the key may', async () => {
    rig = await LiveRig.start();
    rig.simulator.setPermissions(PERMISSIONS.filter((one) => one !== 'closeOrder'));
    await rig.signal('enter_long', { protect: { stop_loss: { distance: 90_050 } } });
    expect(await rig.order('stop_loss', 'REJECTED')).toMatchObject({ reason: expect.stringContaining('ERR-5012') });
    expect(
      Object.values(rig.books.halts)
        .flat()
        .map(({ cause }) => cause),
    ).toContain('key_refused');
    expect(rig.lots).toHaveLength(1);
    await rig.signal('enter_long', { strategy: 'another' });
    await rig.until('it is denied', async () => (await rig.store.verdicts()).some(({ approved }) => !approved));
    expect(rig.lots).toHaveLength(1);
    rig.simulator.setPermissions(PERMISSIONS);
    await shows('sell close stop ioc 0.01 8910000 waiting');
  });
});

describe('a trailing stop', () => {
  it('is moved by changeOrder, keeps its id over a restart, follows again, and fires at the exchange', async () => {
    rig = await LiveRig.start();
    await rig.signal('enter_long', { protect: { trail: { distance: 100_000 } } });
    await shows('sell close stop ioc 0.01 8900050 waiting');
    const [id] = ids();
    await rig.price(PRICE + 200_000);
    await shows('sell close stop ioc 0.01 9099950 waiting');
    await rig.restart();
    await rig.price(PRICE + 300_000);
    await shows('sell close stop ioc 0.01 9199950 waiting');
    // Less than a twentieth of its distance is not worth a change.
    await rig.price(PRICE + 301_000);
    expect(ids()).toEqual([id]);
    await rig.price(PRICE + 150_000);
    await rig.order('trailing_stop', 'FILLED');
    expect([shown(), rig.lots]).toEqual([[], []]);
    expect(rig.books.realizedPnl.isPositive()).toBe(true);
    expect((await rig.stop()).reconciled).toBe(true);
  });

  it('of which the answer to a change is lost is asked for again, and stands where it should', async () => {
    rig = await LiveRig.start();
    await rig.signal('enter_short', { protect: { trail: { distance: 100_000 } } });
    await shows('buy close stop ioc 0.01 9099950 waiting');
    rig.simulator.injectFault({ kind: 'rest_hung', acts: 1, on: { path: '/private/v1/changeOrder' } });
    await rig.price(PRICE - 200_000);
    await shows('buy close stop ioc 0.01 8900050 waiting');
    await rig.until('the change is known', () =>
      rig.store.orders().then((rows) => rows.every(({ order }) => order.request === 'none')),
    );
  });
});

describe('a take-profit', () => {
  it('alone rests as a limit order and fills there', async () => {
    rig = await LiveRig.start();
    await rig.signal('enter_long', { protect: { take_profit: { distance: 100_000 } } });
    await shows(`sell close limit gtc 0.01 ${ENTRY + 100_000} working`);
    await rig.price(ENTRY + 200_000);
    await rig.order('take_profit', 'FILLED');
    expect([shown(), rig.lots]).toEqual([[], []]);
    expect((await rig.stop()).reconciled).toBe(true);
  });

  it('beside a stop is watched: once touched the stop is canceled, then the position closed', async () => {
    rig = await LiveRig.start();
    const protect = { stop_loss: { distance: 90_050 }, take_profit: { distance: 100_000 } };
    await rig.signal('enter_long', { protect });
    await shows('sell close stop ioc 0.01 8910000 waiting');
    await rig.price(ENTRY + 200_000);
    await rig.order('take_profit', 'FILLED');
    expect([shown(), rig.lots]).toEqual([[], []]);
    expect((await rig.order('stop_loss', 'CANCELED')).filledSize.toString()).toBe('0');
    expect((await rig.stop()).reconciled).toBe(true);
  });
});

describe('an entry at the touch', () => {
  it('is moved by changeOrder when its time is up, then canceled, and the rest taken at the market', async () => {
    rig = await LiveRig.start({ config: restingEntry() });
    await rig.signal('enter_long');
    await shows(`buy open limit gtc 0.01 ${PRICE - 50} working`);
    const [id] = ids();
    await rig.price(PRICE + 1_000);
    await shows(`buy open limit gtc 0.01 ${PRICE + 950} working`);
    expect(ids()).toEqual([id]);
    await rig.order('entry', 'FILLED');
    const orders = await rig.orders();
    expect(orders.map(({ status, terms }) => `${terms.type} ${status}`)).toEqual(['limit CANCELED', 'market FILLED']);
    expect(rig.lots.map(({ size }) => size.toString())).toEqual(['0.01']);
    expect((await rig.stop()).reconciled).toBe(true);
  });

  it('is filled in part, and only the rest goes to the market; all of it is protected', async () => {
    rig = await LiveRig.start({ config: restingEntry() });
    await rig.signal('enter_long', { protect: { stop_loss: { distance: 90_000 } } });
    await shows(`buy open limit gtc 0.01 ${PRICE - 50} working`);
    rig.simulator.play({ kind: 'trade', symbol: 'BTC_JPY', price: PRICE - 60, size: 0.004, side: 'sell' });
    await rig.order('entry', 'FILLED');
    await rig.until('both lots have a stop', () => rig.resting.filter(({ type }) => type === 'stop').length === 2);
    expect(rig.lots.map(({ size }) => size.toString()).sort()).toEqual(['0.004', '0.006']);
    const stops = rig.resting.map(({ size }) => size.toString()).sort();
    expect(stops).toEqual(['0.004', '0.006']);
    expect((await rig.stop()).reconciled).toBe(true);
  });

  it('that is post-only and would take is ended by the exchange, and placed again where it rests', async () => {
    rig = await LiveRig.start({
      config: restingEntry({ entry: { kind: 'post_only', timeoutMs: 600_000, reprices: 1_000, lastly: 'give_up' } }),
    });
    // The engine was told of a market that is gone: its bid is now the ask.
    rig.simulator.play({ kind: 'book', symbol: 'BTC_JPY', bids: [[PRICE - 300, 5]], asks: [[PRICE - 200, 5]] });
    await rig.signal('enter_long');
    await rig.until('it was ended', async () => (await rig.orders()).some(({ status }) => status === 'EXPIRED'));
    await rig.price(PRICE - 250);
    await shows(`buy open limit post_only 0.01 ${PRICE - 300} working`);
    expect((await rig.orders())[0]).toMatchObject({ status: 'EXPIRED', reason: 'EXPIRED_SOK' });
    expect(rig.lots).toEqual([]);
  });
});

it('flatten cancels what rests, closes both sides and the coins, and says that it is done', async () => {
  rig = await LiveRig.start();
  await rig.signal('enter_long', { strategy: 'bull', protect: { stop_loss: { distance: 90_050 } } });
  await rig.order('stop_loss', 'NEW', 'bull');
  await rig.signal('enter_short', { strategy: 'bear', protect: { take_profit: { distance: 90_050 } } });
  await rig.order('take_profit', 'NEW', 'bear');
  await rig.signal('enter_long', { strategy: 'coins', symbol: 'BTC', protect: { trail: { percent: 1 } } });
  await rig.order('trailing_stop', 'NEW', 'coins');
  expect(rig.resting).toHaveLength(3);
  await rig.control('flatten');
  await rig.until('it is done', async () =>
    (await rig.events()).some((event) => event.type === 'trading_state' && event.data.flatten === 'done'),
  );
  expect([shown(), rig.lots]).toEqual([[], []]);
  expect(rig.books.positions.map(({ size }) => size.toString())).toEqual(['0', '0', '0']);
  await rig.signal('enter_long');
  await rig.until('it is denied', async () => (await rig.store.verdicts()).some(({ code }) => code === 'halted'));
  expect((await rig.stop()).reconciled).toBe(true);
});

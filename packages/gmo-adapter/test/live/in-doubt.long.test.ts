import { type ApprovedOrder, Decimal, type ExecutorConfig, type OrderTerms } from '@alpha-engine/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LiveRig, PRICE } from './live-rig.js';

/*
 * The in-doubt rule of docs/orders.md over real sockets: engine, broker and simulator. A placement of which the answer is lost is bound
 * to what it became, proved to be nothing, or halts its symbol; in no case is there one order more at the exchange than was meant.
 */
const ORDER_PATH = { path: '/private/v1/order' };
const PASSIVE: Partial<ExecutorConfig> = {
  orderPolicy: {
    entry: { kind: 'limit', timeoutMs: 600_000, reprices: 0, lastly: 'give_up' },
    exit: { kind: 'market' },
  },
};

vi.setConfig({ testTimeout: 60_000 });

let rig: LiveRig;
afterEach(() => rig.close());

const taken = () => rig.simulator.stats().orders;

/** What the engine itself would send for an entry: the same in everything that the exchange tells of an order. */
const byHand = (terms: Partial<OrderTerms> = {}) =>
  ({
    clientOrderId: 'by-hand',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    strategy: 'nobody',
    signalId: 'none',
    leg: 0,
    side: 'buy',
    effect: 'open',
    purpose: 'entry',
    type: 'limit',
    timeInForce: 'gtc',
    size: Decimal.of('0.01'),
    price: Decimal.of(PRICE - 50),
    createdTs: 0,
    ...terms,
  }) as ApprovedOrder;

const exchangeIdOf = async (strategy: string) => {
  const order = (await rig.orders()).find(({ terms }) => terms.strategy === strategy);
  return order !== undefined && 'exchangeOrderId' in order ? order.exchangeOrderId : undefined;
};

describe('an unanswered order', () => {
  it('beside an identical working one of ours is the other one', async () => {
    rig = await LiveRig.start({ config: PASSIVE });
    await rig.signal('enter_long', { strategy: 'first' });
    const first = await rig.order('entry', 'NEW', 'first');
    rig.simulator.injectFault({ kind: 'silence', on: { stream: 'private' } });
    rig.simulator.injectFault({ kind: 'rest_unanswered', acts: 1, on: ORDER_PATH });
    await rig.signal('enter_long', { strategy: 'second' });
    await rig.order('entry', 'NEW', 'second');

    const ids = rig.resting.map(({ orderId }) => String(orderId));
    expect(ids).toHaveLength(2);
    expect([await exchangeIdOf('first'), await exchangeIdOf('second')]).toEqual(ids);
    expect(await exchangeIdOf('first')).toBe('exchangeOrderId' in first && first.exchangeOrderId);
    expect([taken(), rig.books.halts]).toEqual([2, {}]);
    expect((await rig.stop()).reconciled).toBe(true);
  });

  it('beside an identical one placed by hand in the same second is not guessed: the symbol halts', async () => {
    rig = await LiveRig.start({ config: PASSIVE });
    rig.simulator.injectFault({ kind: 'rest_unanswered', acts: 1, on: ORDER_PATH });
    await rig.signal('enter_long');
    await rig.until('it rests', () => rig.resting.length === 1);
    const { exchangeOrderId } = await rig.byHand.place(byHand());
    await rig.until('the symbol halts', () => rig.books.halts.BTC_JPY !== undefined);

    const ids = rig.resting.map(({ orderId }) => String(orderId));
    expect(ids).toContain(exchangeOrderId);
    expect(rig.books.halts.BTC_JPY).toMatchObject([
      { cause: 'order_unresolved', reason: expect.stringContaining(`could be any of the orders ${ids.join(', ')}`) },
    ]);
    expect(await exchangeIdOf('s')).toBeUndefined();
    await rig.signal('enter_long', { strategy: 'another' });
    await rig.until('it is denied', async () => (await rig.store.verdicts()).length === 2);
    expect((await rig.store.verdicts()).at(-1)).toMatchObject({ approved: false, code: 'halted' });
    expect(taken()).toBe(2);

    // The operator looks, takes the stranger back at the exchange, and resumes: the order in doubt is given up, and what is left is not ours.
    await rig.byHand.cancel(exchangeOrderId);
    await rig.control('resume');
    await rig.order('entry', 'VOID');
    await rig.until('the account halts over the other', () => rig.books.halts['*'] !== undefined);
    expect(taken()).toBe(2);
  });

  it('beside a market order from outside in the same second, of the same size, is not guessed either', async () => {
    rig = await LiveRig.start();
    rig.simulator.injectFault({ kind: 'silence', on: { stream: 'private' } });
    rig.simulator.injectFault({ kind: 'rest_unanswered', acts: 1, on: ORDER_PATH });
    await rig.signal('enter_long');
    await rig.until('it is filled', () => rig.lots.length === 1);
    rig.simulator.injectFault({ kind: 'outside_order', size: '0.01' });
    await rig.until('the symbol halts', () => rig.books.halts.BTC_JPY !== undefined);
    expect(rig.books.halts.BTC_JPY).toMatchObject([{ cause: 'order_unresolved' }]);
    expect([await exchangeIdOf('s'), rig.lots.length]).toEqual([undefined, 2]);
  });

  it('beside another one placed by hand is bound, and the account halts over the stranger', async () => {
    rig = await LiveRig.start({ config: PASSIVE });
    rig.simulator.injectFault({ kind: 'rest_unanswered', acts: 1, on: ORDER_PATH });
    await rig.signal('enter_long');
    await rig.until('it rests', () => rig.resting.length === 1);
    const [ours] = rig.resting;
    const { exchangeOrderId } = await rig.byHand.place(byHand({ size: Decimal.of('0.011') }));
    await rig.until('the account halts', () => rig.books.halts['*'] !== undefined);
    expect(await exchangeIdOf('s')).toBe(String(ours?.orderId));
    expect(rig.books.halts['*']).toMatchObject([
      { cause: 'foreign_order', reason: expect.stringContaining(`Order ${exchangeOrderId} on BTC_JPY`) },
    ]);
    expect(rig.books.halts.BTC_JPY).toBeUndefined();
  });

  it('that was a FAK and filled nothing is bound when the exchange told of it', async () => {
    rig = await LiveRig.start();
    rig.simulator.play({ kind: 'book', symbol: 'BTC_JPY', bids: [[PRICE - 50, 5]], asks: [] });
    rig.simulator.injectFault({ kind: 'rest_unanswered', acts: 1, on: ORDER_PATH });
    await rig.signal('enter_long');
    const order = await rig.order('entry', 'EXPIRED');
    expect(order).toMatchObject({ reason: 'EXPIRED_FAK' });
    expect([taken(), rig.lots.length, rig.books.halts]).toEqual([1, 0, {}]);
    expect((await rig.stop()).reconciled).toBe(true);
  });

  it('that was a FAK and filled nothing, of which nobody told, is VOID after the horizon and placed once more', async () => {
    rig = await LiveRig.start();
    rig.simulator.play({ kind: 'book', symbol: 'BTC_JPY', bids: [[PRICE - 50, 5]], asks: [] });
    const silence = rig.simulator.injectFault({ kind: 'silence', on: { stream: 'private' } });
    rig.simulator.injectFault({ kind: 'rest_unanswered', acts: 1, on: ORDER_PATH });
    await rig.signal('enter_long');
    await rig.until('it is in doubt', async () =>
      (await rig.orders()).some(({ request }) => request === 'place_in_doubt'),
    );
    const sent = performance.now();
    rig.simulator.endFaults(silence);
    await rig.price(PRICE);
    await rig.order('entry', 'FILLED');
    // The time-out of the request is part of the horizon.
    expect(performance.now() - sent).toBeGreaterThan(1_400);
    expect((await rig.orders()).map(({ status }) => status)).toEqual(['VOID', 'FILLED']);
    expect([taken(), rig.lots.length, rig.books.halts]).toEqual([2, 1, {}]);
    expect((await rig.stop()).reconciled).toBe(true);
  });

  it('that never arrived is VOID after the horizon and placed once more', async () => {
    rig = await LiveRig.start();
    rig.simulator.injectFault({ kind: 'rest_hung', acts: 1, on: ORDER_PATH });
    await rig.signal('enter_long');
    await rig.order('entry', 'FILLED');
    expect((await rig.orders()).map(({ status }) => status)).toEqual(['VOID', 'FILLED']);
    expect([taken(), rig.lots.length, rig.books.halts]).toEqual([1, 1, {}]);
    expect((await rig.stop()).reconciled).toBe(true);
  });

  it.each(['-2s', '2s'])('is bound when the clock of the exchange is off by %s', async (by) => {
    rig = await LiveRig.start({ config: PASSIVE });
    rig.simulator.injectFault({ kind: 'skewed_clock', by });
    rig.simulator.injectFault({ kind: 'silence', on: { stream: 'private' } });
    rig.simulator.injectFault({ kind: 'rest_unanswered', acts: 1, on: ORDER_PATH });
    await rig.signal('enter_long');
    await rig.order('entry', 'NEW');
    expect(await exchangeIdOf('s')).toBe(String(rig.resting[0]?.orderId));
    expect([taken(), rig.books.halts]).toEqual([1, {}]);
  });
});

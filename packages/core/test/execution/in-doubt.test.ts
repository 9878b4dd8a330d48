import type { ExchangeOrder } from '@alpha-engine/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seedOf } from '../ledger/seed.js';
import { Bench, BTC_JPY, configOf, d, fillOf, orderOf, statuses, submitOf } from './bench.js';

const TWO_SECONDS = 2_000;
const only = configOf({
  instruments: [BTC_JPY],
  maxSignalAgeMs: 600_000,
  maxDataAgeMs: 600_000,
  orderPolicy: {
    entry: { kind: 'limit', timeoutMs: 600_000, reprices: 0, lastly: 'give_up' },
    exit: { kind: 'market' },
  },
});
const market = configOf({ instruments: [BTC_JPY], maxSignalAgeMs: 600_000, maxDataAgeMs: 600_000 });

function sent(bench: Bench, strategy: string): string {
  const id = submitOf(bench.signal('enter_long', { id: `${strategy}-${bench.now}`, strategy }));
  bench.feed({ kind: 'submitting', clientOrderId: id });
  return id;
}

function unanswered(bench: Bench, strategy = 'b'): string {
  const id = sent(bench, strategy);
  bench.wait(1_000).feed({ kind: 'unanswered', clientOrderId: id, message: 'time-out' });
  return id;
}

const resting = (id: string, orderTs: number, changes: Partial<ExchangeOrder> = {}) =>
  orderOf(id, { type: 'limit', timeInForce: 'gtc', price: d(6_000_000), orderTs, ...changes });

const orderNamed = (bench: Bench, exchangeOrderId: string) =>
  bench.executor.books().openOrders.find((order) => order.exchangeOrderId === exchangeOrderId)?.clientOrderId;

describe('an order in doubt', () => {
  it('beside an identical working one of ours is the other', () => {
    const bench = new Bench(only).ready();
    const first = sent(bench, 'a');
    bench.wait(1).feed({ kind: 'accepted', clientOrderId: first, exchangeOrderId: '7' });
    const second = unanswered(bench);
    const openOrders = [resting('7', bench.now - 1_001), resting('8', bench.now - 990)];
    expect(statuses(bench.sweep({ openOrders }))).toEqual(['NEW']);
    expect([orderNamed(bench, '7'), orderNamed(bench, '8')]).toEqual([first, second]);
    expect(bench.executor.books().halts).toEqual({});
  });

  it('beside an identical one placed by hand in the same second is not guessed: the symbol halts', () => {
    const bench = new Bench(only).ready();
    unanswered(bench);
    const both = [resting('8', bench.now - 990), resting('9', bench.now - 500)];
    expect(statuses(bench.sweep({ openOrders: both }))).toEqual([]);
    expect(bench.executor.books().halts.BTC_JPY?.[0]?.reason).toContain('could be any of the orders 8, 9');
    expect(orderNamed(bench, '8')).toBeUndefined();
    expect(bench.signal('enter_long', { id: 'next', strategy: 'c' }).actions).toEqual([]);
  });

  it('beside a different one placed by hand in the same second is bound, and the account halts over the other', () => {
    const bench = new Bench(only).ready();
    const id = unanswered(bench);
    const byHand = resting('9', bench.now - 500, { size: d('0.011') });
    bench.sweep({ openOrders: [resting('8', bench.now - 990), byHand] });
    expect(orderNamed(bench, '8')).toBe(id);
    expect(bench.executor.books().halts['*']?.[0]?.reason).toContain('Order 9');
  });

  it('that was a FAK and filled nothing is bound when a private frame names it', () => {
    const bench = new Bench(market).ready();
    unanswered(bench);
    const expired = orderOf('8', { state: 'expired', reason: 'EXPIRED_FAK', orderTs: bench.now - 990 });
    bench.feed({ kind: 'order_update', order: expired });
    expect(statuses(bench.sweep({ orders: [expired] }))).toEqual(['NEW', 'EXPIRED']);
    expect(bench.executor.books().halts).toEqual({});
  });

  it('that was a FAK and filled nothing, of which nobody told, is VOID after the horizon and placed once more', () => {
    const bench = new Bench(market).ready();
    const id = unanswered(bench);
    expect(statuses(bench.sweep())).toEqual([]);
    expect(statuses(bench.wait(58_999).sweep())).toEqual([]);
    const last = bench.wait(1).sweep();
    expect(statuses(last)).toEqual(['VOID', 'PENDING']);
    expect(last.orders[0]?.terms.clientOrderId).toBe(id);
    expect(submitOf(last)).not.toBe(id);
  });

  it.each([-TWO_SECONDS, TWO_SECONDS])('is bound with a clock that is %i ms off', (offMs) => {
    const bench = new Bench(only).ready();
    const id = unanswered(bench);
    bench.sweep({ openOrders: [resting('8', bench.now - 1_000 + offMs)] });
    expect(orderNamed(bench, '8')).toBe(id);
  });

  it('is never bound to what might be another, never lost, and never placed twice', () => {
    const candidate = fc.record({
      ms: fc.integer({ min: -3_000, max: 63_500 }),
      size: fc.constantFrom('0.01', '0.011'),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      price: fc.constantFrom(6_000_000, 6_000_001),
      filled: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 4 }), (given) => {
        const bench = new Bench(only).ready();
        const sentTs = bench.now;
        const id = unanswered(bench);
        bench.now = sentTs + 64_000;
        const shown = given.map(({ filled, ms, price, side, size }, index) =>
          resting(String(index + 1), sentTs + ms, {
            ...{ price: d(price), side, size: d(size) },
            ...(filled && { state: 'filled', filledSize: d(size) }),
          }),
        );
        const fills = shown
          .filter(({ state }) => state === 'filled')
          .map(({ exchangeOrderId, orderTs, side, size }) =>
            fillOf(`e${exchangeOrderId}`, exchangeOrderId, {
              side,
              size,
              ts: orderTs,
              positionId: `p${exchangeOrderId}`,
            }),
          );
        const view = { openOrders: shown.filter(({ state }) => state === 'working'), orders: shown, fills };
        const first = bench.sweep(view);
        const second = bench.wait(1_000).sweep(view);
        // The model: what could be ours, by everything that the exchange tells of an order.
        const matches = given.filter(
          ({ ms, price, side, size }) =>
            side === 'buy' && size === '0.01' && price === 6_000_000 && ms >= -TWO_SECONDS && ms <= 62_000,
        );
        const told = [...first.orders, ...second.orders].filter(({ terms }) => terms.clientOrderId === id);
        const last = told.at(-1);
        if (matches.length === 1) expect(last && 'exchangeOrderId' in last).toBe(true);
        else expect(last && 'exchangeOrderId' in last && last.exchangeOrderId).toBeFalsy();
        if (matches.length === 0) expect(last?.status).toBe('VOID');
        if (matches.length > 1) expect(bench.executor.books().halts.BTC_JPY).toBeDefined();
        const placed = [...first.actions, ...second.actions].filter(({ kind }) => kind === 'submit');
        expect(placed.length).toBeLessThanOrEqual(matches.length === 0 ? 1 : 0);
      }),
      { seed: seedOf('in-doubt'), numRuns: 300 },
    );
  });
});

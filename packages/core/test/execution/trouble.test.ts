import { AlphaError, type ControlEvent, type ExecutorStep, type StatusEvent } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { Bench, BTC_JPY, configOf, d, fillOf, orderOf, positionOf, statuses, submitOf, T0, tickerOf } from './bench.js';

const only = configOf({ instruments: [BTC_JPY] });

function inDoubt(config = only): { bench: Bench; id: string } {
  const bench = new Bench(config).ready();
  const id = submitOf(bench.signal('enter_long'));
  bench.feed({ kind: 'submitting', clientOrderId: id });
  bench.wait(1_000).feed({ kind: 'unanswered', clientOrderId: id, message: 'time-out' });
  return { bench, id };
}

function control(bench: Bench, action: ControlEvent['action'], symbol = '*'): ExecutorStep {
  const event = {
    type: 'control',
    exchange: 'gmo',
    symbol,
    ts: bench.now,
    id: 'c',
    action,
    reason: 'Because.',
  } as const;
  return bench.feed({ kind: 'control', event });
}

const noticesOf = (step: ExecutorStep) => step.notices.map((notice) => `${notice.kind} ${notice.symbol}`);

describe('denials', () => {
  it('denies an old entry, and lets an old exit through', () => {
    const bench = new Bench(only).ready();
    bench.enter();
    const old = bench.signal('enter_short', { ts: bench.now - 5_001 });
    expect(statuses(old)).toEqual(['denied:signal_too_old']);
    expect(old.verdicts).toMatchObject([{ approved: false, code: 'signal_too_old' }]);
    expect(old.events[0]).toMatchObject({ type: 'denial', seq: 1, data: { action: 'enter_short' } });
    const ts = bench.now;
    submitOf(bench.wait(86_400_000).signal('exit', { ts }));
  });

  it('denies on stale data: an old quote, an interrupted feed until data are seen again', () => {
    const bench = new Bench(only).ready();
    bench.wait(5_001);
    expect(statuses(bench.signal('enter_long'))).toEqual(['denied:stale_data']);
    bench.quote();
    const status = (state: 'stale' | 'resynced') =>
      bench.feed({
        kind: 'status',
        event: { type: 'status', exchange: 'gmo', symbol: 'BTC_JPY', ts: bench.now, data: { state, channel: 'trade' } },
      });
    status('stale');
    expect(statuses(bench.wait(1).signal('enter_long'))).toEqual(['denied:stale_data']);
    status('resynced');
    submitOf(bench.wait(1).signal('enter_long'));
  });

  it('denies while the exchange is closed, whatever data flow, and lets exits go to it', () => {
    const bench = new Bench(only).ready();
    const status = (state: StatusEvent['data']['state']) => {
      const event = { type: 'status', exchange: 'gmo', symbol: '*', ts: bench.now, data: { state } } as const;
      bench.feed({ kind: 'status', event });
      bench.quote();
      return bench.wait(1).signal('enter_long');
    };
    for (const state of ['maintenance', 'preopen', 'connected', 'subscribed'] as const) {
      expect(statuses(status(state)), state).toEqual(['denied:maintenance']);
    }
    submitOf(status('open'));
  });

  it('denies a short on spot, an unknown symbol, and beyond the position limit', () => {
    const bench = new Bench(configOf({ maxPositionSize: d('0.015') })).ready();
    expect(statuses(bench.signal('enter_short', { symbol: 'BTC' }))).toEqual(['denied:short_on_spot']);
    expect(statuses(bench.signal('enter_long', { symbol: 'ETH', id: 'eth' }))).toEqual(['denied:unknown_instrument']);
    const first = bench.signal('enter_long');
    submitOf(first);
    // The first is not filled, not even sent: it counts all the same.
    expect(statuses(bench.signal('enter_long', { id: 'x', strategy: 'rsi' }))).toEqual(['denied:position_size']);
  });

  it('numbers the denial of a signal that names another exchange among its own', () => {
    const bench = new Bench(only).ready();
    const strange = bench.signal('enter_long', { exchange: 'elsewhere', id: 'strange' });
    expect(strange.verdicts).toMatchObject([{ code: 'unknown_instrument' }]);
    expect(strange.events).toMatchObject([{ exchange: 'gmo', symbol: 'BTC_JPY', seq: 1 }]);
    const next = bench.signal('enter_short', { ts: bench.now - 5_001 });
    expect(next.events).toMatchObject([{ exchange: 'gmo', symbol: 'BTC_JPY', seq: 2 }]);
  });

  it('leaves no trace of a repeated signal', () => {
    const bench = new Bench(only).ready();
    submitOf(bench.signal('enter_long', { id: 's' }));
    const again = bench.signal('enter_long', { id: 's' });
    expect([again.verdicts, again.events, again.orders, again.actions]).toEqual([[], [], [], []]);
  });

  it('records a hold and sends nothing; a met target needs no order', () => {
    const bench = new Bench(only).ready();
    expect(bench.signal('hold')).toMatchObject({ verdicts: [{ approved: true }], orders: [], events: [] });
    expect(bench.signal('exit')).toMatchObject({ verdicts: [{ approved: true }], orders: [], events: [] });
    bench.enter();
    expect(bench.signal('enter_long')).toMatchObject({ verdicts: [{ approved: true }], orders: [], events: [] });
  });
});

describe('a reversal', () => {
  it('closes first, and opens when the close is filled', () => {
    const bench = new Bench(configOf({ instruments: [BTC_JPY], maxPositionSize: d('0.01') })).ready();
    bench.enter();
    const reversal = bench.signal('enter_short');
    expect(reversal.orders.map(({ terms }) => `${terms.effect} ${terms.side} ${terms.size}`)).toEqual([
      'close sell 0.01',
      'open sell 0.01',
    ]);
    bench.send(reversal, '2');
    const close = { side: 'sell', effect: 'close', ts: bench.now } as const;
    const part = bench.feed({ kind: 'fill_update', fill: fillOf('e2', '2', { ...close, size: d('0.004') }) });
    expect(part.actions).toEqual([]);
    const rest = bench.feed({ kind: 'fill_update', fill: fillOf('e3', '2', { ...close, size: d('0.006') }) });
    bench.send(rest, '3');
    bench.feed({ kind: 'fill_update', fill: fillOf('e4', '3', { side: 'sell', positionId: 'p2', ts: bench.now }) });
    expect(bench.executor.books().positions[0]?.size.toString()).toBe('-0.01');
  });

  it('does not open when the close was refused', () => {
    const bench = new Bench(only).ready();
    bench.enter();
    const close = submitOf(bench.signal('enter_short'));
    bench.feed({ kind: 'submitting', clientOrderId: close });
    const refused = bench.feed({ kind: 'refused', clientOrderId: close, code: 'ERR-200', message: 'No.' });
    expect(statuses(refused)).toEqual(['REJECTED', 'VOID']);
    expect(refused.orders[1]).toMatchObject({ reason: 'first_leg_unfilled' });
  });
});

describe('news out of order', () => {
  it('books a fill that came before the answer', () => {
    const bench = new Bench(only).ready();
    const id = submitOf(bench.signal('enter_long'));
    bench.feed({ kind: 'submitting', clientOrderId: id });
    const fill = bench.wait(1).feed({ kind: 'fill_update', fill: fillOf('e1', '9', { ts: bench.now }) });
    expect(fill.fills).toEqual([]);
    expect(fill.notices).toEqual([]);
    const answer = bench.wait(1).feed({ kind: 'accepted', clientOrderId: id, exchangeOrderId: '9' });
    expect(statuses(answer)).toEqual(['NEW', 'FILLED']);
    expect(answer.fills).toMatchObject([{ clientOrderId: id, strategy: 'ma-cross' }]);
  });

  it('books a late fill of an expired order; its strategy waits for it', () => {
    const bench = new Bench(only).ready();
    bench.send(bench.signal('enter_long'), '9');
    const expired = orderOf('9', {
      state: 'expired',
      reason: 'EXPIRED_FAK',
      filledSize: d('0.004'),
      orderTs: bench.now,
    });
    const ended = bench.feed({ kind: 'order_update', order: expired });
    expect(statuses(ended)).toEqual(['EXPIRED']);
    expect(ended.actions).toMatchObject([{ kind: 'sweep', orderIds: ['9'] }]);
    expect(bench.signal('exit').verdicts).toEqual([]);
    const late = bench.feed({ kind: 'fill_update', fill: fillOf('e1', '9', { size: d('0.004'), ts: bench.now }) });
    expect(statuses(late)).toEqual(['EXPIRED', 'PENDING']);
    expect(late.verdicts).toMatchObject([{ approved: true }]);
    expect(late.orders[1]?.terms).toMatchObject({ effect: 'close', positionId: 'p1' });
  });

  it('books an overfill and says so', () => {
    const bench = new Bench(only).ready();
    bench.enter();
    const over = bench.feed({ kind: 'fill_update', fill: fillOf('e2', '1', { size: d('0.001'), ts: bench.now }) });
    expect(statuses(over)).toEqual(['FILLED']);
    expect(noticesOf(over)).toEqual(['alarm BTC_JPY']);
    expect(bench.executor.books().lots[0]?.size.toString()).toBe('0.011');
  });

  it('books a fill after REJECTED and halts the symbol', () => {
    const bench = new Bench(only).ready();
    bench.send(bench.signal('enter_long'), '9');
    bench.feed({ kind: 'order_update', order: orderOf('9', { state: 'rejected', orderTs: bench.now }) });
    const fill = bench.feed({ kind: 'fill_update', fill: fillOf('e1', '9', { ts: bench.now }) });
    expect(statuses(fill)).toEqual(['REJECTED']);
    expect(noticesOf(fill)).toEqual(['alarm BTC_JPY', 'halted BTC_JPY']);
    expect(bench.executor.books().lots).toHaveLength(1);
  });

  it('never lets an order leave twice', () => {
    const bench = new Bench(only).ready();
    const id = submitOf(bench.signal('enter_long'));
    bench.feed({ kind: 'submitting', clientOrderId: id });
    expect(() => bench.feed({ kind: 'submitting', clientOrderId: id })).toThrow(AlphaError);
  });
});

describe('in doubt', () => {
  it('holds back everything else of the symbol', () => {
    const { bench } = inDoubt();
    bench.quote();
    const other = bench.signal('enter_long', { id: 'x', strategy: 'rsi' });
    expect(other.verdicts).toMatchObject([{ approved: true }]);
    expect(other.actions).toEqual([]);
  });

  it.each([
    ['another side', { side: 'sell' }],
    ['another size', { size: d('0.02') }],
    ['another type', { type: 'limit', price: d('6000000') }],
    ['another time in force', { timeInForce: 'gtc' }],
    ['a close', { effect: 'close' }],
    ['before sending', { orderTs: T0 - 2_001 }],
    ['after the horizon', { orderTs: T0 + 62_003 }],
  ] as const)('is not bound to an order with %s', (_, changes) => {
    const { bench } = inDoubt();
    bench.wait(70_000);
    expect(statuses(bench.sweep({ orders: [orderOf('7', changes)] }))).toEqual([]);
  });

  it('halts when several orders match, sends nothing, and is voided when an operator resumes', () => {
    const { bench, id } = inDoubt();
    const both = [orderOf('7', { orderTs: bench.now }), orderOf('8', { orderTs: bench.now })];
    const doubtful = bench.sweep({ openOrders: both });
    expect(noticesOf(doubtful)).toEqual(['alarm BTC_JPY', 'halted BTC_JPY']);
    expect(statuses(doubtful)).toEqual([]);
    expect(bench.wait(1_000).sweep({ openOrders: both }).notices).toEqual([]);
    const resumed = control(bench, 'resume', 'BTC_JPY');
    expect(statuses(resumed)).toEqual(['VOID']);
    expect(resumed.orders[0]?.terms.clientOrderId).toBe(id);
  });

  it('halts when it was sent longer ago than the exchange shows', () => {
    const { bench } = inDoubt();
    const restarted = new Bench(only, bench.executor.snapshot());
    restarted.now = bench.now + 86_400_001;
    restarted.feed({ kind: 'clock' });
    expect(noticesOf(restarted.sweep())).toEqual(['alarm BTC_JPY', 'halted BTC_JPY']);
  });

  it('is not voided while a fill of an order that could not be read yet might be its own', () => {
    const { bench } = inDoubt();
    const fills = [fillOf('e1', '7', { ts: bench.now })];
    bench.wait(60_000).sweep({ fills });
    expect(statuses(bench.wait(1_000).sweep({ fills }))).toEqual([]);
    expect(bench.wait(10_000).feed({ kind: 'clock' }).actions).toMatchObject([{ kind: 'sweep', orderIds: ['7'] }]);
    expect(statuses(bench.sweep({ fills, orders: [orderOf('7', { state: 'filled', orderTs: T0 + 5 })] }))).toEqual([
      'NEW',
      'FILLED',
    ]);
  });

  it('books a fill of an order it had voided, and halts', () => {
    const { bench } = inDoubt();
    bench.wait(60_000).sweep();
    expect(statuses(bench.wait(1_000).sweep())).toEqual(['VOID', 'PENDING', 'VOID']);
    const late = bench.feed({ kind: 'order_update', order: orderOf('7', { orderTs: T0 + 30 }) });
    expect(noticesOf(late)).toEqual(['alarm BTC_JPY', 'halted BTC_JPY']);
    const fill = bench.feed({ kind: 'fill_update', fill: fillOf('e1', '7', { ts: bench.now }) });
    expect(statuses(fill)).toEqual(['VOID']);
    expect(bench.executor.books().lots).toHaveLength(1);
  });

  it('is not taken, once voided, for an order of then that is forgotten by now', () => {
    const { bench } = inDoubt();
    bench.wait(60_000).sweep();
    expect(statuses(bench.wait(1_000).sweep())).toEqual(['VOID', 'PENDING', 'VOID']);
    bench.wait(870_000).sweep();
    const before = { orders: [orderOf('7', { state: 'filled', orderTs: T0 + 5 })], fills: [fillOf('e1', '7')] };
    const step = bench.wait(1).sweep(before);
    expect([statuses(step), noticesOf(step), step.actions]).toEqual([[], [], []]);
  });

  it('is what a placement without an answer is after a restart; what was only recorded is gated again', () => {
    const bench = new Bench(only).ready();
    const id = submitOf(bench.signal('enter_long'));
    const recorded = new Bench(only, bench.executor.snapshot());
    recorded.now = bench.now + 5_001;
    recorded.feed({ kind: 'clock' });
    recorded.quote();
    const regated = recorded.sweep();
    expect(statuses(regated)).toEqual(['VOID']);
    // What the second look saw is kept with it.
    expect(JSON.parse(JSON.stringify(regated.events[0]))).toMatchObject({
      data: { denied: { code: 'signal_too_old', inputs: { signal_too_old: { ageMs: expect.any(Number) } } } },
    });
    expect(regated.orders[0]).toMatchObject({ reason: expect.stringContaining('signal_too_old') });

    bench.feed({ kind: 'submitting', clientOrderId: id });
    const sent = new Bench(only, bench.executor.snapshot());
    sent.now = bench.now + 100;
    sent.feed({ kind: 'clock' });
    const found = sent.sweep({ openOrders: [orderOf('7', { orderTs: sent.now - 90 })] });
    expect(statuses(found)).toEqual(['NEW']);
    expect(noticesOf(found)).toEqual(['repaired BTC_JPY', 'reconciled BTC_JPY']);
  });
});

describe('orders that are not ours', () => {
  it('halt an exclusive account; exits still pass', () => {
    const bench = new Bench(only).ready();
    bench.enter();
    const seen = bench.feed({ kind: 'order_update', order: orderOf('77', { orderTs: bench.now }) });
    expect(noticesOf(seen)).toEqual(['alarm BTC_JPY', 'halted *']);
    expect(statuses(bench.signal('enter_long', { id: 'x', strategy: 'rsi' }))).toEqual(['denied:halted']);
    submitOf(bench.signal('exit'));
    control(bench, 'resume');
    expect(bench.executor.books().halts).toEqual({});
  });

  it('are booked as external on a shared account', () => {
    const bench = new Bench(configOf({ instruments: [BTC_JPY], exclusive: false })).ready();
    const fill = fillOf('e7', '77', { ts: bench.now, positionId: 'theirs' });
    const booked = bench.feed({ kind: 'fill_update', fill });
    expect(booked.fills).toMatchObject([{ clientOrderId: null, strategy: 'external' }]);
    expect(bench.feed({ kind: 'fill_update', fill }).fills).toEqual([]);
    expect(bench.wait(1).signal('exit').orders).toEqual([]);
  });

  it('take a lot of ours away: the books follow, and the owner is told flat', () => {
    const bench = new Bench(only).ready();
    bench.enter();
    const losscut = fillOf('e8', '88', { side: 'sell', effect: 'close', ts: bench.now, realizedPnl: d('-500') });
    const step = bench.feed({ kind: 'fill_update', fill: losscut });
    expect(step.positions).toMatchObject([{ strategy: 'ma-cross' }]);
    expect(bench.executor.books().lots).toEqual([]);
    expect(bench.executor.books().realizedPnl.toString()).toBe('-500');
  });
});

describe('reconciliation', () => {
  it('repairs missed fills and sees ends', () => {
    const bench = new Bench(only).ready();
    bench.send(bench.signal('enter_long'), '9');
    bench.wait(1);
    const fills = [fillOf('e1', '9', { size: d('0.004'), ts: bench.now })];
    const orders = [orderOf('9', { state: 'expired', filledSize: d('0.004'), orderTs: bench.now })];
    const positions = [positionOf('p1', { size: d('0.004') })];
    const step = bench.sweep({ orders, fills, positions });
    expect(statuses(step)).toEqual(['EXPIRED', 'EXPIRED']);
    expect(noticesOf(step)).toEqual(['repaired BTC_JPY', 'repaired BTC_JPY']);
    expect(bench.executor.books().openOrders).toEqual([]);
    expect(bench.executor.books().reconciled).toEqual(['BTC_JPY']);
  });

  it('stops trading when a difference stays, says it once in words, and goes on when it is gone', () => {
    const bench = new Bench(only).ready();
    const theirs = { positions: [positionOf('p9')] };
    expect(bench.wait(1_000).sweep(theirs).notices).toEqual([]);
    const second = bench.wait(1_000).sweep(theirs);
    expect(second.notices).toMatchObject([
      { kind: 'alarm', message: expect.stringContaining('Lot p9 is buy 0.01 there') },
    ]);
    expect(bench.wait(1_000).sweep(theirs).notices).toEqual([]);
    bench.quote();
    expect(statuses(bench.signal('enter_long'))).toEqual(['denied:not_reconciled']);
    expect(noticesOf(bench.wait(1_000).sweep())).toEqual(['reconciled BTC_JPY']);
    submitOf(bench.signal('enter_long'));
  });

  it('does not compare with a sweep that began before an answer', () => {
    const bench = new Bench(only).ready();
    const begun = bench.at;
    bench.wait(1).enter();
    const sweep = { symbol: 'BTC_JPY', begun, openOrders: [], orders: [], fills: [], positions: [] };
    const step = bench.feed({ kind: 'sweep', sweep });
    expect(step.notices).toEqual([]);
    expect(step.actions).toMatchObject([{ kind: 'sweep' }]);
  });

  it('asks by the timer, and at once after the private stream came back', () => {
    const bench = new Bench(only).ready();
    expect(bench.wait(59_000).feed({ kind: 'clock' }).actions).toEqual([]);
    expect(bench.wait(1_000).feed({ kind: 'clock' }).actions).toMatchObject([{ kind: 'sweep' }]);
    bench.sweep();
    expect(bench.wait(10).feed({ kind: 'resync' }).actions).toMatchObject([{ kind: 'sweep' }]);
  });
});

describe('halts', () => {
  it('stops openings when equity fell too far, until resumed', () => {
    const much = d('1000000');
    const limits = {
      maxOrderValue: much,
      maxSymbolExposure: much,
      maxStrategyExposure: much,
      maxAccountExposure: much,
    };
    const capital = d('10000');
    const bench = new Bench(
      configOf({ instruments: [BTC_JPY], capital, maxDrawdown: d('0.1'), limits: { ...limits, maxDailyLoss: much } }),
    ).ready();
    bench.enter();
    bench.wait(1_000);
    const fall = bench.feed({ kind: 'quote', event: tickerOf('BTC_JPY', 5_900_000, bench.now) });
    expect(noticesOf(fall)).toEqual(['halted *']);
    expect(fall.equity).toMatchObject([{ equity: d('9000'), drawdown: d('0.1') }]);
    expect(statuses(bench.signal('enter_short'))).toEqual(['denied:drawdown']);
    submitOf(bench.signal('exit'));
    control(bench, 'resume');
    expect(bench.executor.books().equity.drawdown.toString()).toBe('0');
  });

  it('writes equity at most once a second by quotes, and only when it changed', () => {
    const bench = new Bench(only).ready();
    bench.now = T0 + 10_000;
    bench.quote();
    bench.enter();
    bench.now = T0 + 11_000;
    const count = (price: number) => bench.quote('BTC_JPY', price).equity.length;
    expect(count(6_000_100)).toBe(1);
    bench.wait(500);
    expect(count(6_000_200)).toBe(0);
    bench.wait(600);
    expect(count(6_000_200)).toBe(1);
    bench.wait(1_000);
    expect(count(6_000_200)).toBe(0);
  });

  it('cancels working openings on halt, and repeats a cancel whose answer was lost', () => {
    const bench = new Bench(only).ready();
    const id = bench.send(bench.signal('enter_long'), '9');
    const halted = control(bench, 'halt', 'BTC_JPY');
    expect(halted.actions).toEqual([{ kind: 'cancel', clientOrderId: id, exchangeOrderId: '9' }]);
    expect(halted.orders[0]).toMatchObject({ status: 'NEW', request: 'cancel' });
    bench.feed({ kind: 'cancel_answered', clientOrderId: id, outcome: 'in_doubt' });
    bench.wait(1_000);
    expect(bench.feed({ kind: 'clock' }).actions).toContainEqual(halted.actions[0]);
    bench.feed({ kind: 'cancel_answered', clientOrderId: id, outcome: 'accepted' });
    const canceled = bench.feed({ kind: 'order_update', order: orderOf('9', { state: 'canceled', reason: 'USER' }) });
    expect(statuses(canceled)).toEqual(['CANCELED']);
  });
});

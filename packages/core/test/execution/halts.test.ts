import type { ControlAction, ExecutorConfig, ExecutorStep, Margin, RiskLimits, StatusEvent } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { Bench, BTC, BTC_JPY, configOf, d, fillOf, positionOf, statuses, submitOf, tickerOf } from './bench.js';

const limited = (limits: Partial<RiskLimits> = {}, changes: Partial<ExecutorConfig> = {}) =>
  new Bench(configOf({ instruments: [BTC_JPY], limits, ...changes })).ready();

/** Scope, state and causes of every state that a step told. */
const told = (step: ExecutorStep) =>
  step.states.map(({ symbol, data }) => `${symbol} ${data.state} ${data.halts.map(({ cause }) => cause)}`.trim());

function control(bench: Bench, action: ControlAction, symbol = '*', id: string = action): ExecutorStep {
  const event = { type: 'control', exchange: 'gmo', symbol, ts: bench.now, id, action, reason: 'Because.' } as const;
  return bench.feed({ kind: 'control', event });
}

function quote(bench: Bench, price: number): ExecutorStep {
  return bench.wait(1_000).feed({ kind: 'quote', event: tickerOf('BTC_JPY', price, bench.now) });
}

/** Closes the lot of `Bench.enter` at a price. */
function exit(
  bench: Bench,
  exchangeOrderId: string,
  positionId: string,
  price: string,
  closes: 'buy' | 'sell' = 'sell',
) {
  bench.send(bench.signal('exit'), exchangeOrderId);
  const what = { effect: 'close', side: closes, positionId, price: d(price), ts: bench.now } as const;
  return bench.feed({ kind: 'fill_update', fill: fillOf(`x${exchangeOrderId}`, exchangeOrderId, what) });
}

describe('an operator', () => {
  it('halts: nothing leaves, exits neither, and working openings are canceled', () => {
    const bench = limited();
    bench.enter();
    const step = control(bench, 'halt');
    expect(told(step)).toEqual(['* HALTED operator_halt']);
    expect(step.states[0]?.data.control_id).toBe('halt');
    expect(statuses(bench.wait(1).signal('exit'))).toEqual(['denied:halted']);
    expect(told(control(bench, 'resume'))).toEqual(['* ACTIVE']);
    submitOf(bench.wait(1).signal('exit'));
  });

  it('reduces: exits leave, entries do not; it also ends a halt', () => {
    const bench = limited();
    bench.enter();
    control(bench, 'halt', 'BTC_JPY');
    expect(told(control(bench, 'reduce', 'BTC_JPY'))).toEqual(['BTC_JPY REDUCING operator_reduce']);
    expect(statuses(bench.wait(1).signal('enter_short'))).toEqual(['denied:halted']);
    submitOf(bench.wait(1).signal('exit'));
  });

  it('is answered even when nothing changes, and by the account for a symbol that is not traded', () => {
    const bench = limited();
    expect(control(bench, 'resume', '*', 'r1').states).toMatchObject([{ data: { state: 'ACTIVE', control_id: 'r1' } }]);
    expect(told(control(bench, 'halt', 'DOGE'))).toEqual(['* ACTIVE']);
  });

  it('finds every halt again after a restart', () => {
    const bench = limited();
    control(bench, 'halt', 'BTC_JPY');
    const again = new Bench(bench.config, bench.executor.snapshot());
    expect(again.executor.books().halts).toEqual(bench.executor.books().halts);
    expect(Object.keys(again.executor.books().halts)).toEqual(['BTC_JPY']);
  });
});

describe('by themselves', () => {
  it('stale data begin and end a halt, and exits pass', () => {
    const bench = limited();
    bench.enter();
    expect(told(bench.wait(5_001).feed({ kind: 'clock' }))).toEqual(['BTC_JPY REDUCING stale_data']);
    expect(told(bench.feed({ kind: 'clock' }))).toEqual([]);
    submitOf(bench.signal('exit'));
    bench.quote();
    expect(told(bench.feed({ kind: 'clock' }))).toEqual(['BTC_JPY ACTIVE']);
  });

  it('an interrupted feed does too, and maintenance does not', () => {
    const bench = limited();
    const status = (state: StatusEvent['data']['state']) => {
      const event = { type: 'status', exchange: 'gmo', symbol: '*', ts: bench.now, data: { state } } as const;
      bench.feed({ kind: 'status', event });
      return told(bench.feed({ kind: 'clock' }));
    };
    expect(status('maintenance')).toEqual([]);
    expect(status('disconnected')).toEqual(['BTC_JPY REDUCING stale_data']);
    expect(status('subscribed')).toEqual(['BTC_JPY ACTIVE']);
  });

  it('a skewed clock begins and ends one', () => {
    const bench = limited();
    bench.feed({ kind: 'clock_skew', skewMs: -2_000 });
    expect(told(bench.feed({ kind: 'clock' }))).toEqual(['* REDUCING clock_skew']);
    expect(statuses(bench.signal('enter_long'))).toEqual(['denied:clock_skew']);
    bench.feed({ kind: 'clock_skew', skewMs: 20 });
    expect(told(bench.feed({ kind: 'clock' }))).toEqual(['* ACTIVE']);
    submitOf(bench.wait(1).signal('enter_long'));
  });

  it('a margin call begins one that a restart keeps, and more margin ends it; exits pass', () => {
    const bench = limited();
    bench.enter();
    const margin = (state: Margin['state'], of = bench) => {
      const figures = { equity: d(800), used: d(1_000), available: d(0), unrealizedPnl: d(-200) };
      of.feed({ kind: 'margin', margin: { ...figures, state } });
      return told(of.feed({ kind: 'clock' }));
    };
    expect(margin('normal')).toEqual([]);
    expect(margin('call')).toEqual(['* REDUCING margin_call']);
    expect(margin('losscut')).toEqual([]);
    const again = new Bench(bench.config, bench.executor.snapshot());
    again.now = bench.now;
    again.feed({ kind: 'clock' });
    expect(Object.keys(again.executor.books().halts)).toEqual(['*']);
    expect(statuses(bench.signal('enter_long', { id: 'more', strategy: 'other' }))).toEqual(['denied:halted']);
    submitOf(bench.signal('exit'));
    expect(margin('normal')).toEqual(['* ACTIVE']);
  });

  it('requests that fail begin one, and a minute without ends it', () => {
    const bench = limited({ maxExchangeErrors: 2 });
    for (const message of ['time-out', 'time-out again']) {
      const id = submitOf(bench.wait(1).signal('enter_long'));
      bench.feed({ kind: 'submitting', clientOrderId: id });
      bench.feed({ kind: 'refused', clientOrderId: id, code: 'ERR-1', message });
    }
    expect(told(bench.feed({ kind: 'clock' }))).toEqual(['* REDUCING exchange_errors']);
    bench.quote();
    expect(statuses(bench.wait(1).signal('enter_long'))).toEqual(['denied:halted']);
    expect(told(bench.wait(61_000).feed({ kind: 'clock' }))).toContain('* ACTIVE');
  });

  it('does not count what is refused in maintenance', () => {
    const bench = limited({ maxExchangeErrors: 1 });
    const id = submitOf(bench.signal('enter_long'));
    bench.feed({ kind: 'submitting', clientOrderId: id });
    const error = 'EXCHANGE_MAINTENANCE';
    bench.feed({ kind: 'refused', clientOrderId: id, code: 'ERR-5201', message: 'maintenance', error });
    expect(told(bench.feed({ kind: 'clock' }))).toEqual([]);
  });

  it('books that differ begin one, and books that agree end it', () => {
    const bench = limited();
    for (let i = 0; i < 2; i++) bench.wait(1_000).sweep({ positions: [positionOf('p9')] });
    bench.quote();
    expect(told(bench.feed({ kind: 'clock' }))).toEqual(['BTC_JPY REDUCING difference']);
    bench.wait(1_000).sweep();
    expect(told(bench.feed({ kind: 'clock' }))).toEqual(['BTC_JPY ACTIVE']);
  });
});

describe('losses', () => {
  it('of a day stop openings until the next, whatever equity does in between', () => {
    const bench = limited({ maxDailyLoss: d('1000') });
    bench.enter();
    expect(told(quote(bench, 5_900_001))).toEqual([]);
    expect(told(quote(bench, 5_900_000))).toEqual(['* REDUCING daily_loss']);
    quote(bench, 6_100_000);
    expect(statuses(bench.wait(1).signal('enter_short'))).toEqual(['denied:daily_loss']);
    bench.wait(86_400_000);
    expect(told(bench.feed({ kind: 'clock' }))).toContain('* ACTIVE');
  });

  it('of a day are measured anew after resume', () => {
    const bench = limited({ maxDailyLoss: d('1000') });
    bench.enter();
    quote(bench, 5_900_000);
    expect(told(control(bench, 'resume'))).toEqual(['* ACTIVE']);
    expect(told(quote(bench, 5_850_000))).toEqual([]);
    expect(told(quote(bench, 5_800_000))).toEqual(['* REDUCING daily_loss']);
  });

  it('in a row stop a symbol until resumed, and let its exit pass', () => {
    const bench = limited({ maxLosingStreak: 2 });
    bench.enter('1', 'p1');
    expect(told(exit(bench, '2', 'p1', '5990000'))).toEqual([]);
    bench.wait(1).enter('3', 'p3');
    expect(told(exit(bench, '4', 'p3', '5990000'))).toEqual(['BTC_JPY REDUCING losing_streak']);
    expect(statuses(bench.wait(1).signal('enter_long'))).toEqual(['denied:losing_streak']);
    control(bench, 'resume', 'BTC_JPY');
    submitOf(bench.wait(1).signal('enter_long'));
  });

  it('in a row are forgiven by resume where the limit became smaller at a restart', () => {
    const before = limited({ maxLosingStreak: 5 });
    before.enter('1', 'p1');
    exit(before, '2', 'p1', '5990000');
    const { limits: _limits, ...config } = before.config;
    const bench = new Bench(
      { ...config, limits: { maxLosingStreak: 1 } },
      JSON.parse(JSON.stringify(before.executor.snapshot())),
    );
    bench.now = before.now + 1_000;
    bench.ready();
    expect(statuses(bench.signal('enter_long'))).toEqual(['denied:losing_streak']);
    control(bench, 'resume', 'BTC_JPY');
    submitOf(bench.wait(1).signal('enter_long'));
  });

  it('let a symbol rest for a while', () => {
    const bench = limited({ lossCooldownMs: 60_000 });
    bench.enter('1', 'p1');
    exit(bench, '2', 'p1', '5990000');
    bench.wait(59_000).quote();
    expect(statuses(bench.signal('enter_long'))).toEqual(['denied:cooldown']);
    bench.wait(2_000).quote();
    submitOf(bench.signal('enter_long'));
  });
});

describe('a key that may not close', () => {
  it('halts the account with a sentence that says what to do', () => {
    const bench = limited();
    bench.enter();
    const id = submitOf(bench.signal('exit'));
    bench.feed({ kind: 'submitting', clientOrderId: id });
    const refusal = { code: 'ERR-5012', message: 'no permission', error: 'EXCHANGE_AUTH' } as const;
    const step = bench.feed({ kind: 'refused', clientOrderId: id, ...refusal });
    expect(told(step)).toEqual(['* HALTED key_refused']);
    expect(step.notices).toContainEqual(
      expect.objectContaining({ kind: 'halted', reason: expect.stringContaining('permissions to open and to close') }),
    );
    expect(statuses(bench.wait(1).signal('enter_short'))).toEqual(['denied:halted']);
  });
});

describe('flatten', () => {
  it('cancels what works, closes every lot by an order of its own, and says when it is done', () => {
    const bench = limited();
    bench.enter('1', 'p1');
    const begun = control(bench, 'flatten', '*', 'f1');
    expect(begun.states).toMatchObject([{ data: { state: 'HALTED', control_id: 'f1', flatten: 'closing' } }]);
    const order = begun.events.find((event) => event.type === 'order');
    expect(order).toMatchObject({ data: { purpose: 'flatten', effect: 'close', signal_id: 'f1:BTC_JPY' } });
    expect(begun.verdicts).toMatchObject([{ signalId: 'f1:BTC_JPY', approved: true }]);
    bench.send(begun, '9');
    const fill = fillOf('e9', '9', { effect: 'close', side: 'sell', positionId: 'p1', ts: bench.now });
    const done = bench.feed({ kind: 'fill_update', fill });
    expect(done.states).toMatchObject([{ data: { state: 'HALTED', control_id: 'f1', flatten: 'done' } }]);
    expect(bench.executor.books().lots).toEqual([]);
    expect(statuses(bench.wait(1).signal('enter_long'))).toEqual(['denied:halted']);
  });

  it('is done at once with nothing open', () => {
    expect(control(limited(), 'flatten').states).toMatchObject([{ data: { flatten: 'done' } }]);
  });

  it('sells what is held of a spot symbol and can be sold', () => {
    const bench = limited({}, { instruments: [BTC] });
    bench.send(bench.signal('enter_long', { symbol: 'BTC' }), '1');
    const bought = { symbol: 'BTC', positionId: '', ts: bench.now };
    bench.feed({ kind: 'fill_update', fill: fillOf('e1', '1', bought) });
    const step = control(bench.wait(1), 'flatten', 'BTC');
    expect(step.actions).toContainEqual(
      expect.objectContaining({ kind: 'submit', order: expect.objectContaining({ side: 'sell', purpose: 'flatten' }) }),
    );
  });

  it('asks in rounds, waits between them, and gives up with an alarm', () => {
    const bench = limited();
    bench.enter();
    let step = control(bench, 'flatten', '*', 'f1');
    for (let round = 0; round < 5; round++) {
      const id = submitOf(step);
      bench.feed({ kind: 'submitting', clientOrderId: id });
      const soon = bench.feed({ kind: 'refused', clientOrderId: id, code: 'ERR-1', message: 'no' });
      expect(soon.actions.filter(({ kind }) => kind === 'submit')).toEqual([]);
      step = bench.wait(2_000).quote();
    }
    expect(step.notices).toMatchObject([{ kind: 'alarm', message: expect.stringContaining('by hand') }]);
    expect(step.states).toMatchObject([{ data: { flatten: 'gave_up', control_id: 'f1' } }]);
  });

  it('goes on after a restart, and waits until the books agree', () => {
    const bench = limited();
    bench.enter();
    const first = control(bench, 'flatten', '*', 'f1');
    submitOf(first);
    const again = new Bench(bench.config, bench.executor.snapshot());
    again.now = bench.now;
    again.feed({ kind: 'clock' });
    again.quote();
    const swept = again.sweep({ positions: [positionOf('p1')] });
    submitOf(swept);
  });
});

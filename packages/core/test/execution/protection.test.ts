import type { ExecutorConfig, ExecutorStep, OrderTerms, Protect } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { Bench, BTC, BTC_JPY, configOf, d, fillOf, orderOf, tickerOf } from './bench.js';

const STOP: Protect = { stop_loss: { distance: 100_000 } };
const BOTH: Protect = { ...STOP, take_profit: { distance: 200_000 } };
const TRAIL: Protect = { trail: { distance: 100_000 } };
const NO_STOPS = { BTC_JPY: [], BTC: [] };

function benchOf(protect: Protect, changes: Partial<ExecutorConfig> = {}): Bench {
  return new Bench(configOf({ instruments: [BTC_JPY], protect, ...changes })).ready();
}

const submits = (step: ExecutorStep): readonly OrderTerms[] =>
  step.actions.flatMap((action) => (action.kind === 'submit' ? [action.order] : []));
const cancels = (step: ExecutorStep) =>
  step.actions.flatMap((action) => (action.kind === 'cancel' ? [action.exchangeOrderId] : []));
const amends = (step: ExecutorStep) =>
  step.actions.flatMap((action) => (action.kind === 'amend' ? [String(action.change.triggerPrice)] : []));
const lots = (bench: Bench) => bench.executor.books().lots.map((lot) => ({ ...lot, openedTs: bench.now }));

/** Enters long 0.01 at 6 000 000 in one lot, and lets the stop that follows be taken as order 's'. */
function entered(bench: Bench, protect?: Protect): OrderTerms {
  bench.send(bench.signal('enter_long', protect === undefined ? {} : { protect }), '1');
  const filled = bench.feed({ kind: 'fill_update', fill: fillOf('e1', '1', { ts: bench.now }) });
  const [stop] = submits(filled);
  if (stop === undefined) throw new Error(`No protective order in ${JSON.stringify(filled.actions)}.`);
  bench.send(filled, 's');
  return stop;
}

const SHOWN = { side: 'sell', effect: 'close', type: 'stop', triggerPrice: d('5900000') } as const;

/** The exchange cancels the stop, with what it had filled by then; then a sweep shows nothing more. */
function stopCanceled(bench: Bench, stop: OrderTerms, id = 's'): ExecutorStep {
  bench.feed({ kind: 'cancel_answered', clientOrderId: stop.clientOrderId, outcome: 'accepted' });
  bench.feed({ kind: 'order_update', order: orderOf(id, { ...SHOWN, state: 'canceled', reason: 'USER' }) });
  bench.wait(10);
  const swept = bench.sweep({ positions: lots(bench) });
  bench.wait(1);
  return swept;
}

const closing = (id: string, order: string, size = '0.01') =>
  fillOf(id, order, { side: 'sell', effect: 'close', size: d(size), price: d('5900000'), positionId: 'p1' });

const status = (bench: Bench, state: 'maintenance' | 'preopen' | 'open'): ExecutorStep =>
  bench.feed({
    kind: 'status',
    event: { type: 'status', exchange: 'gmo', symbol: '*', ts: bench.now, data: { state } },
  });

describe('a stop-loss', () => {
  it('rests at the exchange for what the entry filled, on its lot', () => {
    const stop = entered(benchOf(STOP));
    expect(stop).toMatchObject({ type: 'stop', timeInForce: 'ioc', purpose: 'stop_loss', effect: 'close' });
    expect([stop.side, stop.positionId, String(stop.size), String(stop.triggerPrice)]).toEqual([
      ...['sell', 'p1', '0.01', '5900000'],
    ]);
  });

  it('is what the signal asks for before what the settings say', () => {
    const stop = entered(benchOf(STOP), { stop_loss: { percent: 1 } });
    expect(String(stop.triggerPrice)).toBe('5940000');
  });

  it('covers every part of an entry that fills in parts', () => {
    const bench = benchOf(STOP);
    bench.send(bench.signal('enter_long'), '1');
    const first = bench.feed({ kind: 'fill_update', fill: fillOf('e1', '1', { size: d('0.004'), ts: bench.now }) });
    expect(submits(first).map(({ size }) => String(size))).toEqual(['0.004']);
    bench.send(first, 's1');
    const more = fillOf('e2', '1', { size: d('0.006'), ts: bench.now });
    const second = bench.feed({ kind: 'fill_update', fill: more });
    expect(submits(second).map(({ size, leg }) => [String(size), leg])).toEqual([['0.006', 1000]]);
  });

  it('that fires tells the strategy that it is flat', () => {
    const bench = benchOf(STOP);
    entered(bench);
    const fired = bench.feed({ kind: 'fill_update', fill: closing('e2', 's') });
    expect(fired.events[0]).toMatchObject({ data: { status: 'FILLED', purpose: 'stop_loss', flat: true } });
    bench.wait(10);
    expect(bench.sweep().actions).toEqual([]);
    expect(bench.executor.snapshot()).toMatchObject({ guards: {} });
  });

  it('survives a restart, and is not placed twice', () => {
    const bench = benchOf(STOP);
    const stop = entered(bench);
    const after = new Bench(bench.config, JSON.parse(JSON.stringify(bench.executor.snapshot())));
    after.now = bench.now + 5_000;
    after.quote();
    const shown = orderOf('s', SHOWN);
    const swept = after.sweep({ openOrders: [shown], positions: lots(bench) });
    expect([...submits(swept), ...submits(after.feed({ kind: 'clock' }))]).toEqual([]);
    after.wait(10);
    expect(cancels(after.signal('exit'))).toEqual(['s']);
    expect(submits(stopCanceled(after, stop))).toMatchObject([{ purpose: 'exit', type: 'market', positionId: 'p1' }]);
  });

  it('gives way to an exit, which closes once the cancel is certain', () => {
    const bench = benchOf(STOP);
    const stop = entered(bench);
    const exit = bench.signal('exit');
    expect([cancels(exit), exit.verdicts, submits(exit)]).toEqual([['s'], [], []]);
    const gone = stopCanceled(bench, stop);
    expect(gone.verdicts).toMatchObject([{ approved: true }]);
    expect(submits(gone)).toMatchObject([{ purpose: 'exit', positionId: 'p1', side: 'sell' }]);
    bench.send(gone, '2');
    const closed = bench.feed({ kind: 'fill_update', fill: closing('e2', '2') });
    expect([closed.events[0]?.data, submits(closed)]).toMatchObject([{ status: 'FILLED' }, []]);
    expect(closed.events[0]).not.toHaveProperty('data.flat');
  });

  it('stays where it is when the signal that would take it away is denied', () => {
    const bench = benchOf(STOP, { limits: { maxOrdersPerMinute: 1 } });
    entered(bench);
    bench.wait(1_000);
    bench.quote();
    const denied = bench.signal('enter_short');
    expect([cancels(denied), denied.verdicts]).toMatchObject([[], [{ approved: false, code: 'order_rate' }]]);
  });

  it('stays while an operator has halted the account, which denies the exit too', () => {
    const bench = benchOf(STOP);
    entered(bench);
    const halt = { action: 'halt', reason: 'holiday', id: 'h1' } as const;
    bench.feed({
      kind: 'control',
      event: { type: 'control', exchange: 'gmo', symbol: '*', ts: bench.now, ...halt },
    });
    bench.wait(1_000);
    bench.quote();
    const denied = bench.signal('exit');
    expect([cancels(denied), denied.verdicts]).toMatchObject([[], [{ approved: false, code: 'halted' }]]);
  });

  it('gives way to a reversal that only its own order stands against', () => {
    const bench = benchOf(STOP, { limits: { maxOpenOrders: 2 } });
    const stop = entered(bench);
    expect(cancels(bench.signal('enter_short'))).toEqual(['s']);
    expect(submits(stopCanceled(bench, stop))).toMatchObject([{ purpose: 'exit' }]);
  });

  it('that fired while an exit wanted it gone leaves nothing to close, and that is no denial', () => {
    const bench = benchOf(STOP);
    const stop = entered(bench);
    bench.signal('exit');
    bench.feed({ kind: 'cancel_answered', clientOrderId: stop.clientOrderId, outcome: 'accepted' });
    const fired = bench.feed({ kind: 'fill_update', fill: closing('e2', 's') });
    expect(fired.verdicts).toMatchObject([{ approved: true }]);
    expect([submits(fired), fired.events.filter(({ type }) => type === 'denial')]).toEqual([[], []]);
  });

  it('comes back when the exit that it gave way to fails', () => {
    const bench = benchOf(STOP);
    const stop = entered(bench);
    bench.signal('exit');
    const gone = stopCanceled(bench, stop);
    const [exit] = submits(gone);
    const clientOrderId = exit?.clientOrderId ?? '';
    bench.feed({ kind: 'submitting', clientOrderId });
    const refused = bench.feed({ kind: 'refused', clientOrderId, code: 'ERR-5201', message: 'maintenance' });
    expect(submits(refused)).toMatchObject([{ purpose: 'stop_loss', type: 'stop', positionId: 'p1' }]);
    expect(submits(refused)[0]?.clientOrderId).not.toBe(stop.clientOrderId);
  });

  it('that is refused because the price has gone through it is followed by the close at once', () => {
    const bench = benchOf(STOP);
    bench.send(bench.signal('enter_long'), '1');
    const filled = bench.feed({ kind: 'fill_update', fill: fillOf('e1', '1', { ts: bench.now }) });
    const clientOrderId = submits(filled)[0]?.clientOrderId ?? '';
    bench.feed({ kind: 'submitting', clientOrderId });
    bench.wait(10).quote('BTC_JPY', 5_800_000);
    const refused = bench.feed({ kind: 'refused', clientOrderId, code: 'ERR-5126', message: 'price' });
    expect(submits(refused)).toMatchObject([{ purpose: 'stop_loss', type: 'market', positionId: 'p1' }]);
    expect(refused.states).toMatchObject([{ symbol: 'BTC_JPY', data: { state: 'REDUCING' } }]);
  });

  it('that the exchange ends time and again is placed with pauses, and told', () => {
    const bench = benchOf(STOP);
    entered(bench);
    const ended = bench.feed({ kind: 'order_update', order: orderOf('s', { ...SHOWN, state: 'expired' }) });
    expect(ended.notices).toMatchObject([{ kind: 'alarm', symbol: 'BTC_JPY' }]);
    expect(submits(ended)).toEqual([]);
    bench.wait(999);
    expect(submits(bench.feed({ kind: 'clock' }))).toEqual([]);
    bench.wait(1);
    expect(submits(bench.feed({ kind: 'clock' }))).toMatchObject([{ purpose: 'stop_loss', type: 'stop' }]);
  });

  it('whose move is refused is not asked to move again without a pause', () => {
    const bench = benchOf(TRAIL);
    const { clientOrderId } = entered(bench);
    bench.wait(1_000);
    expect(amends(bench.quote('BTC_JPY', 6_050_000))).toEqual(['5950000']);
    bench.wait(10);
    expect(amends(bench.feed({ kind: 'amend_answered', clientOrderId, outcome: 'refused' }))).toEqual([]);
    bench.wait(1_000);
    expect(amends(bench.feed({ kind: 'clock' }))).toEqual(['5950000']);
  });

  it('whose moves are refused time and again is told once, halts openings, and is watched here at the price it should have', () => {
    const bench = benchOf(TRAIL);
    const stop = entered(bench);
    bench.wait(1_000);
    bench.quote('BTC_JPY', 6_050_000);
    const told: string[] = [];
    for (let refusals = 1; refusals <= 4; refusals += 1) {
      const refused = bench.feed({ kind: 'amend_answered', clientOrderId: stop.clientOrderId, outcome: 'refused' });
      told.push(refused.notices.map(({ kind }) => kind).join(' '));
      expect(submits(refused)).toEqual([]);
      bench.wait(refusals < 3 ? 1_000 : 5_000);
      expect(amends(bench.quote('BTC_JPY', 6_050_000))).toEqual(['5950000']);
    }
    expect(told).toEqual(['', '', 'alarm halted', '']);
    // It rests at 5 900 000 and should at 5 950 000, which the market reaches now.
    bench.feed({ kind: 'amend_answered', clientOrderId: stop.clientOrderId, outcome: 'refused' });
    expect(cancels(bench.quote('BTC_JPY', 5_950_000))).toEqual(['s']);
    expect(submits(stopCanceled(bench, stop))).toMatchObject([
      { purpose: 'trailing_stop', type: 'market', positionId: 'p1' },
    ]);
  });

  it('whose moves are taken and not done is told too, and forgiven once one is done', () => {
    const bench = benchOf(TRAIL);
    const { clientOrderId } = entered(bench);
    bench.wait(1_000);
    bench.quote('BTC_JPY', 6_050_000);
    const shownAt = (price: string) => {
      bench.feed({ kind: 'amend_answered', clientOrderId, outcome: 'accepted' });
      bench.wait(1);
      const openOrders = [orderOf('s', { ...SHOWN, triggerPrice: d(price) })];
      const { notices } = bench.sweep({ openOrders, positions: lots(bench) });
      bench.wait(1);
      bench.sweep({ openOrders, positions: lots(bench) });
      bench.wait(6_000).quote('BTC_JPY', 6_050_000);
      return notices.map(({ kind }) => kind).join(' ');
    };
    expect([1, 2, 3, 4].map(() => shownAt('5900000'))).toEqual(['', '', 'alarm halted', '']);
    shownAt('5950000');
    expect(bench.executor.snapshot()).toMatchObject({ guards: { 'BTC_JPY p1': { stuck: false } } });
  });

  it('whose moves are done late has none of them counted as refused', () => {
    const bench = benchOf(TRAIL);
    const { clientOrderId } = entered(bench);
    for (const trigger of [5_950_000, 6_000_000, 6_050_000]) {
      bench.wait(6_000).quote('BTC_JPY', trigger + 100_000);
      bench.feed({ kind: 'amend_answered', clientOrderId, outcome: 'accepted' });
      for (const shown of [trigger - 50_000, trigger]) {
        const openOrders = [orderOf('s', { ...SHOWN, triggerPrice: d(`${shown}`) })];
        const { notices } = bench.wait(10).sweep({ openOrders, positions: lots(bench) });
        expect(notices).toEqual([]);
      }
      expect(bench.executor.snapshot()).toMatchObject({ orders: [{}, { refusals: 0 }] });
    }
  });

  it('is not moved while the exchange is closed', () => {
    const bench = benchOf(TRAIL);
    entered(bench);
    status(bench, 'preopen');
    bench.wait(1_000);
    expect(amends(bench.quote('BTC_JPY', 6_050_000))).toEqual([]);
    expect(amends(status(bench, 'open'))).toEqual(['5950000']);
  });

  it('of a fill that was told when the exchange had closed is placed as soon as it opens, which is no failure', () => {
    const bench = benchOf(STOP);
    bench.send(bench.signal('enter_long'), '1');
    status(bench, 'maintenance');
    const filled = bench.feed({ kind: 'fill_update', fill: fillOf('e1', '1', { ts: bench.now }) });
    bench.wait(1_000);
    expect([...submits(filled), ...submits(bench.feed({ kind: 'clock' }))]).toEqual([]);
    bench.quote();
    expect(submits(status(bench, 'open'))).toMatchObject([{ purpose: 'stop_loss', type: 'stop' }]);
    expect(bench.executor.books().halts).toEqual({});
  });

  it('that the exchange refuses closes nothing, halts openings, alarms, and is tried again', () => {
    const bench = benchOf(STOP);
    bench.send(bench.signal('enter_long'), '1');
    const filled = bench.feed({ kind: 'fill_update', fill: fillOf('e1', '1', { ts: bench.now }) });
    const clientOrderId = submits(filled)[0]?.clientOrderId ?? '';
    bench.feed({ kind: 'submitting', clientOrderId });
    const refused = bench.feed({ kind: 'refused', clientOrderId, code: 'ERR-5126', message: 'price' });
    expect(refused.notices.map(({ kind }) => kind)).toEqual(['alarm', 'halted']);
    expect(submits(refused)).toEqual([]);
    bench.wait(4_000);
    expect(submits(bench.feed({ kind: 'clock' }))).toEqual([]);
    bench.wait(1_000);
    const again = bench.feed({ kind: 'clock' });
    expect(submits(again)).toMatchObject([{ purpose: 'stop_loss', type: 'stop' }]);
    expect(bench.executor.books().halts).toHaveProperty('BTC_JPY');
    expect(String(bench.executor.books().positions[0]?.size)).toBe('0.01');
  });

  it('of which several are refused together is tried again with a pause, and not for ever at once', () => {
    const bench = benchOf(STOP);
    bench.send(bench.signal('enter_long'), '1');
    const [first, ...others] = ['0.004', '0.003', '0.003'].map((size, index) => {
      return bench.feed({ kind: 'fill_update', fill: fillOf(`e${index}`, '1', { size: d(size), ts: bench.now }) });
    });
    expect(others.flatMap(submits)).toEqual([]);
    let refused = 0;
    for (let [stop] = submits(first!); stop !== undefined && refused < 9; refused += 1) {
      const { clientOrderId } = stop;
      bench.feed({ kind: 'submitting', clientOrderId });
      [stop] = submits(bench.feed({ kind: 'refused', clientOrderId, code: 'ERR-1', message: 'No.' }));
    }
    expect(refused).toBe(3);
    const again = bench.wait(5_000).feed({ kind: 'clock' });
    expect(submits(again).map(({ size }) => String(size))).toEqual(['0.01']);
  });

  it('is closed at the market when the price has gone through it already', () => {
    const bench = benchOf(STOP);
    bench.send(bench.signal('enter_long'), '1');
    bench.quote('BTC_JPY', 5_890_000);
    const filled = bench.feed({ kind: 'fill_update', fill: fillOf('e1', '1', { ts: bench.now }) });
    expect(submits(filled)).toMatchObject([{ purpose: 'stop_loss', type: 'market', positionId: 'p1' }]);
  });
});

describe('an entry whose protection is on the wrong side', () => {
  it.each([
    ['a stop above a long', 'enter_long', { stop_loss: { price: 6_100_000 } }],
    ['a target below a long', 'enter_long', { take_profit: { price: 5_900_000 } }],
    ['a stop below a short', 'enter_short', { stop_loss: { price: 5_900_000 } }],
    ['a stop further away than the price is', 'enter_long', { trail: { percent: 100 } }],
  ] as const)('(%s) is denied', (_, action, protect) => {
    const step = benchOf({}).signal(action, { protect });
    expect(submits(step)).toEqual([]);
    expect(step.verdicts).toMatchObject([{ approved: false, code: 'protection', inputs: { protection: {} } }]);
  });
});

describe('a stop and a target on one lot', () => {
  it('have the stop rest and the target watched: touched, the stop goes first and the position after it', () => {
    const bench = benchOf(BOTH);
    const stop = entered(bench);
    expect(cancels(bench.quote('BTC_JPY', 6_199_999))).toEqual([]);
    const touched = bench.quote('BTC_JPY', 6_200_000);
    expect([cancels(touched), submits(touched)]).toEqual([['s'], []]);
    // It was touched: that the price comes back changes nothing.
    bench.quote('BTC_JPY', 6_100_000);
    const gone = stopCanceled(bench, stop);
    expect(submits(gone)).toMatchObject([{ purpose: 'take_profit', type: 'market', positionId: 'p1' }]);
    bench.send(gone, 't');
    const closed = bench.feed({ kind: 'fill_update', fill: closing('e2', 't') });
    expect(closed.events[0]).toMatchObject({ data: { purpose: 'take_profit', flat: true } });
    expect(submits(closed)).toEqual([]);
  });

  it('are not both filled when the stop fires while it is canceled', () => {
    const bench = benchOf(BOTH);
    const stop = entered(bench);
    bench.quote('BTC_JPY', 6_200_000);
    bench.feed({ kind: 'cancel_answered', clientOrderId: stop.clientOrderId, outcome: 'accepted' });
    const fired = bench.feed({ kind: 'fill_update', fill: closing('e2', 's') });
    bench.wait(10);
    expect([...submits(fired), ...submits(bench.sweep()), ...submits(bench.feed({ kind: 'clock' }))]).toEqual([]);
  });
});

it('an exit of two lots waits until neither is protected any more, and does not protect the first one again meanwhile', () => {
  const bench = benchOf(STOP);
  bench.send(bench.signal('enter_long'), '1');
  const first = bench.feed({ kind: 'fill_update', fill: fillOf('e1', '1', { size: d('0.004'), ts: bench.now }) });
  const [one] = submits(first);
  bench.send(first, 's');
  const rest = fillOf('e2', '1', { size: d('0.006'), positionId: 'p2', ts: bench.now });
  const second = bench.feed({ kind: 'fill_update', fill: rest });
  const [two] = submits(second);
  bench.send(second, 's2');
  expect([one?.positionId, two?.positionId]).toEqual(['p1', 'p2']);
  expect(cancels(bench.signal('exit'))).toEqual(['s', 's2']);
  expect(submits(stopCanceled(bench, one as OrderTerms))).toEqual([]);
  const gone = stopCanceled(bench, two as OrderTerms, 's2');
  expect(submits(gone)).toMatchObject([{ purpose: 'exit', positionId: 'p1' }]);
});

it('a target alone rests at the exchange as a limit order', () => {
  const target = entered(benchOf({ take_profit: { percent: 2 } }));
  expect(target).toMatchObject({ type: 'limit', timeInForce: 'gtc', purpose: 'take_profit' });
  expect(String(target.price)).toBe('6120000');
});

describe('a trailing stop', () => {
  it('follows the best price by amends, and never back', () => {
    const bench = benchOf(TRAIL);
    const stop = entered(bench);
    expect([stop.purpose, String(stop.triggerPrice)]).toEqual(['trailing_stop', '5900000']);
    expect(amends(bench.quote('BTC_JPY', 6_004_000))).toEqual([]);
    expect(amends(bench.quote('BTC_JPY', 6_050_000))).toEqual(['5950000']);
    const answered = { kind: 'amend_answered', clientOrderId: stop.clientOrderId, outcome: 'accepted' } as const;
    expect(bench.feed(answered).events[0]).toMatchObject({ data: { trigger_price: '5950000' } });
    expect(amends(bench.quote('BTC_JPY', 5_960_000))).toEqual([]);
    // One change at a time: the next leaves when the one before is answered.
    expect(amends(bench.quote('BTC_JPY', 6_100_000))).toEqual(['6000000']);
    expect(amends(bench.quote('BTC_JPY', 6_150_000))).toEqual([]);
    expect(amends(bench.feed(answered))).toEqual(['6050000']);
  });

  it('is watched here where the exchange takes no stops, across a restart', () => {
    const bench = benchOf(TRAIL, { orderKinds: NO_STOPS });
    bench.send(bench.signal('enter_long'), '1');
    expect(submits(bench.feed({ kind: 'fill_update', fill: fillOf('e1', '1', { ts: bench.now }) }))).toEqual([]);
    bench.quote('BTC_JPY', 6_100_000);
    const after = new Bench(bench.config, JSON.parse(JSON.stringify(bench.executor.snapshot())));
    after.now = bench.now + 100;
    after.sweep({ positions: lots(bench) });
    expect(submits(after.quote('BTC_JPY', 6_000_001))).toEqual([]);
    expect(submits(after.quote('BTC_JPY', 6_000_000))).toMatchObject([{ purpose: 'trailing_stop', type: 'market' }]);
  });
});

it('coins on spot are protected as one position of their strategy', () => {
  const bench = new Bench(configOf({ instruments: [BTC], protect: STOP })).ready();
  bench.send(bench.signal('enter_long', { symbol: 'BTC' }), '1');
  const { positionId: _, ...fill } = fillOf('e1', '1', { symbol: 'BTC', ts: bench.now });
  const filled = bench.feed({ kind: 'fill_update', fill });
  expect(submits(filled)).toMatchObject([{ symbol: 'BTC', side: 'sell', type: 'stop', purpose: 'stop_loss' }]);
  expect(submits(filled)[0]?.positionId).toBeUndefined();
});

it('a reversal clears the stop, closes, opens, and protects the new side', () => {
  const bench = benchOf(STOP);
  const stop = entered(bench);
  expect(cancels(bench.signal('enter_short'))).toEqual(['s']);
  const gone = stopCanceled(bench, stop);
  expect(submits(gone)).toMatchObject([{ purpose: 'exit' }]);
  bench.send(gone, '2');
  const closed = bench.feed({ kind: 'fill_update', fill: closing('e2', '2') });
  expect(submits(closed)).toMatchObject([{ purpose: 'entry', side: 'sell' }]);
  bench.send(closed, '3');
  const opened = fillOf('e3', '3', { side: 'sell', positionId: 'p2', ts: bench.now });
  const filled = bench.feed({ kind: 'fill_update', fill: opened });
  expect(submits(filled)).toMatchObject([{ purpose: 'stop_loss', side: 'buy', positionId: 'p2' }]);
  expect(String(submits(filled)[0]?.triggerPrice)).toBe('6100000');
  const ticker = tickerOf('BTC_JPY', 6_099_999, bench.now);
  expect(submits(bench.feed({ kind: 'quote', event: ticker }))).toEqual([]);
});

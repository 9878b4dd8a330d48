import type { ExecutorConfig, ExecutorStep, OrderTerms } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { Bench, BTC_JPY, configOf, d, fillOf, orderOf, statuses, submitOf, tickerOf } from '../bench.js';

const LIMIT = { kind: 'limit', timeoutMs: 2_000, reprices: 2, lastly: 'market' } as const;
const MARKET = { kind: 'market' } as const;

const KINDS = (amend: boolean) =>
  (['open', 'close'] as const).flatMap((effect) => [
    { type: 'market', timeInForce: 'ioc', effect, amend: false } as const,
    { type: 'limit', timeInForce: 'gtc', effect, amend } as const,
    { type: 'limit', timeInForce: 'post_only', effect, amend } as const,
  ]);

function benchOf(changes: Partial<ExecutorConfig> = {}, amend = true): Bench {
  const only = { instruments: [BTC_JPY], orderKinds: { BTC_JPY: KINDS(amend) } };
  return new Bench(configOf({ ...only, orderPolicy: { entry: LIMIT, exit: MARKET }, ...changes })).ready();
}

/** A quote with a spread of 100 around the price. */
function quote(bench: Bench, price: number): ExecutorStep {
  const event = tickerOf('BTC_JPY', price, bench.now);
  return bench.feed({ kind: 'quote', event: { ...event, data: { ...event.data, bid: price - 50, ask: price + 50 } } });
}

const clock = (bench: Bench): ExecutorStep => bench.feed({ kind: 'clock' });
const termsOf = (step: ExecutorStep): OrderTerms => {
  const submit = step.actions.find((action) => action.kind === 'submit');
  if (submit?.kind !== 'submit') throw new Error(`No submit in ${JSON.stringify(step.actions)}.`);
  return submit.order;
};
const amends = (step: ExecutorStep) =>
  step.actions.flatMap((action) => (action.kind === 'amend' ? [action.change.price?.toString()] : []));
const cancels = (step: ExecutorStep) =>
  step.actions.flatMap((action) => (action.kind === 'cancel' ? [action.exchangeOrderId] : []));

/** The exchange cancels what was asked, after a part was filled; then a sweep proves that nothing is left of it. */
function canceled(bench: Bench, id: string, exchangeOrderId: string, filled = '0'): ExecutorStep {
  bench.feed({ kind: 'cancel_answered', clientOrderId: id, outcome: 'accepted' });
  const order = {
    type: 'limit',
    timeInForce: 'gtc',
    state: 'canceled',
    filledSize: d(filled),
    reason: 'USER',
  } as const;
  bench.feed({ kind: 'order_update', order: orderOf(exchangeOrderId, order) });
  bench.wait(10);
  const positions = bench.executor.books().lots.map((lot) => ({ ...lot, openedTs: bench.now }));
  return bench.sweep({ positions });
}

describe('limit at the touch', () => {
  it('rests at the best price of its own side', () => {
    const bench = benchOf();
    quote(bench, 6_000_000);
    const terms = termsOf(bench.signal('enter_long'));
    expect(terms).toMatchObject({ type: 'limit', timeInForce: 'gtc', purpose: 'entry' });
    expect(String(terms.price)).toBe('5999950');
    const short = benchOf();
    quote(short, 6_000_000);
    expect(String(termsOf(short.signal('enter_short')).price)).toBe('6000050');
  });

  it('is moved to the touch by amends, so many times, and then takes the rest', () => {
    const bench = benchOf();
    quote(bench, 6_000_000);
    const id = bench.send(bench.signal('enter_long'), '1');
    bench.wait(1_900);
    quote(bench, 6_000_300);
    expect(amends(clock(bench))).toEqual([]);
    bench.wait(100);
    expect(amends(clock(bench))).toEqual(['6000250']);
    expect(amends(clock(bench))).toEqual([]);
    const answered = bench.feed({ kind: 'amend_answered', clientOrderId: id, outcome: 'accepted' });
    expect(answered.events[0]).toMatchObject({ data: { status: 'NEW', request: 'none', price: '6000250' } });
    // It stands first already: the second time-out leaves it there.
    bench.wait(2_000);
    quote(bench, 6_000_300);
    expect(amends(clock(bench))).toEqual([]);

    bench.wait(2_000);
    quote(bench, 6_000_400);
    const fill = fillOf('e1', '1', { size: d('0.004'), ts: bench.now });
    bench.feed({ kind: 'fill_update', fill });
    expect(cancels(clock(bench))).toEqual(['1']);
    const rest = canceled(bench, id, '1', '0.004');
    const terms = termsOf(rest);
    expect(terms).toMatchObject({ type: 'market', timeInForce: 'ioc', leg: 0 });
    expect(terms.price).toBeUndefined();
    expect(String(terms.size)).toBe('0.006');
    expect(terms.clientOrderId).not.toBe(id);
  });

  it('names the order that takes its place when it is canceled', () => {
    const bench = benchOf({}, false);
    quote(bench, 6_000_000);
    const id = bench.send(bench.signal('enter_long'), '1');
    bench.wait(2_000);
    quote(bench, 6_000_300);
    expect(cancels(clock(bench))).toEqual(['1']);
    bench.feed({ kind: 'cancel_answered', clientOrderId: id, outcome: 'accepted' });
    const end = bench.feed({
      kind: 'order_update',
      order: orderOf('1', { type: 'limit', timeInForce: 'gtc', state: 'canceled', reason: 'USER' }),
    });
    expect(statuses(end)).toEqual(['CANCELED']);
    const { replaced_by } = (end.events[0] as { data: { replaced_by?: string } }).data;
    bench.wait(10);
    expect(submitOf(bench.sweep())).toBe(replaced_by);
  });

  describe('that was to be replaced tells that nothing takes its place', () => {
    /** The exchange canceled it after a time-out, and a successor is named; what was filled of it is not known yet. */
    function ending(changes: Partial<ExecutorConfig> = {}): Bench {
      const bench = benchOf(changes, false);
      quote(bench, 6_000_000);
      const id = bench.send(bench.signal('enter_long'), '1');
      bench.wait(2_000);
      quote(bench, 6_000_300);
      clock(bench);
      bench.feed({ kind: 'cancel_answered', clientOrderId: id, outcome: 'accepted' });
      const end = { type: 'limit', timeInForce: 'gtc', state: 'canceled', reason: 'USER' } as const;
      const told = bench.feed({ kind: 'order_update', order: orderOf('1', end) });
      expect(told.events[0]).toHaveProperty('data.replaced_by');
      bench.wait(10);
      return bench;
    }
    const lastOf = (step: ExecutorStep) => step.events.at(-1);
    const filled = (bench: Bench, size: string) =>
      bench.sweep({
        fills: [fillOf('e1', '1', { size: d(size), ts: bench.now })],
        positions: [{ ...lot(size), openedTs: bench.now }],
      });

    it('when a newer signal wants something else', () => {
      const bench = ending();
      const turned = bench.signal('exit');
      expect(lastOf(turned)).toMatchObject({ data: { status: 'CANCELED', reason: expect.stringContaining('newer') } });
      expect(lastOf(turned)).not.toHaveProperty('data.replaced_by');
      expect(turned.orders).toMatchObject([{ status: 'CANCELED', reason: expect.stringContaining('newer') }]);
      expect(bench.sweep().actions.filter(({ kind }) => kind === 'submit')).toEqual([]);
    });

    it.each([
      ['0.006', 'the rest of 0.004 is below the smallest order of 0.005'],
      ['0.01', 'all of it was filled in the end'],
    ])('when %s of it was filled', (size, why) => {
      const bench = ending({ instruments: [{ ...BTC_JPY, minSize: d('0.005') }] });
      const swept = filled(bench, size);
      expect(lastOf(swept)).toMatchObject({ data: { status: 'CANCELED', reason: expect.stringContaining(why) } });
      expect(lastOf(swept)).not.toHaveProperty('data.replaced_by');
      expect(swept.actions.filter(({ kind }) => kind === 'submit')).toEqual([]);
    });
  });

  it.each([
    [1, 0],
    [0, 1],
  ])('is replaced after a look that did not begin before its end was seen (%i ms before: %i)', (before, placed) => {
    const bench = benchOf({}, false);
    quote(bench, 6_000_000);
    const id = bench.send(bench.signal('enter_long'), '1');
    bench.wait(2_000);
    quote(bench, 6_000_300);
    clock(bench);
    bench.feed({ kind: 'cancel_answered', clientOrderId: id, outcome: 'accepted' });
    const begun = bench.at;
    bench.wait(before);
    const end = { type: 'limit', timeInForce: 'gtc', state: 'canceled', reason: 'USER' } as const;
    bench.feed({ kind: 'order_update', order: orderOf('1', end) });
    const look = { symbol: 'BTC_JPY', begun, openOrders: [], fills: [], orders: [], positions: [] };
    const looked = bench.feed({ kind: 'sweep', sweep: look });
    expect(looked.actions.filter(({ kind }) => kind === 'submit')).toHaveLength(placed);
    // It does not wait for the timer then.
    if (placed === 0) expect(looked.actions).toMatchObject([{ kind: 'sweep' }]);
  });

  it('cancels first and places the rest anew where the exchange cannot amend', () => {
    const bench = benchOf({}, false);
    quote(bench, 6_000_000);
    const id = bench.send(bench.signal('enter_long'), '1');
    bench.wait(2_000);
    quote(bench, 6_000_300);
    expect(cancels(clock(bench))).toEqual(['1']);
    expect(clock(bench).actions).toEqual([]);
    const next = canceled(bench, id, '1');
    expect(String(termsOf(next).price)).toBe('6000250');
    expect(termsOf(next)).toMatchObject({ type: 'limit', leg: 0 });
  });

  it('counts a fill that came while it was canceled, once', () => {
    const bench = benchOf({}, false);
    quote(bench, 6_000_000);
    const id = bench.send(bench.signal('enter_long'), '1');
    bench.wait(2_000);
    quote(bench, 6_000_300);
    clock(bench);
    bench.feed({ kind: 'cancel_answered', clientOrderId: id, outcome: 'accepted' });
    const end = { type: 'limit', timeInForce: 'gtc', state: 'canceled', reason: 'USER' } as const;
    const told = bench.feed({ kind: 'order_update', order: orderOf('1', end) });
    // The report knows of no fill; the look that follows it does.
    expect(told.actions.filter(({ kind }) => kind === 'submit')).toEqual([]);
    bench.wait(10);
    const fill = fillOf('e1', '1', { size: d('0.007'), ts: bench.now });
    const next = bench.sweep({ fills: [fill], positions: [{ ...lot('0.007'), openedTs: bench.now }] });
    expect(String(termsOf(next).size)).toBe('0.003');
    const again = bench.feed({ kind: 'fill_update', fill });
    expect(again.fills).toEqual([]);
    expect(String(bench.executor.books().positions[0]?.size)).toBe('0.007');
  });

  it('gives the rest up where it is told to', () => {
    const bench = benchOf({ orderPolicy: { entry: { ...LIMIT, reprices: 0, lastly: 'give_up' }, exit: MARKET } });
    quote(bench, 6_000_000);
    const id = bench.send(bench.signal('enter_long'), '1');
    bench.wait(2_000);
    expect(cancels(clock(bench))).toEqual(['1']);
    const end = canceled(bench, id, '1');
    expect(end.orders).toEqual([]);
    expect(bench.executor.books().openOrders).toEqual([]);
  });

  it('is taken back for a newer signal that wants something else', () => {
    const bench = benchOf();
    quote(bench, 6_000_000);
    const id = bench.send(bench.signal('enter_long'), '1');
    bench.wait(100);
    expect(cancels(bench.signal('exit'))).toEqual(['1']);
    const fill = fillOf('e1', '1', { size: d('0.004'), ts: bench.now });
    bench.feed({ kind: 'fill_update', fill });
    const exit = canceled(bench, id, '1', '0.004');
    expect(termsOf(exit)).toMatchObject({ effect: 'close', purpose: 'exit', type: 'market' });
    expect(String(termsOf(exit).size)).toBe('0.004');
    expect(exit.orders).toHaveLength(1);
  });

  it('goes on after a restart in the middle of an amend', () => {
    const bench = benchOf();
    quote(bench, 6_000_000);
    const id = bench.send(bench.signal('enter_long'), '1');
    bench.wait(2_000);
    quote(bench, 6_000_300);
    expect(amends(clock(bench))).toEqual(['6000250']);
    const after = new Bench(bench.config, JSON.parse(JSON.stringify(bench.executor.snapshot())));
    after.now = bench.now + 1_000;
    // Whether the change left nobody knows, and repeating it is safe.
    expect(amends(clock(after))).toEqual(['6000250']);
    const shown = { type: 'limit', timeInForce: 'gtc', price: d('6000250') } as const;
    const seen = after.feed({ kind: 'order_update', order: orderOf('1', shown) });
    expect(seen.events[0]).toMatchObject({ data: { request: 'none', price: '6000250', client_order_id: id } });
    // A report from before the change is late and moves nothing back.
    const late = after.feed({ kind: 'order_update', order: orderOf('1', { ...shown, price: d('5999950') }) });
    expect(late.events).toEqual([]);
  });

  it('believes the list of the exchange when the change did not come about', () => {
    const bench = benchOf();
    quote(bench, 6_000_000);
    const id = bench.send(bench.signal('enter_long'), '1');
    bench.wait(2_000);
    quote(bench, 6_000_300);
    clock(bench);
    bench.feed({ kind: 'amend_answered', clientOrderId: id, outcome: 'accepted' });
    bench.wait(10);
    const shown = orderOf('1', { type: 'limit', timeInForce: 'gtc', price: d('5999950') });
    const swept = bench.sweep({ openOrders: [shown] });
    expect(swept.events[0]).toMatchObject({ data: { price: '5999950' } });
  });
});

describe('post-only', () => {
  const policy = { orderPolicy: { entry: { ...LIMIT, kind: 'post_only' } as const, exit: MARKET } };

  it('goes to the new touch when it would have taken, and to the market in the end', () => {
    const bench = benchOf(policy);
    quote(bench, 6_000_000);
    let step = bench.signal('enter_long');
    for (const [round, price] of ['5999950', '6000050', '6000150'].entries()) {
      expect(termsOf(step)).toMatchObject({ timeInForce: 'post_only' });
      expect(String(termsOf(step).price)).toBe(price);
      bench.send(step, `${round}`);
      quote(bench, 6_000_100 + round * 100);
      const expired = { type: 'limit', timeInForce: 'post_only', state: 'expired', reason: 'EXPIRED_SOK' } as const;
      step = bench.feed({ kind: 'order_update', order: orderOf(`${round}`, expired) });
    }
    expect(termsOf(step)).toMatchObject({ type: 'market' });
  });
});

it('exits at the market by default, and never gives an exit up', () => {
  const bench = benchOf({
    orderPolicy: { entry: MARKET, exit: { kind: 'limit', timeoutMs: 1_000, reprices: 0, lastly: 'give_up' } },
  });
  bench.enter();
  quote(bench, 6_000_000);
  const id = bench.send(bench.signal('exit'), '2');
  bench.wait(1_000);
  expect(cancels(clock(bench))).toEqual(['2']);
  expect(termsOf(canceled(bench, id, '2'))).toMatchObject({ type: 'market', purpose: 'exit' });
});

function lot(size: string) {
  return { positionId: 'p1', symbol: 'BTC_JPY', side: 'buy' as const, size: d(size), price: d('6000000') };
}

it('closes the rest of a lot that is smaller than the smallest order', () => {
  const instrument = { ...BTC_JPY, minSize: d('0.005') };
  const exit = { ...LIMIT, reprices: 0 };
  const bench = benchOf({ instruments: [instrument], orderPolicy: { entry: MARKET, exit } });
  bench.enter();
  const id = bench.send(bench.signal('exit'), '2');
  const part = { side: 'sell', effect: 'close', size: d('0.006'), ts: bench.now } as const;
  bench.feed({ kind: 'fill_update', fill: fillOf('e2', '2', part) });
  bench.wait(2_000);
  expect(cancels(clock(bench))).toEqual(['2']);
  expect(termsOf(canceled(bench, id, '2', '0.006'))).toMatchObject({
    type: 'market',
    positionId: 'p1',
    purpose: 'exit',
  });
});

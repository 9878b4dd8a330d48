import { decodeEvent, differenceKey, type Executor, type ExecutorStep } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { Bench, BTC_JPY, configOf, d, fillOf, orderOf, positionOf } from './bench.js';

const held = (total: string) => [{ asset: 'JPY', total: d(total), available: d(total) }];
const kinds = ({ actions }: ExecutorStep) => actions.map(({ kind }) => kind);
const verdict = ({ verdicts }: ExecutorStep) => verdicts[0]?.code ?? 'approved';

/** An account whose books were compared once; with `more` of the settings. */
function begun(more: Parameters<typeof configOf>[0] = {}): Bench {
  const bench = new Bench(configOf({ instruments: [BTC_JPY], ...more }));
  bench.balances(held('1000000'));
  return bench.ready();
}

/** The same account, whatever was in it, as the next process finds it. */
function restarted(before: Bench): Bench {
  const bench = new Bench(before.config, JSON.parse(JSON.stringify(before.executor.snapshot())));
  bench.now = before.now + 1_000;
  return bench;
}

/** Lets time pass until the balances are asked for; answers how long it took. */
function untilAsked(bench: Bench, atMostMs: number): number {
  for (let waited = 0; waited <= atMostMs; waited += 250) {
    const step = bench.feed({ kind: 'clock' });
    for (const action of step.actions) if (action.kind === 'sweep') bench.sweep({ symbol: action.symbol });
    if (kinds(step).includes('balances')) return waited;
    bench.wait(250);
  }
  throw new Error(`Nobody asked for the balances within ${atMostMs} ms.`);
}

describe('balances', () => {
  it('are asked for every minute, and at once after the private stream was away', () => {
    const bench = begun();
    expect(untilAsked(bench, 61_000)).toBeGreaterThan(55_000);
    bench.balances(held('1000000'));
    bench.feed({ kind: 'resync' });
    expect(untilAsked(bench, 1_000)).toBeLessThanOrEqual(250);
  });

  it('that nobody answered with are asked for again', () => {
    const bench = begun();
    untilAsked(bench, 61_000);
    expect(untilAsked(bench.wait(250), 11_000)).toBeGreaterThan(5_000);
  });

  it('are waited for at a restart, by entries and exits alike', () => {
    const before = begun();
    before.enter('1', 'p1');
    const bench = restarted(before);
    bench.quote();
    bench.sweep({ positions: [positionOf('p1')] });
    expect(bench.signal('exit').verdicts).toEqual([]);
    const step = bench.balances(held('1000000'));
    expect(step.notices).toContainEqual({ kind: 'reconciled', symbol: '*' });
    expect(verdict(step)).toBe('approved');
  });

  it('that differ deny entries and let exits go', () => {
    const before = begun();
    before.enter('1', 'p1');
    const bench = restarted(before);
    bench.quote();
    bench.sweep({ positions: [positionOf('p1')] });
    bench.signal('exit');
    const steps = [1, 2, 3].map(() => {
      bench.wait(1_000);
      return bench.balances(held('999900'));
    });
    expect(steps.flatMap(({ notices }) => notices)).toEqual([
      {
        kind: 'alarm',
        symbol: '*',
        message:
          'The balances differ from the books. JPY: 1000000 here and 999900 there. Nothing is opened until they agree: see alpha reconcile.',
      },
    ]);
    expect(steps.map(verdict)).toEqual(['approved', 'approved', 'approved']);
    expect(steps[2]?.verdicts).toHaveLength(1);
    const other = bench.quote() && bench.signal('enter_long', { strategy: 'rsi' });
    expect(verdict(other)).toBe('not_reconciled');
    bench.balances(held('1000000'));
    expect(verdict(bench.signal('enter_long', { strategy: 'rsi', id: 'later' }))).toBe('approved');
  });

  it('that cannot be judged while another symbol differs keep no exit waiting', () => {
    const other = { ...BTC_JPY, symbol: 'ETH_JPY', base: 'ETH' };
    const before = begun({ instruments: [BTC_JPY, other] });
    before.enter('1', 'p1');
    const bench = restarted(before);
    bench.balances(held('999900'));
    bench.quote();
    bench.sweep({ positions: [positionOf('p1')] });
    expect(bench.signal('exit').verdicts).toEqual([]);
    const strange = positionOf('x9', { symbol: 'ETH_JPY', openedTs: bench.now });
    const steps = [1, 2].map(() => bench.wait(1_000).sweep({ symbol: 'ETH_JPY', positions: [strange] }));
    expect(steps.map(({ verdicts }) => verdicts.map(({ approved }) => approved))).toEqual([[], [true]]);
    expect(kinds(steps[1] as ExecutorStep)).toContain('submit');
    expect(verdict(bench.signal('enter_long', { strategy: 'rsi' }))).toBe('not_reconciled');
  });

  it('prove nothing when a fill was booked since they were asked for', () => {
    const bench = begun();
    bench.enter('1', 'p1');
    for (const _ of [1, 2, 3, 4, 5]) {
      const asked = bench.at;
      bench.wait(10);
      const id = `e-${bench.now}`;
      bench.feed({ kind: 'fill_update', fill: fillOf(id, '1', { fee: d('1'), size: d('0.00001'), ts: bench.now }) });
      const { notices } = bench.feed({ kind: 'balances', balances: held('5'), begun: asked });
      expect(notices.filter(({ kind }) => kind === 'alarm')).toEqual([]);
    }
  });

  it('of an account that others use too are taken as they are', () => {
    const bench = begun({ exclusive: false });
    const steps = [1, 2, 3].map(() => bench.wait(1_000).balances(held('1000500')));
    expect(steps[2]?.notices).toEqual([
      { kind: 'repaired', symbol: '*', what: '500 JPY that no fill explains are booked as a transfer.' },
    ]);
    expect(bench.balances(held('1000500')).notices).toEqual([]);
    expect(restarted(bench).executor.books().transfers).toEqual([{ asset: 'JPY', size: d('500') }]);
  });

  it('are reckoned with symbols that are not traded any more', () => {
    const before = begun();
    before.enter('1', 'p1');
    const closing = fillOf('e2', '1', {
      side: 'sell',
      effect: 'close',
      fee: d('7'),
      realizedPnl: d('-3'),
      ts: before.now,
    });
    before.feed({ kind: 'fill_update', fill: closing });
    const bench = new Bench(
      configOf({ instruments: [{ ...BTC_JPY, symbol: 'ETH_JPY', base: 'ETH' }] }),
      JSON.parse(JSON.stringify(before.executor.snapshot())),
    );
    bench.now = before.now + 1_000;
    bench.quote('ETH_JPY');
    for (const symbol of ['ETH_JPY', 'BTC_JPY']) bench.sweep({ symbol });
    expect(bench.balances(held('999990')).notices).toContainEqual({ kind: 'reconciled', symbol: '*' });
  });
});

describe('what an operator accepts', () => {
  const accept = (bench: Bench, keys: readonly string[]) =>
    bench.feed({
      kind: 'control',
      event: {
        type: 'control',
        ...{ exchange: 'gmo', symbol: '*', ts: bench.now, id: `c${bench.now}` },
        ...{ action: 'reconcile', reason: 'looked at the exchange', accept: [...keys] },
      },
    });
  const said = (executor: Executor) => executor.books();

  it('is looked at at once', () => {
    const bench = begun();
    expect(kinds(accept(bench, []))).toEqual(['sweep']);
    bench.sweep();
    expect(kinds(bench.feed({ kind: 'clock' }))).toContain('balances');
  });

  it('becomes a transfer, when it is still the same', () => {
    const bench = begun();
    const key = differenceKey({ subject: 'balance', what: 'JPY', ours: '1000000', theirs: '1000100', message: '' });
    accept(bench, [key]);
    bench.balances(held('1000200'));
    expect(said(bench.executor).transfers).toEqual([]);
    bench.balances(held('1000100'));
    expect(said(bench.executor).transfers).toEqual([{ asset: 'JPY', size: d('100') }]);
  });

  it('is nothing any more after a minute', () => {
    const bench = begun();
    const key = differenceKey({ subject: 'balance', what: 'JPY', ours: '1000000', theirs: '1000100', message: '' });
    accept(bench, [key]);
    bench.wait(61_000).balances(held('1000100'));
    expect(said(bench.executor).transfers).toEqual([]);
  });

  it('takes over lots: unknown ones as external, gone ones as closed, others at their size', () => {
    const bench = begun();
    bench.enter('1', 'p1');
    const lot = (ours: string, theirs: string, id: string) =>
      differenceKey({ subject: 'lot', what: `lot ${id}`, ours, theirs, message: '' });
    bench.wait(1);
    accept(bench, [lot('buy 0.01', 'buy 0.004', 'p1'), lot('none', 'sell 0.02', 'p2')]);
    const positions = [positionOf('p1', { size: d('0.004') }), positionOf('p2', { side: 'sell', size: d('0.02') })];
    const step = bench.sweep({ positions });
    expect(said(bench.executor).lots).toMatchObject([
      { positionId: 'p1', strategy: 'ma-cross', size: d('0.004'), price: d('6000000') },
      { positionId: 'p2', strategy: 'external', side: 'sell', size: d('0.02') },
    ]);
    expect(step.positions).toMatchObject([{ strategy: 'ma-cross', size: d('0.004') }]);
    accept(bench, [lot('buy 0.004', 'none', 'p1')]);
    bench.sweep({ positions: positions.slice(1) });
    expect(said(bench.executor).lots.map(({ positionId }) => positionId)).toEqual(['p2']);
  });

  it('ends an order that the exchange shows no more', () => {
    const bench = begun();
    const step = bench.signal('enter_long');
    bench.send(step, '9');
    bench.wait(1);
    const key = differenceKey({ subject: 'order', what: 'order 9', ours: 'NEW', theirs: 'none', message: '' });
    accept(bench, [key]);
    expect(bench.sweep().orders).toMatchObject([{ status: 'CANCELED', exchangeOrderId: '9' }]);
    expect(said(bench.executor).openOrders).toEqual([]);
  });
});

describe('a lot of ours that somebody else closes', () => {
  const close = (bench: Bench) =>
    fillOf('e9', '99', { side: 'sell', effect: 'close', realizedPnl: d('-500'), fee: d('3'), ts: bench.now });
  const closing = (bench: Bench) =>
    orderOf('99', { side: 'sell', effect: 'close', state: 'filled', filledSize: d('0.01'), orderTs: bench.now });

  it('is the exchange by force: booked to its owner and alarmed, and trading goes on', () => {
    const bench = begun();
    bench.enter('1', 'p1');
    const told = bench.feed({ kind: 'fill_update', fill: close(bench) });
    expect(kinds(told)).toEqual(['sweep']);
    const order = { ...closing(bench), forced: true as const, reason: 'POSITION_LOSSCUT' };
    const { events, notices } = bench.sweep({ orders: [order], fills: [close(bench)] });
    expect(events).toEqual([]);
    expect(told.events).toMatchObject([
      {
        id: 'external:e9',
        data: { client_order_id: 'external:99', strategy: 'ma-cross', effect: 'close', side: 'sell', flat: true },
      },
    ]);
    expect(told.events[0]).toMatchObject({ data: { fill: { execution_id: 'e9', size: '0.01', position_id: 'p1' } } });
    expect(() => decodeEvent(JSON.stringify(told.events[0]))).not.toThrow();
    expect(notices).toEqual([
      {
        kind: 'alarm',
        symbol: 'BTC_JPY',
        message:
          'The exchange closes 0.01 BTC_JPY by force (POSITION_LOSSCUT), by its order 99. It is booked to the owners of the lots: look at the margin.',
      },
    ]);
    const books = bench.executor.books();
    expect(books).toMatchObject({ lots: [], halts: {} });
    expect(books.positions).toMatchObject([{ strategy: 'ma-cross', size: d('0'), realizedPnl: d('-500') }]);
  });

  it('in part is told with its fill, and not as the end of the position', () => {
    const bench = begun();
    bench.enter('1', 'p1');
    const part = { ...close(bench), size: d('0.004') };
    const { events } = bench.feed({ kind: 'fill_update', fill: part });
    expect(events).toMatchObject([{ data: { strategy: 'ma-cross', fill: { size: '0.004' } } }]);
    expect(events[0]).not.toHaveProperty('data.flat');
  });

  it('is a person: booked to its owner, and an exclusive account is halted', () => {
    const bench = begun();
    bench.enter('1', 'p1');
    bench.feed({ kind: 'fill_update', fill: close(bench) });
    bench.sweep({ orders: [closing(bench)], fills: [close(bench)] });
    expect(bench.executor.books()).toMatchObject({
      lots: [],
      halts: {
        '*': [
          {
            cause: 'foreign_order',
            reason: expect.stringContaining('Order 99 on BTC_JPY at the exchange is not one of ours.'),
          },
        ],
      },
    });
  });
});

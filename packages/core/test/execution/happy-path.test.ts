import { expect, it } from 'vitest';
import { Bench, BTC_JPY, configOf, d, fillOf, orderOf, positionOf, statuses, submitOf } from './bench.js';

it('asks for a sweep of every symbol first, and trades a symbol only after its sweep agreed', () => {
  const bench = new Bench();
  expect(bench.feed({ kind: 'clock' }).actions).toEqual([
    { kind: 'sweep', symbol: 'BTC_JPY', fillsFrom: bench.now - 60_000, orderIds: [] },
    { kind: 'sweep', symbol: 'BTC', fillsFrom: bench.now - 60_000, orderIds: [] },
  ]);
  bench.quote();
  const early = bench.signal('enter_long');
  expect(early.verdicts).toEqual([]);
  expect(early.actions).toEqual([]);
  const agreed = bench.sweep();
  expect(agreed.notices).toEqual([{ kind: 'reconciled', symbol: 'BTC_JPY' }]);
  expect(agreed.verdicts).toMatchObject([{ approved: true }]);
  submitOf(agreed);
});

it('enters and exits on leverage', () => {
  const bench = new Bench().ready();
  const entry = bench.signal('enter_long');
  expect(statuses(entry)).toEqual(['PENDING']);
  const id = submitOf(entry);
  expect(statuses(bench.feed({ kind: 'submitting', clientOrderId: id }))).toEqual(['SUBMITTED']);
  const accepted = bench.wait(5).feed({ kind: 'accepted', clientOrderId: id, exchangeOrderId: '100' });
  expect(statuses(accepted)).toEqual(['NEW']);

  const part = bench.feed({ kind: 'fill_update', fill: fillOf('e1', '100', { size: d('0.004'), ts: bench.now }) });
  expect(statuses(part)).toEqual(['PARTIALLY_FILLED']);
  const rest = bench.feed({
    kind: 'fill_update',
    fill: fillOf('e2', '100', { size: d('0.006'), price: d('6000010'), positionId: 'p2', ts: bench.now }),
  });
  expect(statuses(rest)).toEqual(['FILLED']);
  expect(rest.events[0]).toMatchObject({
    seq: 5,
    id: `${id}:5`,
    data: { average_price: '6000006', filled_size: '0.01' },
  });
  expect(rest.positions).toMatchObject([{ symbol: 'BTC_JPY', strategy: 'ma-cross' }]);
  expect(rest.positions[0]?.size.toString()).toBe('0.01');

  const exit = bench.wait(1_000).signal('exit');
  expect(
    exit.orders.map(({ terms }) => [terms.leg, terms.side, terms.effect, terms.positionId, `${terms.size}`]),
  ).toEqual([
    [0, 'sell', 'close', 'p1', '0.004'],
    [1, 'sell', 'close', 'p2', '0.006'],
  ]);
  bench.send(exit, '101');
  const close = { side: 'sell', effect: 'close', price: d('6001000') } as const;
  const first = bench.feed({
    kind: 'fill_update',
    fill: fillOf('e3', '101', { ...close, size: d('0.004'), realizedPnl: d('4'), ts: bench.now }),
  });
  expect(first.positions[0]?.realizedPnl.toString()).toBe('4');
  const second = bench.feed({ kind: 'clock' });
  expect(second.actions).toEqual([]);
  expect(bench.executor.books().lots.map(({ positionId }) => positionId)).toEqual(['p2']);
});

it('sends the second close of an exit when the first was answered', () => {
  const bench = new Bench().ready();
  bench.send(bench.signal('enter_long'), '100');
  for (const [index, positionId] of ['p1', 'p2'].entries()) {
    bench.feed({
      kind: 'fill_update',
      fill: fillOf(`e${index}`, '100', { size: d('0.005'), positionId, ts: bench.now }),
    });
  }
  const exit = bench.wait(10).signal('exit');
  const first = submitOf(exit);
  expect(bench.feed({ kind: 'submitting', clientOrderId: first }).actions).toEqual([]);
  const answered = bench.wait(1).feed({ kind: 'accepted', clientOrderId: first, exchangeOrderId: '101' });
  const second = submitOf(answered);
  expect(second).not.toBe(first);
});

it('enters and exits on spot, with average cost and fees', () => {
  const bench = new Bench().ready();
  bench.send(bench.signal('enter_long', { symbol: 'BTC' }), '7');
  const { positionId: _, ...bought } = fillOf('e1', '7', { symbol: 'BTC', fee: d('30'), ts: bench.now });
  bench.feed({ kind: 'fill_update', fill: bought });
  const exit = bench.wait(10).signal('exit', { symbol: 'BTC' });
  expect(exit.orders[0]?.terms).toMatchObject({ side: 'sell', effect: 'close', symbol: 'BTC' });
  bench.send(exit, '8');
  const { positionId: __, ...sold } = fillOf('e2', '8', {
    symbol: 'BTC',
    side: 'sell',
    effect: 'close',
    price: d('6100000'),
    fee: d('31'),
    ts: bench.now,
  });
  bench.feed({ kind: 'fill_update', fill: sold });
  const books = bench.executor.books();
  expect(books.realizedPnl.toString()).toBe('1000');
  expect(books.fees.toString()).toBe('61');
  expect(books.cashChange.toString()).toBe('939');
  expect(books.equity.equity.toString()).toBe('1000939');
  expect(books.openOrders).toEqual([]);
});

it('ends an order the exchange refused, and goes on', () => {
  const bench = new Bench().ready();
  const id = submitOf(bench.signal('enter_long'));
  bench.feed({ kind: 'submitting', clientOrderId: id });
  const refused = bench.feed({ kind: 'refused', clientOrderId: id, code: 'ERR-201', message: 'Margin.' });
  expect(statuses(refused)).toEqual(['REJECTED']);
  expect(refused.orders[0]).toMatchObject({ reason: 'ERR-201: Margin.', request: 'none' });
  submitOf(bench.wait(1).signal('enter_long'));
});

it('binds an unanswered placement to its one match, with its fills', () => {
  const bench = new Bench().ready();
  const id = submitOf(bench.signal('enter_long'));
  bench.feed({ kind: 'submitting', clientOrderId: id });
  const unanswered = bench.wait(5_000).feed({ kind: 'unanswered', clientOrderId: id, message: 'time-out' });
  expect(unanswered.orders[0]).toMatchObject({ status: 'SUBMITTED', request: 'place_in_doubt' });
  expect(unanswered.actions).toMatchObject([{ kind: 'sweep', symbol: 'BTC_JPY' }]);
  const order = orderOf('55', { state: 'filled', filledSize: d('0.01'), orderTs: bench.now - 4_900 });
  const found = bench.wait(10).sweep({
    orders: [order],
    fills: [fillOf('e1', '55', { ts: bench.now - 4_900 })],
    positions: [positionOf('p1')],
  });
  expect(statuses(found)).toEqual(['NEW', 'FILLED']);
  expect(bench.executor.books().lots).toHaveLength(1);
});

it('voids an unanswered placement that two sweeps do not show, the last a horizon after sending', () => {
  const bench = new Bench(configOf({ instruments: [BTC_JPY] })).ready();
  const id = submitOf(bench.signal('enter_long'));
  bench.feed({ kind: 'submitting', clientOrderId: id });
  bench.wait(5_000).feed({ kind: 'unanswered', clientOrderId: id, message: 'time-out' });
  expect(statuses(bench.sweep())).toEqual([]);
  expect(statuses(bench.wait(1_000).sweep())).toEqual([]);
  expect(statuses(bench.wait(53_999).sweep())).toEqual([]);
  expect(bench.wait(1).feed({ kind: 'clock' }).actions).toMatchObject([{ kind: 'sweep' }]);
  const proved = bench.sweep();
  // Its leg is recorded once more, and the gate finds the entry too old by now.
  expect(statuses(proved)).toEqual(['VOID', 'PENDING', 'VOID']);
  expect(proved.orders[1]).toMatchObject({ reason: expect.stringContaining('signal_too_old') });
  // The next order may leave now.
  bench.quote();
  submitOf(bench.signal('enter_long'));
});

it('places the leg of an entry again when the placement is proved to have had no effect and the signal is still young', () => {
  const bench = new Bench(configOf({ instruments: [BTC_JPY], maxSignalAgeMs: 120_000 })).ready();
  const id = submitOf(bench.signal('enter_long'));
  bench.feed({ kind: 'submitting', clientOrderId: id });
  bench.wait(5_000).feed({ kind: 'unanswered', clientOrderId: id, message: 'time-out' });
  bench.sweep();
  bench.wait(55_000).quote();
  const again = bench.sweep();
  expect(statuses(again)).toEqual(['VOID', 'PENDING']);
  const next = submitOf(again);
  expect(next).not.toBe(id);
  expect(again.events).toMatchObject([{ data: { client_order_id: id, status: 'VOID', replaced_by: next } }, {}]);
});

it('gives a leg up when three placements in a row are proved to have had no effect', () => {
  const bench = new Bench(configOf({ instruments: [BTC_JPY], maxSignalAgeMs: 600_000 })).ready();
  let step = bench.signal('enter_long');
  for (let placement = 1; placement <= 3; placement++) {
    const id = submitOf(step);
    bench.feed({ kind: 'submitting', clientOrderId: id });
    bench.feed({ kind: 'unanswered', clientOrderId: id, message: 'time-out' });
    bench.wait(30_000).sweep();
    bench.wait(31_000).quote();
    step = bench.sweep();
  }
  expect(statuses(step)).toEqual(['VOID']);
  expect(step.actions.filter(({ kind }) => kind === 'submit')).toEqual([]);
});

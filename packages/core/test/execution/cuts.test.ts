import {
  type Decimal,
  type ExchangeFill,
  type ExchangeOrder,
  Executor,
  type ExecutorStep,
  type TimedExecutorInput,
} from '@alpha-engine/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seedOf } from '../ledger/seed.js';
import { Bench, configOf, d, fillOf, orderOf, positionOf, submitOf } from './bench.js';

/** A day in short: an entry in two fills, a reversal, an exit on leverage; a round on spot; a refusal; an order in doubt. */
function scenario(): Bench {
  const bench = new Bench(configOf()).ready();
  bench.balances([{ asset: 'JPY', total: d('5000000'), available: d('5000000') }]);
  bench.send(bench.signal('enter_long'), '1');
  bench.feed({ kind: 'fill_update', fill: fillOf('e1', '1', { size: d('0.004'), ts: bench.now }) });
  bench.feed({ kind: 'fill_update', fill: fillOf('e2', '1', { size: d('0.006'), positionId: 'p2', ts: bench.now }) });
  bench.feed({
    kind: 'order_update',
    order: orderOf('1', { state: 'filled', filledSize: d('0.01'), orderTs: bench.now }),
  });

  const reversal = bench.wait(100).signal('enter_short');
  const close = { side: 'sell', effect: 'close', price: d('6000300') } as const;
  bench.send(reversal, '2');
  const secondClose = bench.feed({
    kind: 'fill_update',
    fill: fillOf('e3', '2', { ...close, size: d('0.004'), ts: bench.now }),
  });
  expect(secondClose.actions).toEqual([]);
  sendPending(bench, '3');
  const opening = bench.feed({
    kind: 'fill_update',
    fill: fillOf('e4', '3', { ...close, size: d('0.006'), positionId: 'p2', realizedPnl: d('2'), ts: bench.now }),
  });
  bench.send(opening, '4');
  bench.feed({ kind: 'fill_update', fill: fillOf('e5', '4', { side: 'sell', positionId: 'p3', ts: bench.now }) });

  bench.wait(500).quote('BTC', 6_000_500);
  bench.send(bench.signal('enter_long', { symbol: 'BTC', strategy: 'rsi' }), '5');
  const { positionId: _, ...bought } = fillOf('e6', '5', { symbol: 'BTC', fee: d('30'), ts: bench.now });
  bench.feed({ kind: 'fill_update', fill: bought });

  const refused = submitOf(bench.wait(10).signal('enter_long', { strategy: 'rsi' }));
  bench.feed({ kind: 'submitting', clientOrderId: refused });
  bench.feed({ kind: 'refused', clientOrderId: refused, code: 'ERR-201', message: 'No margin.' });

  const doubtful = submitOf(bench.wait(10).signal('exit'));
  bench.feed({ kind: 'submitting', clientOrderId: doubtful });
  bench.wait(1_000).feed({ kind: 'unanswered', clientOrderId: doubtful, message: 'time-out' });
  const last = { side: 'buy', effect: 'close', positionId: 'p3', price: d('6000200') } as const;
  bench.feed({ kind: 'fill_update', fill: fillOf('e7', '6', { ...last, realizedPnl: d('1'), ts: bench.now }) });
  const found = orderOf('6', {
    side: 'buy',
    effect: 'close',
    state: 'filled',
    filledSize: d('0.01'),
    orderTs: bench.now,
  });
  bench
    .wait(10)
    .sweep({ orders: [found], fills: [fillOf('e7', '6', { ...last, realizedPnl: d('1'), ts: bench.now - 10 })] });
  bench.wait(10).feed({ kind: 'clock' });
  return bench;
}

function sendPending(bench: Bench, exchangeOrderId: string): void {
  const order = bench.executor.books().openOrders.find(({ status }) => status === 'PENDING');
  if (order === undefined) throw new Error('No order is pending.');
  bench.feed({ kind: 'submitting', clientOrderId: order.clientOrderId });
  bench.feed({ kind: 'accepted', clientOrderId: order.clientOrderId, exchangeOrderId });
}

/** What must be the same whatever happened on the way: the books without what is of one process only. */
function essence(executor: Executor): unknown {
  const { reconciled: _, balancesAgree: __, ...books } = executor.books();
  return JSON.parse(JSON.stringify(books));
}

function run(
  inputs: readonly TimedExecutorInput[],
  executor = new Executor(configOf()),
): { executor: Executor; steps: ExecutorStep[] } {
  return { executor, steps: inputs.map((input) => executor.step([input])) };
}

describe('the scenario', () => {
  const { inputs, executor } = scenario();

  it('ends flat on leverage and long on spot', () => {
    const books = executor.books();
    expect(books.lots).toEqual([]);
    expect(books.openOrders).toEqual([]);
    expect(books.fills).toBe(7);
    // 0.004 × 300 by our own reckoning, then 2 and 1 as the exchange stated.
    expect(books.realizedPnl.toString()).toBe('4.2');
    expect(books.fees.toString()).toBe('30');
  });

  it('gives the same steps again, to the last character', () => {
    const first = run(inputs).steps;
    const second = run(inputs).steps;
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(JSON.stringify(run(inputs).executor.snapshot())).toBe(JSON.stringify(executor.snapshot()));
  });

  it('counts events 1, 2, 3 … per symbol and type, each id once', () => {
    const events = run(inputs).steps.flatMap((step) => step.events);
    const series = new Map<string, number>();
    for (const event of events) {
      const key = `${event.symbol} ${event.type}`;
      expect(event.seq).toBe((series.get(key) ?? 0) + 1);
      series.set(key, event.seq ?? 0);
    }
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it('comes to the same books when the process is killed before any one input', () => {
    const expected = essence(executor);
    for (let cut = 1; cut < inputs.length; cut += 1) {
      const undisturbed = run(inputs.slice(0, cut)).executor;
      const after = new Executor(configOf(), undisturbed.snapshot());
      const at = inputs[cut - 1]?.at ?? { marketTs: 0, wallTs: 0 };
      expect(after.step([{ kind: 'clock', at }]).actions.filter(({ kind }) => kind === 'sweep')).toHaveLength(2);
      settle(after, undisturbed, at);
      for (const input of inputs.slice(cut)) {
        undisturbed.step([input]);
        after.step([input]);
        const { balancesAgree, reconciled } = after.books();
        if (reconciled.length < 2 || !balancesAgree) settle(after, undisturbed, input.at);
      }
      expect(essence(after), `cut before input ${cut}`).toEqual(expected);
    }
  });

  it('changes nothing when updates come twice', () => {
    const twice = inputs.flatMap((input): TimedExecutorInput[] =>
      input.kind === 'fill_update' || input.kind === 'order_update' || input.kind === 'sweep' || input.kind === 'signal'
        ? [input, input]
        : [input],
    );
    expect(essence(run(twice).executor)).toEqual(essence(executor));
  });

  it('is bounded: what is finished is forgotten', () => {
    const later = { marketTs: executorEnd(inputs) + 10 * 3_600_000, wallTs: executorEnd(inputs) + 10 * 3_600_000 };
    const { executor: one } = run(inputs);
    const size = () => JSON.stringify(one.snapshot()).length;
    const before = size();
    for (const symbol of ['BTC_JPY', 'BTC']) {
      const shown = { openOrders: [], orders: [], fills: [], positions: [] };
      one.step([{ kind: 'sweep', sweep: { symbol, begun: later, ...shown }, at: later }]);
    }
    one.step([{ kind: 'clock', at: { marketTs: later.marketTs + 3_600_001, wallTs: later.wallTs + 3_600_001 } }]);
    expect(size()).toBeLessThan(before / 3);
    const snapshot = one.snapshot() as { orders: unknown[] };
    expect(snapshot.orders).toEqual([]);
  });
});

/** Shows a restarted executor what the exchange has at that moment, as the books of one that was not killed tell. */
function settle(after: Executor, undisturbed: Executor, at: { marketTs: number; wallTs: number }): void {
  const books = undisturbed.books();
  for (const symbol of ['BTC_JPY', 'BTC']) {
    const positions = books.lots
      .filter((lot) => lot.symbol === symbol)
      .map(({ positionId, side, size, price }) => positionOf(positionId, { symbol, side, size, price }));
    const openOrders = books.openOrders
      .filter((order) => order.symbol === symbol && order.exchangeOrderId !== null)
      .map(({ clientOrderId, exchangeOrderId, side, size, filledSize }) =>
        orderOf(exchangeOrderId ?? '', {
          symbol,
          side,
          size,
          filledSize,
          effect: effectOf(undisturbed, clientOrderId),
        }),
      );
    const begun = { ...at, wallTs: at.wallTs + 0.5 };
    after.step([{ kind: 'sweep', at, sweep: { symbol, begun, openOrders, orders: [], fills: [], positions } }]);
  }
  if (books.baseline === null) return;
  const { BTC: coin } = books.totals;
  const total = (asset: string, size: Decimal) => ({ asset, total: size, available: size });
  const yen = total('JPY', d('5000000').plus(books.cashChange));
  const coins = total('BTC', coin === undefined ? d('0') : coin.bought.minus(coin.sold));
  after.step([{ kind: 'balances', balances: [yen, coins], begun: { ...at, wallTs: at.wallTs + 0.5 }, at }]);
}

function effectOf(executor: Executor, id: string): 'open' | 'close' {
  const { orders } = executor.snapshot() as {
    orders: { order: { terms: { clientOrderId: string; effect: 'open' | 'close' } } }[];
  };
  return orders.find(({ order }) => order.terms.clientOrderId === id)?.order.terms.effect ?? 'open';
}

function executorEnd(inputs: readonly TimedExecutorInput[]): number {
  return inputs.at(-1)?.at.marketTs ?? 0;
}

it('comes to the same position in whatever order, and however often, updates of an order arrive', () => {
  const updates: ({ order: ExchangeOrder } | { fill: ExchangeFill })[] = [
    { order: orderOf('1', { orderTs: 1_700_000_000_002 }) },
    { order: orderOf('1', { state: 'expired', filledSize: d('0.008'), orderTs: 1_700_000_000_002 }) },
    ...['0.001', '0.002', '0.005'].map((size, index) => ({
      fill: fillOf(`e${index}`, '1', {
        size: d(size),
        price: d('6000000').plus(index),
        positionId: `p${index}`,
        ts: 1_700_000_000_010,
      }),
    })),
  ];
  const play = (list: typeof updates) => {
    const bench = new Bench(configOf()).ready();
    const id = submitOf(bench.signal('enter_long'));
    bench.feed({ kind: 'submitting', clientOrderId: id });
    const half = Math.floor(list.length / 2);
    const feed = (some: typeof updates) => {
      for (const one of some) {
        if ('order' in one) bench.feed({ kind: 'order_update', order: one.order });
        else bench.feed({ kind: 'fill_update', fill: one.fill });
      }
    };
    feed(list.slice(0, half));
    bench.feed({ kind: 'accepted', clientOrderId: id, exchangeOrderId: '1' });
    feed(list.slice(half));
    const books = bench.executor.books();
    const order = (bench.executor.snapshot() as { orders: { order: Record<string, unknown> }[] }).orders[0]?.order;
    const lots = books.lots.map(({ positionId, size }) => `${positionId} ${size}`).sort();
    return JSON.stringify([order, lots, books.totals, books.halts, books.openOrders]);
  };
  const expected = play(updates);
  fc.assert(
    fc.property(
      fc.shuffledSubarray(updates, { minLength: updates.length }),
      fc.array(fc.constantFrom(...updates), { maxLength: 5 }),
      (shuffled, repeated) => {
        expect(play([...shuffled, ...repeated])).toBe(expected);
      },
    ),
    { seed: seedOf('updates in any order'), numRuns: 60 },
  );
});

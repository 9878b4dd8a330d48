import { compareBooks } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { Bench, BTC, BTC_JPY, d, fillOf, orderOf, positionOf } from './bench.js';

const instruments = [BTC_JPY, BTC];
const jpy = (total: string) => ({ asset: 'JPY', total: d(total), available: d(total) });
const btc = (total: string) => ({ asset: 'BTC', total: d(total), available: d(total) });

function traded() {
  const bench = new Bench().ready();
  bench.balances([jpy('1000000'), btc('0.5')]);
  bench.enter('1', 'p1');
  const spot = bench.signal('enter_long', { symbol: 'BTC', strategy: 'rsi' });
  bench.send(spot, '2');
  const { positionId: _, ...bought } = fillOf('e9', '2', { symbol: 'BTC', fee: d('30'), ts: bench.now });
  bench.feed({ kind: 'fill_update', fill: bought });
  const fills = [fillOf('e1', '1'), bought];
  return { books: bench.executor.books(), fills };
}

it('finds nothing when the exchange shows the same', () => {
  const { books, fills } = traded();
  const view = {
    instruments,
    positions: [positionOf('p1')],
    openOrders: [],
    fills,
    balances: [jpy('939970'), btc('0.51')],
  };
  expect(compareBooks(books, view)).toEqual([]);
});

it('says every difference in a sentence with both values', () => {
  const { books, fills } = traded();
  const view = {
    instruments,
    positions: [positionOf('p1', { size: d('0.02') }), positionOf('p2', { side: 'sell' })],
    openOrders: [orderOf('77')],
    fills: fills.slice(1),
    balances: [jpy('939971'), btc('0.5')],
  };
  expect(compareBooks(books, view).map(({ message }) => message)).toEqual([
    'Lot p1 is buy 0.01 here and buy 0.02 there.',
    'Lot p2 is sell 0.01 there and unknown here.',
    'Order 77 is open there and unknown here.',
    'BTC_JPY fills: 1 here and 0 there.',
    'BTC_JPY bought: 0.01 here and 0 there.',
    'JPY: 939970 here and 939971 there.',
    'BTC: 0.51 here and 0.5 there.',
  ]);
});

it('names orders in doubt, orders that are gone and fills on their way', () => {
  const bench = new Bench().ready();
  const step = bench.signal('enter_long');
  const [order] = step.orders;
  bench.feed({ kind: 'submitting', clientOrderId: order?.terms.clientOrderId ?? '' });
  const messages = (openOrders: ReturnType<typeof orderOf>[]) =>
    compareBooks(bench.executor.books(), { instruments, openOrders }).map(({ message }) => message);
  expect(messages([])).toEqual([`Order ${order?.terms.clientOrderId} is in doubt here.`]);
  bench.feed({ kind: 'accepted', clientOrderId: order?.terms.clientOrderId ?? '', exchangeOrderId: '5' });
  expect(messages([])).toEqual(['Order 5 is NEW here and not open there.']);
  expect(messages([orderOf('5', { filledSize: d('0.001') })])).toEqual(['Order 5 is filled 0 here and 0.001 there.']);
  expect(messages([orderOf('5')])).toEqual([]);
});

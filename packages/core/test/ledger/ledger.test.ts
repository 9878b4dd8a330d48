import { Decimal, type ExchangeFill, Ledger } from '@alpha-engine/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromPlain, toPlain } from '../../src/execution/plain-state.js';
import { d, fillOf, T0 } from '../execution/bench.js';
import { seedOf } from './seed.js';

const capital = d('1000000');
const close = { side: 'sell', effect: 'close' } as const;

it('keeps lots apart and never nets the two sides', () => {
  const ledger = new Ledger(capital);
  ledger.book('leverage', fillOf('e1', '1', { positionId: 'long' }), 'a');
  ledger.book('leverage', fillOf('e2', '2', { positionId: 'short', side: 'sell' }), 'a');
  expect(ledger.lots().map(({ positionId, side, size }) => `${positionId} ${side} ${size}`)).toEqual([
    'long buy 0.01',
    'short sell 0.01',
  ]);
  expect(ledger.size('a', 'BTC_JPY').toString()).toBe('0');
  expect(Decimal.sum(ledger.grossByStrategy('BTC_JPY').values()).toString()).toBe('0.02');
});

it("books a close to the owner of the lot, and the exchange's realised PnL wins", () => {
  const ledger = new Ledger(capital);
  ledger.book('leverage', fillOf('e1', '1'), 'a');
  const fill = fillOf('e2', '2', { ...close, price: d('6000099'), size: d('0.004'), realizedPnl: d('0') });
  expect(ledger.book('leverage', fill, 'external')).toEqual(['a']);
  expect(ledger.position('gmo', 'a', 'BTC_JPY').realizedPnl.toString()).toBe('0');
  const { realizedPnl: _, ...silent } = fillOf('e3', '2', { ...close, price: d('6000100'), size: d('0.006') });
  ledger.book('leverage', silent, 'a');
  expect(ledger.position('gmo', 'a', 'BTC_JPY').realizedPnl.toString()).toBe('0.6');
  expect(ledger.lots()).toEqual([]);
});

it('lets a close that overtook its opening wait for it', () => {
  const ledger = new Ledger(capital);
  ledger.book('leverage', fillOf('e2', '2', { ...close, price: d('6001000') }), 'a');
  expect(ledger.earlyCloses('BTC_JPY')).toHaveLength(1);
  ledger.book('leverage', fillOf('e1', '1'), 'a');
  expect(ledger.lots()).toEqual([]);
  expect(ledger.earlyCloses('BTC_JPY')).toEqual([]);
  expect(ledger.position('gmo', 'a', 'BTC_JPY').realizedPnl.toString()).toBe('10');
});

it('measures drawdown from the peak of equity', () => {
  const ledger = new Ledger(capital);
  ledger.book('spot', fillOf('e1', '1', { symbol: 'BTC', size: d('0.1') }), 'a');
  const at = (price: string) => ledger.equity(T0, new Map([['BTC', d(price)]]));
  expect(at('7000000').equity.toString()).toBe('1100000');
  expect(at('6450000')).toMatchObject({ equity: d('1045000'), drawdown: d('0.05') });
  expect(at('6450000').unrealizedPnl.toString()).toBe('45000');
});

it('leaves what is external out of equity', () => {
  const ledger = new Ledger(capital);
  ledger.book('spot', fillOf('e1', '1', { symbol: 'BTC', size: d('0.1'), fee: d('300') }), 'external');
  expect(ledger.equity(T0, new Map([['BTC', d('1')]])).equity.toString()).toBe('1000000');
});

const trades = fc.array(
  fc.record({
    buy: fc.boolean(),
    price: fc.integer({ min: 1, max: 9_999_999 }),
    size: fc.integer({ min: 1, max: 999 }),
    fee: fc.integer({ min: -99, max: 99 }),
    strategy: fc.constantFrom('a', 'b'),
  }),
  { maxLength: 30 },
);

it('conserves money on spot to the last digit: cash + cost of what is held = realised − fees', () => {
  fc.assert(
    fc.property(trades, (list) => {
      const ledger = new Ledger(capital);
      let cash = Decimal.zero;
      list.forEach((one, index) => {
        const size = Decimal.of(one.size).times('0.00001');
        const fill = fillOf(`e${index}`, '1', {
          symbol: 'BTC',
          side: one.buy ? 'buy' : 'sell',
          price: Decimal.of(one.price),
          size,
          fee: Decimal.of(one.fee),
        });
        ledger.book('spot', fill, one.strategy);
        const notional = size.times(one.price);
        cash = cash.plus(one.buy ? notional.negated() : notional).minus(one.fee);
      });
      const totals = ledger.totals().get('BTC');
      if (totals === undefined) return;
      expect(totals.cash.toString()).toBe(cash.toString());
      // Marked anywhere, equity is capital + cash + value of what is held.
      const mark = Decimal.of('5000001');
      const held = ledger.size('a', 'BTC').plus(ledger.size('b', 'BTC'));
      const { equity } = ledger.equity(T0, new Map([['BTC', mark]]));
      expect(equity.toString()).toBe(capital.plus(cash).plus(held.times(mark)).toString());
    }),
    { seed: seedOf('spot conservation'), numRuns: 200 },
  );
});

it('conserves money on leverage: equity = capital + realised − fees + unrealised of the sums of fills', () => {
  fc.assert(
    fc.property(trades, (list) => {
      const ledger = new Ledger(capital);
      const mark = Decimal.of('5000001');
      let expected = capital;
      let number = 0;
      const sums = new Map<string, Decimal>();
      const book = (fill: ExchangeFill, strategy: string) => {
        ledger.book('leverage', fill, strategy);
        const signed = fill.side === 'buy' ? fill.size : fill.size.negated();
        const lot = fill.positionId ?? '';
        sums.set(lot, (sums.get(lot) ?? Decimal.zero).plus(signed));
        // What buying or selling here is worth at the mark.
        expected = expected.plus(signed.times(mark.minus(fill.price))).minus(fill.fee);
      };
      for (const one of list) {
        number += 1;
        const open = ledger.lots().filter(({ strategy }) => strategy === one.strategy);
        const lot = open[one.size % (open.length + 1)];
        const size = Decimal.of(one.size).times('0.001');
        const common = { price: Decimal.of(one.price), fee: Decimal.of(one.fee) };
        if (lot === undefined) {
          const side = one.buy ? 'buy' : 'sell';
          book(fillOf(`e${number}`, '1', { ...common, side, size, positionId: `p${number}` }), one.strategy);
          continue;
        }
        const side = lot.side === 'buy' ? 'sell' : 'buy';
        const part = Decimal.min(size, lot.size);
        const effect = 'close' as const;
        book(
          fillOf(`e${number}`, '1', { ...common, side, effect, size: part, positionId: lot.positionId }),
          one.strategy,
        );
      }
      const { equity } = ledger.equity(T0, new Map([['BTC_JPY', mark]]));
      expect(equity.toString()).toBe(expected.toString());
      for (const lot of ledger.lots()) expect(lot.size.eq(sums.get(lot.positionId)?.abs() ?? 0)).toBe(true);
      const held = [...sums.values()].filter((sum) => !sum.isZero());
      expect(ledger.lots()).toHaveLength(held.length);
      const revived = new Ledger(capital, fromPlain(toPlain(ledger.snapshot())));
      expect(toPlain(revived.snapshot())).toEqual(toPlain(ledger.snapshot()));
    }),
    { seed: seedOf('leverage conservation'), numRuns: 200 },
  );
});

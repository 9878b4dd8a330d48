import { describe, expect, it } from 'vitest';
import { Bench, BTC_JPY, configOf, d, fillOf, positionOf, T0 } from './bench.js';

const held = (total: string) => [{ asset: 'JPY', total: d(total), available: d(total) }];
const HOUR = 3_600_000;
/** 06:00 JST of the next business day. */
const ROLL = Date.UTC(2023, 10, 15, 21);

/** One long lot of 0.01 BTC at 6 000 000, worth 24 yen a night, over the roll of the day. */
function overNight(): Bench {
  const bench = new Bench(configOf({ instruments: [BTC_JPY] }));
  bench.balances(held('1000000'));
  bench.ready();
  bench.enter('1', 'p1');
  expect(bench.now).toBeLessThan(ROLL);
  bench.now = ROLL - 1;
  bench.quote();
  bench.feed({ kind: 'clock' });
  bench.sweep({ positions: [positionOf('p1')] });
  bench.balances(held('1000000'));
  bench.now = ROLL + 1_000;
  return bench;
}

const feesOf = (bench: Bench) => bench.executor.books().positions.map(({ strategy, fees }) => [strategy, `${fees}`]);

/** Lots of 0.0001 BTC, worth 0.24 yen a night, each of a strategy of its own. */
function tinyLots(count: number): Bench {
  const fine = { ...BTC_JPY, sizeStep: d('0.0001'), minSize: d('0.0001') };
  const bench = new Bench(configOf({ instruments: [fine], orderSize: d('0.0001') }));
  bench.balances(held('1000000'));
  bench.ready();
  for (let lot = 1; lot <= count; lot += 1) {
    bench.send(bench.signal('enter_long', { strategy: `s${lot}` }), `${lot}`);
    const fill = { size: d('0.0001'), positionId: `p${lot}`, ts: bench.now };
    bench.feed({ kind: 'fill_update', fill: fillOf(`e${lot}`, `${lot}`, fill) });
    bench.wait(1);
  }
  bench.feed({ kind: 'clock' });
  bench.now = ROLL + 1_000;
  bench.quote();
  bench.feed({ kind: 'clock' });
  return bench;
}

describe('the fee for the night', () => {
  it('is taken from the first balances that show it, to the yen', () => {
    const bench = overNight();
    bench.feed({ kind: 'clock' });
    const early = bench.balances(held('1000000'));
    expect(early.notices).toEqual([]);
    bench.wait(1_000);
    const step = bench.balances(held('999975'));
    expect(step.notices).toEqual([
      { kind: 'repaired', symbol: '*', what: '25 JPY were taken for lots held over the roll of the day.' },
    ]);
    expect(step.positions).toMatchObject([{ strategy: 'ma-cross' }]);
    expect(feesOf(bench)).toEqual([['ma-cross', '25']]);
    expect(bench.executor.books().equity.equity.toString()).toBe('999975');
    expect(bench.executor.books().balancesAgree).toBe(true);
    // The same look again finds nothing; the next one that differs is no fee any more.
    expect(bench.wait(1_000).balances(held('999975')).notices).toEqual([]);
    for (const _ of [1, 2, 3]) bench.wait(1_000).balances(held('999950'));
    expect(bench.executor.books().balancesAgree).toBe(false);
  });

  it('is asked for at the roll, and shared by the worth of the lots', () => {
    const bench = overNight();
    bench.now = ROLL - 1;
    bench.send(bench.signal('enter_long', { strategy: 'rsi' }), '2');
    const lot = { executionId: 'e2', exchangeOrderId: '2', positionId: 'p2', ts: bench.now, size: d('0.01') };
    bench.feed({
      kind: 'fill_update',
      fill: { ...lot, symbol: 'BTC_JPY', side: 'buy', effect: 'open', price: d('6000000'), fee: d('0') },
    });
    bench.now = ROLL + 1_000;
    const asked = bench.feed({ kind: 'clock' }).actions.map(({ kind }) => kind);
    expect(asked).toContain('balances');
    bench.wait(1_000).balances(held('999951'));
    expect(feesOf(bench).toSorted()).toEqual([
      ['ma-cross', '25'],
      ['rsi', '24'],
    ]);
  });

  it.each(['999900', '999995', '1000024'])('is no explanation for a balance of %s', (total) => {
    const bench = overNight();
    bench.feed({ kind: 'clock' });
    for (const _ of [1, 2, 3]) bench.wait(1_000).balances(held(total));
    expect(bench.executor.books().balancesAgree).toBe(false);
    expect(feesOf(bench)).toEqual([['ma-cross', '0']]);
  });

  it('of a lot so small that it rounds to one yen is booked', () => {
    const bench = tinyLots(1);
    bench.wait(1_000).balances(held('999999'));
    expect(feesOf(bench)).toEqual([['s1', '1']]);
    expect(bench.executor.books().balancesAgree).toBe(true);
  });

  it('of such a lot is never two yen', () => {
    const bench = tinyLots(1);
    for (const _ of [1, 2, 3]) bench.wait(1_000).balances(held('999998'));
    expect(bench.executor.books().balancesAgree).toBe(false);
  });

  it('of small lots is shared in whole yen, and nobody gets any back', () => {
    const bench = tinyLots(5);
    bench.wait(1_000).balances(held('999997'));
    expect(feesOf(bench).map(([, fees]) => fees)).toEqual(['1', '0', '1', '0', '1']);
  });

  it('is found by a process that goes on from a record without the time of the last roll', () => {
    const before = overNight();
    const { rolledTs: _, ...record } = JSON.parse(JSON.stringify(before.executor.snapshot()));
    const bench = new Bench(before.config, record);
    bench.now = ROLL + HOUR / 2;
    bench.quote();
    bench.feed({ kind: 'clock' });
    bench.sweep({ positions: [positionOf('p1')] });
    bench.wait(1_000).balances(held('999976'));
    expect(feesOf(bench)).toEqual([['ma-cross', '24']]);
  });

  it('is found by the next process, for as many nights as it was away', () => {
    const before = overNight();
    const bench = new Bench(before.config, JSON.parse(JSON.stringify(before.executor.snapshot())));
    bench.now = ROLL + 30 * HOUR;
    bench.quote();
    bench.feed({ kind: 'clock' });
    bench.sweep({ positions: [positionOf('p1')] });
    bench.wait(1_000).balances(held('999952'));
    expect(feesOf(bench)).toEqual([['ma-cross', '48']]);
  });

  it('is forgotten when the balances still agree an hour later, and not before', () => {
    for (const [after, books] of [
      [0.5 * HOUR, true],
      [1.5 * HOUR, false],
    ] as const) {
      const bench = overNight();
      bench.feed({ kind: 'clock' });
      bench.now = ROLL + after;
      bench.balances(held('1000000'));
      for (const _ of [1, 2, 3]) bench.wait(1_000).balances(held('999976'));
      expect(bench.executor.books().balancesAgree).toBe(books);
    }
  });
});

it('no lot, no fee', () => {
  const bench = new Bench(configOf({ instruments: [BTC_JPY] }));
  bench.balances(held('1000000'));
  bench.ready();
  expect(bench.now - T0).toBeLessThan(HOUR);
  bench.now = ROLL + 1_000;
  bench.quote();
  bench.feed({ kind: 'clock' });
  bench.sweep();
  for (const _ of [1, 2, 3]) bench.wait(1_000).balances(held('999976'));
  expect(bench.executor.books().balancesAgree).toBe(false);
});

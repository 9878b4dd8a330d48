import { intervalStart, mergeBars } from '@alpha-engine/core';
import { mapInstrument } from '@alpha-engine/gmo-adapter';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { businessDays, KLINE_INTERVALS, mapKline, mapTickerRow } from '../../src/mapper/rest-public.js';
import { mapTradeRows, mayBeAhead, placesOf } from '../../src/mapper/rest-trades.js';
import type { TradeRow } from '../../src/schema/rest-public.js';
import { SYMBOLS, TICKER } from '../support/frames.js';

describe('mapInstrument', () => {
  it('tells leverage from spot by the name', () => {
    const [btc, , leverage] = SYMBOLS.map((row) => JSON.parse(JSON.stringify(mapInstrument(row))));
    expect(btc).toEqual({
      exchange: 'gmo',
      symbol: 'BTC',
      kind: 'spot',
      base: 'BTC',
      quote: 'JPY',
      tickSize: '1',
      sizeStep: '0.00001',
      minSize: '0.00001',
      maxSize: '5',
      takerFeeRate: '0.0005',
      makerFeeRate: '-0.0001',
    });
    expect(leverage).toMatchObject({ symbol: 'BTC_JPY', kind: 'leverage', base: 'BTC', quote: 'JPY' });
  });
});

describe('mapTickerRow', () => {
  it('marks what came over REST, and leaves out a coin without a quote', () => {
    const row = JSON.parse(TICKER);
    expect(mapTickerRow(row, 1)).toMatchObject({ type: 'ticker', origin: 'backfill', recv_ts: 1 });
    expect(mapTickerRow({ ...row, bid: '0' }, 1)).toBeNull();
  });
});

describe('businessDays', () => {
  it('roll at 21:00 UTC', () => {
    const at = (text: string) => Date.parse(text);
    expect(businessDays(at('2024-12-31T21:00:00Z'), at('2025-01-01T21:00:00Z'))).toEqual(['20250101']);
    expect(businessDays(at('2024-12-31T20:59:59.999Z'), at('2024-12-31T21:00:00.001Z'))).toEqual([
      '20241231',
      '20250101',
    ]);
    expect(businessDays(at('2025-01-01T00:00:00Z'), at('2025-01-01T00:00:00Z'))).toEqual(['20250101']);
    expect(businessDays(at('2025-01-02T00:00:00Z'), at('2025-01-01T00:00:00Z'))).toEqual([]);
  });
});

describe('klines', () => {
  // Recorded 2026-02-13, as the reference of the API quotes it.
  const ROW = {
    openTime: '1735678800000',
    open: '14717560',
    high: '14769436',
    low: '14716249',
    close: '14734844',
    volume: '6.2826',
  };

  it('become bars', () => {
    expect(mapKline(ROW, 'BTC', '1h')).toEqual({
      exchange: 'gmo',
      symbol: 'BTC',
      timeframe: '1h',
      openTs: 1735678800000,
      closeTs: 1735682400000,
      open: 14717560,
      high: 14769436,
      low: 14716249,
      close: 14734844,
      volume: 6.2826,
      trades: 0,
    });
  });

  it.each([
    { openTime: '1735678800001' },
    { high: '14717559' },
    { low: '14734845' },
    { open: '' },
    { low: '0', open: '0' },
    { volume: '-1' },
  ])('are refused with %j', (change) => {
    expect(mapKline({ ...ROW, ...change }, 'BTC', '1h')).toBeNull();
  });

  it('merge into longer bars aligned to UTC, without inventing empty ones', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(100), { minLength: 1 }), (hours) => {
        const bars = hours
          .toSorted((a, b) => a - b)
          .map((hour) => mapKline({ ...ROW, openTime: String(1735678800000 + hour * 3_600_000) }, 'BTC', '1h')!);
        const merged = mergeBars(bars, '4h');
        expect(merged.map((bar) => bar.openTs)).toEqual([
          ...new Set(bars.map((bar) => intervalStart('4h', bar.openTs))),
        ]);
        const sum = (list: typeof bars) => list.reduce((total, bar) => total + bar.volume, 0);
        expect(sum(merged)).toBeCloseTo(sum(bars), 6);
      }),
    );
  });

  it('never take an interval of GMO that is not aligned to UTC', () => {
    const intervals = new Set(Object.values(KLINE_INTERVALS).map(({ interval }) => interval));
    expect([...intervals]).toEqual(['1min', '5min', '10min', '15min', '30min', '1hour']);
  });
});

describe('REST trades', () => {
  const row = (side: string, price: string, size: string, ms: number): TradeRow => ({
    price,
    side,
    size,
    timestamp: new Date(Date.UTC(2026, 1, 13) + ms).toISOString(),
  });
  const pair = (price: string, size: string, ms: number) => [row('SELL', price, size, ms), row('BUY', price, size, ms)];

  it('are one per match, oldest first; equal matches are counted', () => {
    const { trades, rejected } = mapTradeRows(
      [...pair('101', '1', 20), ...pair('100', '2', 10), ...pair('100', '2', 10)],
      'BTC',
      5,
    );
    expect(rejected).toBe(0);
    expect(trades.map(({ data, ts }) => [data.price, data.size, ts - Date.UTC(2026, 1, 13)])).toEqual([
      [100, 2, 10],
      [100, 2, 10],
      [101, 1, 20],
    ]);
    expect(trades[0]).toMatchObject({ origin: 'backfill', recv_ts: 5, exchange: 'gmo', symbol: 'BTC' });
  });

  it('infer the taker by the tick rule and keep the side of a lonely row', () => {
    const rows = [
      row('SELL', '103', '1', 60),
      ...pair('102', '1', 50),
      ...pair('102', '3', 40),
      ...pair('101', '1', 30),
      ...pair('103', '1', 20),
    ];
    expect(mapTradeRows(rows, 'BTC', 0).trades.map(({ data }) => [data.price, data.side])).toEqual([
      [103, 'buy'],
      [101, 'sell'],
      [102, 'buy'],
      [102, 'buy'],
      [103, 'sell'],
    ]);
  });

  it('leave out and count what is malformed', () => {
    const bad = [
      row('HOLD', '1', '1', 0),
      row('BUY', '0', '1', 0),
      row('BUY', '1', 'x', 0),
      { ...row('BUY', '1', '1', 0), timestamp: '' },
    ];
    expect(mapTradeRows([...pair('100', '1', 0), ...bad], 'BTC', 0)).toMatchObject({ trades: [{}], rejected: 4 });
  });

  it('show where a page begins that new trades have pushed', () => {
    const all = Array.from({ length: 12 }, (_, i) => pair(String(100 - i), '1', 100 - i)).flat();
    for (let pushed = 1; pushed <= 6; pushed++) {
      expect(placesOf(all.slice(8 - pushed, 16 - pushed), all.slice(0, 8)), String(pushed)).toEqual([8 - pushed]);
    }
    expect(placesOf(all.slice(2, 5), all.slice(0, 8))).toEqual([2]);
    expect(placesOf(all.slice(8, 16), all.slice(0, 8))).toEqual([]);
    const equal = Array.from({ length: 4 }, () => all[0]!);
    expect(placesOf(equal, equal)).toEqual([0, 1, 2, 3]);
  });

  it('pass over a page that more than a page of new trades has pushed ahead', () => {
    const all = Array.from({ length: 12 }, (_, i) => pair(String(100 - i), '1', 100 - i)).flat();
    expect(mayBeAhead(all.slice(0, 8), all.slice(4, 12))).toBe(true);
    expect(mayBeAhead(all.slice(6, 14), all.slice(4, 12))).toBe(false);
    expect(mayBeAhead(all.slice(8, 16), all.slice(4, 12))).toBe(false);
    expect(mayBeAhead([], all)).toBe(false);
  });
});

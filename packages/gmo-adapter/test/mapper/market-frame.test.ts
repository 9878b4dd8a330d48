import { EVENT_SCHEMAS, parseEvent } from '@alpha-engine/core';
import { mapMarketFrame } from '@alpha-engine/gmo-adapter';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BAD_SYMBOL, BOOK, TICKER, TOO_MANY, TRADE } from '../support/frames.js';

const RECV = 1_790_000_000_000;
const edit = (frame: string, changes: Record<string, unknown>) => JSON.stringify({ ...JSON.parse(frame), ...changes });

describe('mapMarketFrame', () => {
  it('maps a trade', () => {
    expect(mapMarketFrame(TRADE, RECV)).toEqual({
      type: 'trade',
      exchange: 'gmo',
      symbol: 'BTC_JPY',
      ts: Date.UTC(2026, 8, 23, 3, 25, 49, 286),
      data: { price: 13659677, size: 0.003, side: 'buy' },
      recv_ts: RECV,
    });
  });

  it('maps a ticker', () => {
    expect(mapMarketFrame(TICKER, RECV)).toMatchObject({
      type: 'ticker',
      data: { bid: 13658273, ask: 13660265, last: 13659211, high: 13685467, low: 13540729, volume: 963.33 },
    });
  });

  it('maps a book as a snapshot and ignores what it does not know', () => {
    expect(mapMarketFrame(BOOK, RECV)).toMatchObject({
      type: 'orderbook',
      symbol: 'BTC_JPY',
      data: {
        is_snapshot: true,
        bids: [
          [13658802, 0.008],
          [13658299, 0.03],
          [13658273, 0.002],
        ],
        asks: [
          [13660704, 0.001],
          [13660910, 0.012],
          [13661081, 0.02],
        ],
      },
    });
    expect(mapMarketFrame(edit(BOOK, { bids: [] }), RECV)).toMatchObject({ data: { bids: [] } });
  });

  it.each([
    [BAD_SYMBOL, 'ERR-5106'],
    [TOO_MANY, 'ERR-5003'],
    ['{"error":"something else"}', ''],
  ])('reads the error frame %s', (frame, code) => {
    expect(mapMarketFrame(frame, RECV)).toEqual({ type: 'error', code, text: JSON.parse(frame).error });
  });

  it.each([
    ['<html>502</html>', 'not_json'],
    ['', 'not_json'],
    [TRADE.slice(0, 60), 'not_json'],
    ['[]', 'not_an_object'],
    ['null', 'not_an_object'],
    ['7', 'not_an_object'],
    ['{}', 'unknown_channel'],
    [edit(TRADE, { channel: 'klines' }), 'unknown_channel'],
    [edit(TRADE, { symbol: 7 }), 'bad_symbol'],
    [edit(TRADE, { symbol: '' }), 'bad_symbol'],
    [edit(TRADE, { timestamp: '2026-09-23' }), 'bad_time'],
    [edit(TRADE, { timestamp: 1_790_000_000_000 }), 'bad_time'],
    [edit(TRADE, { side: 'buy' }), 'unknown_side'],
    [edit(TRADE, { side: 'toString' }), 'unknown_side'],
    [edit(TRADE, { price: 13659677 }), 'bad_number'],
    [edit(TRADE, { price: '0' }), 'bad_number'],
    [edit(TRADE, { size: '-1' }), 'bad_number'],
    [edit(TICKER, { volume: null }), 'bad_number'],
    [edit(TICKER, { bid: '' }), 'bad_number'],
    [edit(BOOK, { asks: {} }), 'bad_level'],
    [edit(BOOK, { asks: [null] }), 'bad_level'],
    [edit(BOOK, { asks: [['1', '1']] }), 'bad_level'],
    [edit(BOOK, { bids: [{ price: '1' }] }), 'bad_level'],
    [
      edit(BOOK, {
        bids: [
          { price: '1', size: '1' },
          { price: '2', size: '1' },
        ],
      }),
      'unsorted_levels',
    ],
    [
      edit(BOOK, {
        asks: [
          { price: '1', size: '1' },
          { price: '1', size: '1' },
        ],
      }),
      'unsorted_levels',
    ],
  ])('rejects %s as %s', (frame, reason) => {
    expect(mapMarketFrame(frame, RECV)).toEqual({ type: 'rejected', reason });
  });
});

describe('mapMarketFrame under fire', () => {
  const real = [TRADE, TICKER, BOOK];
  const nasty = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      '',
      '0',
      '-1',
      '1e9',
      'NaN',
      '9'.repeat(400),
      '__proto__',
      null,
      [],
      {},
      1e308,
      '2026-02-30T00:00:00.000Z',
      '\u0000',
    ),
  );

  /** Replaces, deletes or adds one value somewhere inside. */
  const mutateValue = fc
    .tuple(fc.constantFrom(...real), fc.nat(40), nasty, fc.constantFrom('set', 'delete', 'add'))
    .map(([frame, at, value, how]) => {
      const root = JSON.parse(frame) as Record<string, unknown>;
      const places: [Record<string, unknown>, string][] = [];
      const walk = (node: unknown): void => {
        if (typeof node !== 'object' || node === null) return;
        for (const key of Object.keys(node)) {
          places.push([node as Record<string, unknown>, key]);
          walk((node as Record<string, unknown>)[key]);
        }
      };
      walk(root);
      const [owner, key] = places[at % places.length]!;
      if (how === 'set') owner[key] = value;
      else if (how === 'delete') delete owner[key];
      else owner[`${key}_`] = value;
      return JSON.stringify(root);
    });

  /** Cuts, doubles or overwrites letters. */
  const mutateText = fc
    .tuple(fc.constantFrom(...real), fc.nat(600), fc.string({ maxLength: 4 }), fc.nat(5))
    .map(([frame, at, text, cut]) => frame.slice(0, at % frame.length) + text + frame.slice((at % frame.length) + cut));

  it('never throws and never gives an event that its own schema refuses', () => {
    const outcomes = new Map<string, number>();
    fc.assert(
      fc.property(fc.oneof(mutateValue, mutateText, fc.string(), fc.json()), (frame) => {
        const mapped = mapMarketFrame(frame, RECV);
        outcomes.set(mapped.type, (outcomes.get(mapped.type) ?? 0) + 1);
        if (mapped.type === 'rejected' || mapped.type === 'error') return;
        expect(EVENT_SCHEMAS[mapped.type].safeParse(mapped).success).toBe(true);
        expect(parseEvent(JSON.parse(JSON.stringify(mapped)))).toEqual(mapped);
      }),
      { numRuns: 20_000 },
    );
    // The fire must hit something and let something through, or it proves nothing.
    expect(outcomes.get('rejected')).toBeGreaterThan(1_000);
    expect(
      (outcomes.get('trade') ?? 0) + (outcomes.get('ticker') ?? 0) + (outcomes.get('orderbook') ?? 0),
    ).toBeGreaterThan(1_000);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlphaError } from '../../src/errors/alpha-error.js';
import { decodeEvent, encodeEvent, parseEvent } from '../../src/events/codec.js';
import { alphaEvent, EVENT_SCHEMAS, type EventType } from '../../src/events/event.js';
import { arbitraryEvents } from './arbitrary-events.js';

/** The four shapes of the contract, to the letter. */
const CONTRACT = [
  '{"type":"trade","exchange":"gmo","symbol":"BTC_JPY","ts":1732312345123,"data":{"price":6123456,"size":0.01,"side":"buy"}}',
  '{"type":"orderbook","exchange":"gmo","symbol":"BTC_JPY","ts":1732312345123,"data":{"is_snapshot":false,"bids":[[6123000,0.5]],"asks":[[6124000,0.4]],"checksum":"…"}}',
  '{"type":"ticker","exchange":"gmo","symbol":"BTC_JPY","ts":1732312345123,"data":{"bid":6123000,"ask":6124000,"last":6123456,"high":6200000,"low":6000000,"volume":963.33}}',
  '{"type":"signal","exchange":"gmo","symbol":"BTC_JPY","ts":1732312345999,"strategy":"breakout_v1","action":"enter_long","confidence":0.72,"price_ref":6123500,"meta":{"reason":"donchian_break","lookback":20}}',
];

describe('the wire format', () => {
  it.each(CONTRACT)('reads and writes %s unchanged', (text) => {
    const event = decodeEvent(text);
    expect(event).toEqual(JSON.parse(text));
    expect(JSON.parse(encodeEvent(event))).toEqual(JSON.parse(text));
  });

  it.each(Object.keys(arbitraryEvents) as EventType[])('round-trips every %s', (type) => {
    fc.assert(
      fc.property(arbitraryEvents[type], (event) => {
        expect(decodeEvent(encodeEvent(event))).toEqual(event);
        expect(alphaEvent.parse(event)).toEqual(event);
      }),
    );
  });

  it('has an arbitrary for every event there is', () => {
    expect(Object.keys(arbitraryEvents).sort()).toEqual(Object.keys(EVENT_SCHEMAS).sort());
  });

  it('ignores fields it does not know, so that a newer writer is understood', () => {
    const event = decodeEvent(CONTRACT[0]!.replace('"data":{', '"colour":"red","data":{"maker":7,'));
    expect(event).toEqual(JSON.parse(CONTRACT[0]!));
  });

  it('says what is wrong, where, and shows a bounded sample', () => {
    const text = JSON.stringify({ ...JSON.parse(CONTRACT[0]!), data: { price: -1, size: 1, side: 'buy' } });
    try {
      decodeEvent(text.replace('"side"', `"padding":"${'x'.repeat(5_000)}","side"`));
      expect.unreachable();
    } catch (error) {
      expect(AlphaError.is(error, 'EVENT_INVALID')).toBe(true);
      expect((error as AlphaError).message).toMatch(/data\.price/);
      expect(String((error as AlphaError).context.sample).length).toBeLessThanOrEqual(200);
    }
  });

  it('never throws anything but EVENT_INVALID, whatever it is given', () => {
    const refused = (act: () => unknown) => {
      try {
        act();
      } catch (error) {
        expect(AlphaError.is(error, 'EVENT_INVALID')).toBe(true);
      }
    };
    fc.assert(fc.property(fc.string(), (text) => refused(() => decodeEvent(text))));
    fc.assert(fc.property(fc.anything(), (value) => refused(() => parseEvent(value))));
  });
});

import { decodeEvent, type TradeEvent } from '@alpha-engine/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeNumbered, headOf } from '../../src/events/encode-numbered.js';
import { arbitraryEvents } from './arbitrary-events.js';

const SEED = Number(process.env.ALPHA_SEED ?? Math.floor(Math.random() * 1e9));

const arbitraryEvent = fc.oneof(...Object.values(arbitraryEvents));

describe('encodeNumbered', () => {
  it(`writes every event whole, with the number it was given (seed ${SEED})`, () => {
    fc.assert(
      fc.property(arbitraryEvent, fc.option(fc.integer({ min: 1 }), { nil: undefined }), (event, seq) => {
        const { seq: _, ...plain } = event;
        const text = encodeNumbered(headOf(event), event, seq ?? event.seq);
        const number = seq ?? event.seq;
        expect(decodeEvent(text)).toEqual(number === undefined ? plain : { ...plain, seq: number });
        expect(text).not.toContain('\n');
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('stays JSON where a feed gives what is no number, and no event for that', () => {
    const data = { price: Number.NaN, size: 1, side: 'buy' } as const;
    const event: TradeEvent = { type: 'trade', exchange: 'gmo', symbol: 'BTC_JPY', ts: 1, data };
    const text = encodeNumbered(headOf(event), event, 1);
    expect(JSON.parse(text).data.price).toBeNull();
    expect(() => decodeEvent(text)).toThrow();
  });
});

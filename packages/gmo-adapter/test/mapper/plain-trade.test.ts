import { mapMarketMessage } from '@alpha-engine/gmo-adapter';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlainTrade } from '../../src/mapper/plain-trade.js';

const RECV = 1_790_000_000_000;
const SEED = Number(process.env.ALPHA_SEED ?? Math.floor(Math.random() * 1e9));
const frame = (price: string, side: string, size: string, symbol: string, timestamp: string) =>
  `{"channel":"trades","price":"${price}","side":"${side}","size":"${size}","symbol":"${symbol}","timestamp":"${timestamp}"}`;

function slowly(text: string): unknown {
  try {
    return mapMarketMessage(JSON.parse(text), RECV);
  } catch {
    return { type: 'rejected', reason: 'not_json' };
  }
}

const decimal = fc.stringMatching(/^(\d{1,10}(\.\d{0,8})?|[\d.]{0,4}|-?\d{1,40}|1e3)$/);
const symbol = fc.stringMatching(/^([A-Z]{2,6}_JPY|[\w"\\/-]{0,4}|A{64,66})$/);
const time = fc.oneof(
  fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString()),
  fc.stringMatching(/^20\d\d-[01]\d-[0-3]\dT\d\d:[0-7]\d:\d\d(\.\d{1,4})?Z$/),
);
const side = fc.constantFrom('BUY', 'SELL', 'buy', 'HOLD');

describe('readPlainTrade', () => {
  it('reads what GMO Coin sends', () => {
    const text = frame('13659677', 'BUY', '0.003', 'BTC_JPY', '2026-09-23T03:25:49.286Z');
    expect(readPlainTrade(text, RECV)).toEqual(slowly(text));
    expect(readPlainTrade(text, RECV)).not.toBeNull();
    expect(readPlainTrade(text.replaceAll(':', ': '), RECV)).toBeNull();
  });

  it(`says what the slow way says, or nothing (seed ${SEED})`, () => {
    let read = 0;
    fc.assert(
      fc.property(decimal, side, decimal, symbol, time, fc.nat(150), fc.string({ maxLength: 2 }), (...parts) => {
        const [price, taker, size, name, at, place, letters] = parts;
        const text = frame(price, taker, size, name, at);
        for (const one of [text, text.slice(0, place) + letters + text.slice(place)]) {
          const quick = readPlainTrade(one, RECV);
          if (quick === null) continue;
          read++;
          expect(quick).toEqual(slowly(one));
        }
      }),
      { seed: SEED, numRuns: 10_000 },
    );
    expect(read).toBeGreaterThan(100);
  });
});

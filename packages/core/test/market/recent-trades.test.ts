import { describe, expect, it } from 'vitest';
import type { TradeEvent } from '../../src/events/market.js';
import { RecentTrades } from '../../src/market/recent-trades.js';
import { seededRandom } from '../support/random.js';

const trade = (ts: number, price = 100, size = 1, side: 'buy' | 'sell' = 'buy'): TradeEvent => ({
  type: 'trade',
  exchange: 'gmo',
  symbol: 'BTC_JPY',
  ts,
  data: { price, size, side },
});
function recent(trades: readonly TradeEvent[], capacity = 100): RecentTrades {
  const known = new RecentTrades(capacity);
  for (const one of trades) known.add(one);
  return known;
}

describe('RecentTrades', () => {
  it('tells what it has not seen, in order', () => {
    const known = recent([trade(1), trade(2)]);
    expect(known.missingFrom([trade(1), trade(2), trade(3), trade(4)], 0)).toEqual([trade(3), trade(4)]);
    expect(known.newestTs).toBe(2);
  });

  it('counts equal trades: three of a kind there and two here are one missed', () => {
    const known = recent([trade(5), trade(5)]);
    expect(known.missingFrom([trade(5), trade(5), trade(5)], 0)).toHaveLength(1);
    expect(known.missingFrom([trade(5), trade(5)], 0)).toEqual([]);
    expect(known.missingFrom([trade(5), trade(5), trade(5)], 0, [trade(5)])).toEqual([]);
  });

  it('tells price and size apart, not side: whose the taker was is not told everywhere', () => {
    const known = recent([trade(5, 100, 1, 'buy')]);
    expect(known.missingFrom([trade(5, 100, 1, 'sell')], 0)).toEqual([]);
    expect(known.missingFrom([trade(5, 101), trade(5, 100, 2)], 0)).toHaveLength(2);
  });

  it('looks at nothing older than asked', () => {
    expect(recent([]).missingFrom([trade(1), trade(2), trade(3)], 2)).toEqual([trade(2), trade(3)]);
  });

  it('finds one that is missing among those that came', () => {
    expect(recent([trade(1), trade(3)]).missingFrom([trade(1), trade(2), trade(3)], 1)).toEqual([trade(2)]);
  });

  it('says from when on it remembers all, once it has forgotten some', () => {
    const known = recent([trade(1), trade(2), trade(3)], 3);
    expect(known.completeFrom).toBe(2);
    known.add(trade(4));
    // The one at 1 is gone, and another at 2 may be.
    expect(known.completeFrom).toBe(3);
    expect(known.newestTs).toBe(4);
    expect(recent([]).newestTs).toBeNull();
  });

  it('does not trust the first moment of what it was told: others of it may have come before', () => {
    expect(recent([trade(7), trade(8)]).completeFrom).toBe(8);
    expect(new RecentTrades(9, [trade(7), trade(8)]).completeFrom).toBe(8);
    expect(new RecentTrades(2, [trade(7), trade(8), trade(9)]).completeFrom).toBe(9);
  });

  it('recognises a live trade that was backfilled before, and counts: another of the kind is genuine', () => {
    const backfilled = { ...trade(5), origin: 'backfill' as const };
    const [again, another] = [trade(5), trade(5)];
    const known = recent([trade(4), backfilled]);
    expect([...known.repeatedIn([again], [trade(4), trade(5)])]).toEqual([again]);
    expect([...known.repeatedIn([again, another], [trade(4), trade(5), trade(5)])]).toEqual([again]);
    expect(known.repeatedIn([again], [trade(5), trade(5)]).size).toBe(0);
    // Never one that came by the socket alone.
    expect(known.repeatedIn([trade(4)], [trade(4)]).size).toBe(0);
    // Nothing is known of what there is: each is taken for its twin.
    expect(known.repeatedIn([again, another], null).size).toBe(1);
  });

  it('together with what it misses is always the whole, whatever was lost', () => {
    const seed = Date.now();
    const random = seededRandom(seed);
    for (let round = 0; round < 200; round++) {
      const whole = Array.from({ length: 60 }, (_, n) => trade(Math.floor(n / 4), 100 + Math.floor(random() * 2)));
      const came = whole.filter(() => random() < 0.6);
      const held = whole.filter((one) => !came.includes(one) && random() < 0.5);
      const missing = recent(came).missingFrom(whole, 0, held);
      const sorted = (trades: readonly TradeEvent[]) => trades.map((one) => `${one.ts} ${one.data.price}`).toSorted();
      expect(sorted([...came, ...held, ...missing]), `seed ${seed}`).toEqual(sorted(whole));
    }
  });
});

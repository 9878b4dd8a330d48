import { readFileSync } from 'node:fs';
import { type Instrument, ManualClock } from '@alpha-engine/core';
import { type Level, PaperBroker, SimulatedExchange } from '@alpha-engine/core/simulation';
import { describe, expect, it } from 'vitest';
import { INSTRUMENTS } from './instruments.js';
import { order, placed } from './support.js';

const VERSION_1 = JSON.parse(readFileSync(new URL('./snapshot-version-1.json', import.meta.url), 'utf8')) as object;
const BIDS: Level[] = [
  [100, 1],
  [99, 2],
];
const ASKS: Level[] = [
  [101, 1],
  [102, 2],
];

function empty(instruments: readonly Instrument[] = INSTRUMENTS): SimulatedExchange {
  return new SimulatedExchange({ instruments, balances: { JPY: '10000' }, feeRounding: 'none' });
}

/** The same calls that led to the file, made today. */
function playedToday(): SimulatedExchange {
  const at = empty();
  at.onBook('BTC', BIDS, ASKS, 1);
  at.onBook('BTC_JPY', BIDS, ASKS, 1);
  placed(at, order('BTC_JPY', 'buy', '1'));
  const [lot] = at.positions();
  placed(at, order('BTC_JPY', 'sell', '0.5', { price: '130', close: lot?.positionId ?? 0 }));
  placed(at, order('BTC', 'buy', '2', { price: '90' }));
  at.onTrade('BTC', 89, 0.5, 'sell', 11);
  at.onTrade('BTC_JPY', 100, 0.5, 'sell', 12);
  return at;
}

/** Without the times of books and trades, which version 1 did not keep. */
function timeless(at: SimulatedExchange) {
  const { depths, ...rest } = at.snapshot();
  const unknown = { shownTs: null, tradedTs: null };
  const entries = Object.entries(depths).map(([symbol, depth]) => [symbol, { ...depth, ...unknown }]);
  return { ...rest, depths: Object.fromEntries(entries) };
}

describe('a paper account saved by version 1', () => {
  it('is what the same orders make today, and goes on like it', () => {
    const [restored, today] = [empty(), playedToday()];
    restored.restore(VERSION_1);
    expect(restored.snapshot()).toEqual({ ...timeless(today), lastTs: null });
    for (const at of [restored, today]) {
      at.onTrade('BTC_JPY', 131, 1, 'buy', 20);
      at.onTrade('BTC', 80, 9, 'sell', 21);
    }
    expect(timeless(restored)).toEqual(timeless(today));
    expect(restored.openOrders()).toEqual([]);
    expect(restored.positions().map(({ size }) => String(size))).toEqual(['0.5']);
  });
});

describe('a paper account', () => {
  it.each([3, undefined, 'two'])('saved with version %s is refused with what to do', (version) => {
    const paper = new PaperBroker({ instruments: INSTRUMENTS, balances: {}, clock: new ManualClock(1) });
    expect(() => paper.restore({ ...VERSION_1, version })).toThrow(
      expect.objectContaining({ code: 'STORE_NEWER_SCHEMA', message: expect.stringContaining(`version ${version};`) }),
    );
  });

  it('goes on when a symbol with a working order is not traded any more', () => {
    const at = empty(INSTRUMENTS.filter(({ symbol }) => symbol === 'BTC_JPY'));
    at.restore(JSON.parse(JSON.stringify(playedToday().snapshot())));
    expect(at.openOrders('BTC')).toHaveLength(1);
    expect(at.margin().reserved.isZero()).toBe(true);
    expect(at.cancel(at.openOrders('BTC')[0]?.orderId ?? 0, 30).accepted).toBe(true);
  });

  it('ignores the market of a symbol that is not traded any more, whatever rests or is held there', () => {
    const kept = JSON.parse(JSON.stringify(playedToday().snapshot()));
    for (const symbol of ['BTC', 'BTC_JPY']) {
      const at = empty(INSTRUMENTS.filter((instrument) => instrument.symbol === symbol));
      at.restore(kept);
      for (const other of ['BTC', 'BTC_JPY'].filter((one) => one !== symbol)) {
        expect(at.onTrade(other, 80, 9, 'sell', 21)).toEqual([]);
        expect(at.onBook(other, [[1, 5]], [[2, 5]], 22)).toEqual([]);
      }
      expect(() => at.onTrade(symbol, 80, 9, 'sell', 23)).not.toThrow();
    }
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Delivery } from '../../src/bus/event-bus.js';
import type { AlphaEvent } from '../../src/events/event.js';
import { logRead, metAgain } from '../../src/record/logged-read.js';

const SYMBOLS = ['BTC', 'BTC_JPY', 'ETH'];

/** What a bus delivers: grouped by stream, the numbers of each series without a hole. */
function deliveries(raw: readonly (readonly [stream: string, symbol: string, exchange: string, recvTs: number])[]) {
  const seqs = new Map<string, number>();
  const streams = [...new Set(raw.map(([stream]) => stream))];
  return streams.flatMap((stream) =>
    raw
      .filter(([whose]) => whose === stream)
      .map(([type, symbol, exchange, recv_ts], index): Delivery => {
        const key = `${type} ${symbol} ${exchange}`;
        const seq = (seqs.get(key) ?? 6) + 1;
        seqs.set(key, seq);
        const event = { type, exchange, symbol, ts: 1, recv_ts, seq, data: {} } as unknown as AlphaEvent;
        return { stream: `md:${type}`, id: String(index), event };
      }),
  );
}

/** As an archive finds them: each series by its numbers. */
function again(read: ReturnType<typeof logRead>, all: readonly Delivery[]): readonly AlphaEvent[] {
  return read.ranges.flatMap(([stream]) => {
    const found = new Map<number, readonly AlphaEvent[]>();
    for (const [index, [symbol, type, first, last, exchange = 'gmo']] of (read.seqs ?? []).entries()) {
      if (`md:${type}` !== stream) continue;
      const isOf = ({ event: { seq = 0, ...of } }: Delivery) =>
        of.symbol === symbol && of.type === type && of.exchange === exchange && seq >= first && seq <= last;
      found.set(
        index,
        all.filter(isOf).map(({ event }) => event),
      );
    }
    return metAgain(
      found,
      read.met?.find(([whose]) => whose === stream),
    );
  });
}

test('what series of a stream met in which order is found again from their numbers', () => {
  const event = fc.tuple(
    fc.constantFrom('trade', 'ticker'),
    fc.constantFrom(...SYMBOLS),
    fc.constantFrom('gmo', 'other'),
    fc.nat(20),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.boolean(), (raw, inOrder) => {
      const all = deliveries(inOrder ? raw.toSorted((a, b) => a[3] - b[3]) : raw);
      const read = logRead('gmo', all, undefined);
      expect(again(read, all)).toEqual(all.map((one) => one.event));
    }),
  );
});

test('keeps no order where it is that of receipt, at equal times by symbol', () => {
  const inOrder = deliveries([
    ['trade', 'BTC', 'gmo', 1],
    ['trade', 'BTC_JPY', 'gmo', 1],
    ['trade', 'BTC', 'gmo', 2],
  ]);
  expect(logRead('gmo', inOrder, 5)).toEqual({
    ranges: [['md:trade', '0', '2', 3]],
    seqs: [
      ['BTC', 'trade', 7, 8],
      ['BTC_JPY', 'trade', 7, 7],
    ],
    clock: 5,
  });
  const late = deliveries([
    ['trade', 'BTC_JPY', 'gmo', 2],
    ['trade', 'BTC_JPY', 'gmo', 1],
  ]);
  expect(logRead('gmo', late, undefined)).not.toHaveProperty('met');
  const mixed = logRead('gmo', [...late, ...deliveries([['trade', 'BTC', 'gmo', 1]])], undefined);
  expect(mixed.met).toEqual([
    [
      'md:trade',
      [
        [0, 2],
        [1, 1],
      ],
    ],
  ]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Delivery } from '../../src/bus/event-bus.js';
import { mergeStreams } from '../../src/record/merge-streams.js';

const delivery = (stream: string, id: number, ts: number): Delivery => ({
  stream,
  id: String(id),
  event: { type: 'trade', exchange: 'gmo', symbol: 'BTC', ts, data: { price: 1, size: 1, side: 'buy' } },
});

test('brings streams together by exchange time, equal times in stream order', () => {
  const merged = mergeStreams([delivery('a', 1, 10), delivery('a', 2, 30), delivery('b', 1, 10), delivery('b', 2, 20)]);
  expect(merged.map(({ stream, id }) => stream + id)).toEqual(['a1', 'b1', 'b2', 'a2']);
});

test('never changes the order within a stream, and loses nothing', () => {
  const streams = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(50)), { maxLength: 60 });
  fc.assert(
    fc.property(streams, (raw) => {
      const deliveries = raw.map(([stream, ts], index) => delivery(stream, index, ts));
      const merged = mergeStreams(deliveries);
      expect(merged).toHaveLength(deliveries.length);
      for (const stream of ['a', 'b', 'c']) {
        expect(merged.filter((one) => one.stream === stream)).toEqual(
          deliveries.filter((one) => one.stream === stream),
        );
      }
    }),
  );
});

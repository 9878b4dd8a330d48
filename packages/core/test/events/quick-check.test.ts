import { type AlphaEvent, alphaEvent, parseEvent } from '@alpha-engine/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainMarketEvent } from '../../src/events/quick-check.js';

const SEED = Number(process.env.ALPHA_SEED ?? 42);

/** What JSON gives. */
const PLAIN = { noNullPrototype: true };

const price = fc.double({ min: 0.001, max: 1e9, noNaN: true });
const ladder = (descending: boolean) =>
  fc.uniqueArray(price, { maxLength: 12 }).chain((prices) => {
    const sorted = prices.sort((a, b) => (descending ? b - a : a - b));
    return fc.tuple(...sorted.map((one) => fc.tuple(fc.constant(one), fc.double({ min: 0, max: 1e6, noNaN: true }))));
  });

const envelope = {
  exchange: fc.constantFrom('gmo', 'a', 'x-1_b'),
  symbol: fc.string({ minLength: 1, maxLength: 64 }),
  ts: fc.nat(),
};
const optional = {
  v: fc.constant(1),
  recv_ts: fc.nat(),
  seq: fc.integer({ min: 1 }),
  origin: fc.constantFrom('live', 'backfill', 'replay'),
};
const marketEvent = fc.oneof(
  event('trade', fc.record({ price, size: price, side: fc.constantFrom('buy', 'sell') }, PLAIN)),
  event('ticker', fc.record({ bid: price, ask: price, last: price, high: price, low: price, volume: fc.nat() }, PLAIN)),
  event(
    'orderbook',
    fc.record(
      { is_snapshot: fc.boolean(), bids: ladder(true), asks: ladder(false), checksum: fc.string() },
      { requiredKeys: ['is_snapshot', 'bids', 'asks'], noNullPrototype: true },
    ),
  ),
);

function event(type: string, data: fc.Arbitrary<object>) {
  const fields = { type: fc.constant(type), ...envelope, ...optional, data };
  return fc.record(fields, { requiredKeys: ['type', 'exchange', 'symbol', 'ts', 'data'], noNullPrototype: true });
}

/** Values that stand at a border, or are simply something else. */
const odd = fc.oneof(
  fc.constantFrom(0, -0, -1, 1, 0.5, 2 ** 53, Number.MAX_SAFE_INTEGER, Number.NaN, Number.POSITIVE_INFINITY, 5e-324),
  fc.constantFrom('', 'GMO', 'gmo ', 'buy', 'sell', 'replay', '1', 'x'.repeat(65)),
  fc.constantFrom(
    null,
    undefined,
    true,
    [],
    {},
    [[1, 1]],
    [[1]],
    [[1, 1, 1]],
    [['1', 1]],
    [
      [2, 1],
      [1, 1],
    ],
    [
      [1, 1],
      [1, 2],
    ],
  ),
);

/** A market event with one field set to something odd, or taken away, or added. */
const damaged = fc
  .tuple(marketEvent, odd, fc.nat(), fc.boolean(), fc.boolean())
  .map(([event, value, at, inside, drop]) => {
    const copy = structuredClone(event) as Record<string, unknown>;
    const target = (inside ? copy.data : copy) as Record<string, unknown>;
    const names = [...Object.keys(target), 'v', 'seq', 'origin', 'checksum', 'unknown'];
    const name = names[at % names.length]!;
    if (drop) delete target[name];
    else target[name] = value;
    return copy;
  });

describe('quick check of market events', () => {
  it(`recognises every ordinary one, as the schema reads it (seed ${SEED})`, () => {
    fc.assert(
      fc.property(marketEvent, (event) => {
        expect(isPlainMarketEvent(event)).toBe(true);
        expect(alphaEvent.parse(event)).toStrictEqual(event);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it(`never says yes where the schema says no or changes something (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.oneof(damaged, fc.anything()), (raw) => {
        if (!isPlainMarketEvent(raw)) return;
        expect(alphaEvent.parse(raw)).toStrictEqual(raw);
        expect(JSON.stringify(parseEvent(JSON.parse(JSON.stringify(raw))))).toBeDefined();
      }),
      { seed: SEED, numRuns: 5000 },
    );
  });

  it(`and with it parseEvent accepts what the schema accepts, books in order (seed ${SEED})`, () => {
    fc.assert(
      fc.property(damaged, (raw) => {
        const bySchema = alphaEvent.safeParse(raw);
        const expected = bySchema.success && inOrder(bySchema.data) ? bySchema.data : null;
        let parsed: AlphaEvent | null = null;
        try {
          parsed = parseEvent(raw);
        } catch {
          // Refused: null says so.
        }
        expect(parsed).toStrictEqual(expected);
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});

function inOrder(event: AlphaEvent): boolean {
  if (event.type !== 'orderbook') return true;
  const sorted = (levels: [number, number][], sign: number) =>
    levels.every(([one], index) => index === 0 || sign * (one - levels[index - 1]![0]) > 0);
  return sorted(event.data.bids, -1) && sorted(event.data.asks, 1);
}

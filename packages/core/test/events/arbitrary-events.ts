import fc from 'fast-check';
import type { AlphaEvent } from '../../src/events/event.js';
import { ORDER_PURPOSES, ORDER_REQUESTS, ORDER_STATUSES, ORDER_TYPES, TIMES_IN_FORCE } from '../../src/events/order.js';
import { SIGNAL_ACTIONS } from '../../src/events/signal.js';
import { STATUS_STATES } from '../../src/events/status.js';

/** Random events of every type, with and without each optional field: what a publisher may put on the bus. */

const price = fc.double({ min: 1e-9, max: 1e12, noNaN: true });
const size = fc.double({ min: 0, max: 1e9, noNaN: true });
const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const ts = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.option(fc.stringMatching(/^\d{1,12}$/)))
  .map(([whole, fraction]) => (fraction === null ? `${whole}` : `${whole}.${fraction}`));
const side = fc.constantFrom('buy' as const, 'sell' as const);
const json = fc.dictionary(
  text.filter((key) => key !== '__proto__'),
  fc.oneof(text, fc.boolean(), fc.constant(null), price, fc.array(price, { maxLength: 3 })),
  { maxKeys: 4 },
);

const envelope = {
  exchange: fc.stringMatching(/^[a-z][a-z0-9_-]{0,10}$/),
  symbol: text,
  ts,
};
const optional = {
  v: fc.constant(1),
  recv_ts: ts,
  seq: count,
  origin: fc.constantFrom('live' as const, 'backfill' as const, 'replay' as const),
};

function event(own: Record<string, fc.Arbitrary<unknown>>, ownOptional: Record<string, fc.Arbitrary<unknown>> = {}) {
  const model = { ...own, ...envelope, ...optional, ...ownOptional };
  const requiredKeys = Object.keys({ ...own, ...envelope });
  return fc.record(model, { requiredKeys: requiredKeys as never }) as fc.Arbitrary<unknown> as fc.Arbitrary<AlphaEvent>;
}

const levels = (direction: 1 | -1) =>
  fc
    .uniqueArray(fc.tuple(price, size), { maxLength: 20, selector: ([at]) => at })
    .map((pairs) => pairs.sort((a, b) => direction * (a[0] - b[0])));

const fill = fc.record(
  { execution_id: text, price: decimal, size: decimal, fee: decimal, ts, realized_pnl: decimal, position_id: text },
  { requiredKeys: ['execution_id', 'price', 'size', 'fee', 'ts'] },
);

export const arbitraryEvents = {
  trade: event({ type: fc.constant('trade'), data: fc.record({ price, size: price, side }) }),
  orderbook: event({
    type: fc.constant('orderbook'),
    data: fc.record(
      { is_snapshot: fc.boolean(), bids: levels(-1), asks: levels(1), checksum: text },
      { requiredKeys: ['is_snapshot', 'bids', 'asks'] },
    ),
  }),
  ticker: event({
    type: fc.constant('ticker'),
    data: fc.record({ bid: price, ask: price, last: price, high: price, low: price, volume: size }),
  }),
  status: event({
    type: fc.constant('status'),
    data: fc.record(
      {
        state: fc.constantFrom(...STATUS_STATES),
        channel: fc.constantFrom('trade', 'orderbook', 'ticker'),
        reason: text,
        from_ts: ts,
        to_ts: ts,
        from_seq: count,
        to_seq: count,
      },
      { requiredKeys: ['state'] },
    ),
  }),
  signal: event(
    {
      type: fc.constant('signal'),
      strategy: text,
      action: fc.constantFrom(...SIGNAL_ACTIONS),
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      price_ref: price,
    },
    { id: text, meta: json },
  ),
  order: event({
    type: fc.constant('order'),
    id: text,
    data: fc.record(
      {
        client_order_id: text,
        exchange_order_id: text,
        signal_id: text,
        strategy: text,
        status: fc.constantFrom(...ORDER_STATUSES),
        request: fc.constantFrom(...ORDER_REQUESTS),
        side,
        effect: fc.constantFrom('open', 'close'),
        order_type: fc.constantFrom(...ORDER_TYPES),
        time_in_force: fc.constantFrom(...TIMES_IN_FORCE),
        purpose: fc.constantFrom(...ORDER_PURPOSES),
        trigger_price: decimal,
        size: decimal,
        price: decimal,
        filled_size: decimal,
        average_price: decimal,
        reason: text,
        fill,
        flat: fc.boolean(),
      },
      {
        requiredKeys: [
          'client_order_id',
          'strategy',
          'status',
          'request',
          'side',
          'effect',
          'order_type',
          'size',
          'filled_size',
        ],
      },
    ),
  }),
  denial: event({
    type: fc.constant('denial'),
    id: text,
    data: fc.record({
      signal_id: text,
      strategy: text,
      action: fc.constantFrom(...SIGNAL_ACTIONS),
      code: text,
      message: text,
      inputs: json,
    }),
  }),
  trading_state: event({
    type: fc.constant('trading_state'),
    id: text,
    data: fc.record(
      {
        state: fc.constantFrom('ACTIVE', 'REDUCING', 'HALTED'),
        halts: fc.array(fc.record({ cause: text, reason: text, since_ts: ts }), { maxLength: 3 }),
        control_id: text,
        flatten: fc.constantFrom('closing', 'done', 'gave_up'),
      },
      { requiredKeys: ['state', 'halts'] },
    ),
  }),
  control: event(
    {
      type: fc.constant('control'),
      id: text,
      action: fc.constantFrom('halt', 'reduce', 'resume', 'flatten', 'reconcile'),
      reason: text,
    },
    { accept: fc.array(text) },
  ),
};

import { describe, expect, it } from 'vitest';
import { AlphaError } from '../../src/errors/alpha-error.js';
import { decodeEvent, parseEvent } from '../../src/events/codec.js';
import type { EventType } from '../../src/events/event.js';

const envelope = { exchange: 'gmo', symbol: 'BTC_JPY', ts: 1_732_312_345_123 };

const GOOD: Record<EventType, Record<string, unknown>> = {
  trade: { type: 'trade', ...envelope, data: { price: 6_123_456, size: 0.01, side: 'buy' } },
  orderbook: {
    type: 'orderbook',
    ...envelope,
    data: {
      is_snapshot: true,
      bids: [
        [2, 1],
        [1, 1],
      ],
      asks: [
        [3, 1],
        [4, 0],
      ],
    },
  },
  ticker: { type: 'ticker', ...envelope, data: { bid: 1, ask: 2, last: 1, high: 3, low: 1, volume: 0 } },
  status: { type: 'status', ...envelope, data: { state: 'gap', from_seq: 3, to_seq: 9 } },
  signal: { type: 'signal', ...envelope, strategy: 'rsi', action: 'exit', confidence: 1, price_ref: 6_123_500 },
  order: {
    type: 'order',
    ...envelope,
    id: 'o1',
    data: {
      client_order_id: 'c1',
      strategy: 'rsi',
      status: 'NEW',
      request: 'none',
      side: 'buy',
      effect: 'open',
      order_type: 'limit',
      size: '0.01',
      price: '6123456',
      filled_size: '0',
    },
  },
  denial: {
    type: 'denial',
    ...envelope,
    id: 'd1',
    data: { signal_id: 's1', strategy: 'rsi', action: 'enter_long', code: 'SIGNAL_TOO_OLD', message: '…', inputs: {} },
  },
  trading_state: {
    type: 'trading_state',
    ...envelope,
    id: 't1',
    data: { state: 'REDUCING', halts: [{ cause: 'drawdown', reason: '…', since_ts: 1 }] },
  },
  control: { type: 'control', ...envelope, symbol: '*', id: 'k1', action: 'halt', reason: 'by hand' },
};

/** What to change in a good event: a path into it and the value to put there; `undefined` removes the field. */
type Change = readonly [type: EventType, path: string, value: unknown];

const ENVELOPE: Change[] = [
  ['trade', 'type', 'quote'],
  ['trade', 'type', undefined],
  ['trade', 'type', 'toString'],
  ['trade', 'type', ['trade']],
  ['trade', 'exchange', undefined],
  ['trade', 'exchange', 'GMO'],
  ['trade', 'exchange', ''],
  ['trade', 'exchange', 'gmo:coin'],
  ['trade', 'symbol', ''],
  ['trade', 'symbol', 'x'.repeat(65)],
  ['trade', 'symbol', 7],
  ['trade', 'ts', undefined],
  ['trade', 'ts', '1732312345123'],
  ['trade', 'ts', 1.5],
  ['trade', 'ts', -1],
  ['trade', 'ts', 2 ** 53],
  ['trade', 'ts', '2024-11-22T21:52:25.123Z'],
  ['trade', 'recv_ts', null],
  ['trade', 'seq', 0],
  ['trade', 'seq', 1.5],
  ['trade', 'v', 0],
  ['trade', 'origin', 'rest'],
];

const BODIES: Change[] = [
  ['trade', 'data', undefined],
  ['trade', 'data', []],
  ['trade', 'data.price', 0],
  ['trade', 'data.price', '6123456'],
  ['trade', 'data.price', null],
  ['trade', 'data.price', Number.POSITIVE_INFINITY],
  ['trade', 'data.size', 0],
  ['trade', 'data.size', -0.01],
  ['trade', 'data.size', undefined],
  ['trade', 'data.side', 'BUY'],
  ['trade', 'data.side', 'long'],
  ['orderbook', 'data.is_snapshot', 'true'],
  ['orderbook', 'data.bids', undefined],
  ['orderbook', 'data.bids', [[1]]],
  ['orderbook', 'data.bids', [[1, 2, 3]]],
  ['orderbook', 'data.bids', [['1', 2]]],
  ['orderbook', 'data.bids', [{ price: 1, size: 2 }]],
  ['orderbook', 'data.bids', [[0, 1]]],
  ['orderbook', 'data.asks', [[1, -1]]],
  ['orderbook', 'data.checksum', 12],
  ['ticker', 'data.bid', 0],
  ['ticker', 'data.last', undefined],
  ['ticker', 'data.volume', -1],
  ['status', 'data.state', 'reconnecting'],
  ['status', 'data.state', undefined],
  ['status', 'data.channel', 'trades'],
  ['status', 'data.from_seq', 0],
  ['signal', 'action', 'buy'],
  ['signal', 'action', undefined],
  ['signal', 'confidence', 1.01],
  ['signal', 'confidence', -0.01],
  ['signal', 'confidence', '0.7'],
  ['signal', 'price_ref', 0],
  ['signal', 'strategy', ''],
  ['signal', 'meta', 'donchian_break'],
  ['order', 'id', undefined],
  ['order', 'data.status', 'CANCELLED'],
  ['order', 'data.status', 'new'],
  ['order', 'data.request', 'pending'],
  ['order', 'data.size', 0.01],
  ['order', 'data.size', '1e-2'],
  ['order', 'data.size', ''],
  ['order', 'data.size', '.5'],
  ['order', 'data.size', ' 1'],
  ['order', 'data.price', 'NaN'],
  ['order', 'data.filled_size', undefined],
  ['order', 'data.effect', 'OPEN'],
  ['order', 'data.order_type', 'STOP'],
  ['order', 'data.fill', { execution_id: 'e1' }],
  ['order', 'data.fill', { execution_id: 'e1', price: '1', size: '1', fee: 0, ts: 1 }],
  ['denial', 'data.code', undefined],
  ['denial', 'data.inputs', []],
  ['control', 'action', 'stop'],
  ['control', 'reason', undefined],
];

/** Levels that are well formed one by one and wrong together; only the codec sees that, a JSON Schema cannot. */
const BOOK_ORDER: Change[] = [
  [
    'orderbook',
    'data.bids',
    [
      [1, 1],
      [2, 1],
    ],
  ],
  [
    'orderbook',
    'data.bids',
    [
      [2, 1],
      [2, 1],
    ],
  ],
  [
    'orderbook',
    'data.asks',
    [
      [4, 1],
      [3, 1],
    ],
  ],
  [
    'orderbook',
    'data.asks',
    [
      [3, 1],
      [3, 1],
    ],
  ],
];

function changed([type, path, value]: Change): Record<string, unknown> {
  const event = structuredClone(GOOD[type]);
  const keys = path.split('.');
  const last = keys.pop()!;
  const target = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, event);
  if (value === undefined) delete target[last];
  else target[last] = value;
  return event;
}

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'accepted';
  } catch (error) {
    return AlphaError.is(error) ? error.code : String(error);
  }
}

describe('bad events', () => {
  it.each(Object.keys(GOOD) as EventType[])('start from a good %s', (type) => {
    expect(parseEvent(GOOD[type])).toEqual(GOOD[type]);
  });

  it.each([...ENVELOPE, ...BODIES, ...BOOK_ORDER])('refuses a %s whose %s is %j', (...change) => {
    expect(codeOf(() => parseEvent(changed(change)))).toBe('EVENT_INVALID');
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '7',
    '"trade"',
    '{}',
    '<html>503</html>',
    `${JSON.stringify(GOOD.trade)}${JSON.stringify(GOOD.trade)}`,
  ])('refuses the text %s', (text) => {
    expect(codeOf(() => decodeEvent(text))).toBe('EVENT_INVALID');
  });
});

import { describe, expect, test } from 'vitest';
import type { DenialEvent, OrderEvent, OrderPurpose, OrderStatus } from '../../src/index.js';
import { Target, type TargetSide } from '../../src/strategy/target.js';

interface Fate {
  readonly status: OrderStatus;
  readonly filled?: string;
  readonly effect?: 'open' | 'close';
  readonly replacedBy?: string;
  readonly purpose?: OrderPurpose;
  readonly flat?: boolean;
}

function order(signalId: string, { status, filled = '0', effect = 'open', replacedBy, ...more }: Fate): OrderEvent {
  return {
    type: 'order',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    ts: 1,
    id: `${signalId}-${status}`,
    data: {
      client_order_id: `order-of-${signalId}`,
      signal_id: signalId,
      strategy: 's',
      status,
      request: 'none',
      side: 'buy',
      effect,
      order_type: 'market',
      size: '1',
      filled_size: filled,
      ...(replacedBy === undefined ? {} : { replaced_by: replacedBy }),
      ...more,
    },
  };
}

function denial(signalId: string): DenialEvent {
  const data = {
    signal_id: signalId,
    strategy: 's',
    action: 'enter_long',
    code: 'X',
    message: '.',
    inputs: {},
  } as const;
  return { type: 'denial', exchange: 'gmo', symbol: 'BTC_JPY', ts: 1, id: `denial-${signalId}`, data };
}

describe('what becomes of one signal', () => {
  const table: readonly (readonly [
    string,
    TargetSide,
    'enter_long' | 'enter_short' | 'exit',
    readonly Fate[],
    TargetSide,
  ])[] = [
    [
      'an entry is moved to another price after a part of it was filled, and the rest is given up',
      'flat',
      'enter_long',
      [{ status: 'CANCELED', filled: '0.4', replacedBy: 'next' }, { status: 'CANCELED' }],
      'long',
    ],
    [
      'the stop of an entry is taken back',
      'flat',
      'enter_long',
      [
        { status: 'FILLED', filled: '1' },
        { status: 'CANCELED', effect: 'close', purpose: 'stop_loss' },
      ],
      'long',
    ],
    [
      'the stop of an entry closes it',
      'flat',
      'enter_short',
      [
        { status: 'FILLED', filled: '1' },
        { status: 'FILLED', filled: '1', effect: 'close', purpose: 'trailing_stop', flat: true },
      ],
      'flat',
    ],
    ['an entry is working', 'flat', 'enter_long', [{ status: 'NEW' }], 'long'],
    ['an entry is filled', 'flat', 'enter_long', [{ status: 'FILLED', filled: '1' }], 'long'],
    ['an entry is rejected', 'flat', 'enter_long', [{ status: 'REJECTED' }], 'flat'],
    ['an entry is canceled unfilled', 'flat', 'enter_short', [{ status: 'CANCELED' }], 'flat'],
    ['an entry expires unfilled', 'flat', 'enter_short', [{ status: 'EXPIRED' }], 'flat'],
    ['an entry proves void', 'flat', 'enter_long', [{ status: 'VOID' }], 'flat'],
    ['a void entry is placed again', 'flat', 'enter_long', [{ status: 'VOID', replacedBy: 'next' }], 'long'],
    [
      'an entry is canceled after a partial fill',
      'flat',
      'enter_long',
      [{ status: 'CANCELED', filled: '0.4' }],
      'long',
    ],
    ['an entry expires after a partial fill', 'flat', 'enter_long', [{ status: 'EXPIRED', filled: '0.4' }], 'long'],
    ['an exit is rejected', 'long', 'exit', [{ status: 'REJECTED', effect: 'close' }], 'long'],
    ['an exit is filled', 'short', 'exit', [{ status: 'FILLED', filled: '1', effect: 'close' }], 'flat'],
    [
      'the first leg of a reversal is rejected',
      'long',
      'enter_short',
      [{ status: 'REJECTED', effect: 'close' }],
      'long',
    ],
    [
      'the second leg of a reversal is rejected',
      'long',
      'enter_short',
      [{ status: 'FILLED', filled: '1', effect: 'close' }, { status: 'REJECTED' }],
      'flat',
    ],
    [
      'a rejection is told twice',
      'short',
      'enter_long',
      [
        { status: 'REJECTED', effect: 'close' },
        { status: 'REJECTED', effect: 'close' },
      ],
      'short',
    ],
  ];
  test.each(table)('%s', (_case, before, action, fates, after) => {
    const target = Target.at(before);
    target.move(action, 'one');
    for (const fate of fates) target.settle(order('one', fate));
    expect(target.position.side).toBe(after);
  });

  test('a denial takes the move back', () => {
    const target = Target.at('short');
    target.move('exit', 'one');
    target.settle(denial('one'));
    expect(target.position).toMatchObject({ side: 'short', isShort: true, isFlat: false, isLong: false });
  });

  test('the news of an unknown signal, or of an order without one, changes nothing', () => {
    const target = Target.at('flat');
    target.move('enter_long', 'one');
    target.settle(denial('other'));
    const { signal_id: _dropped, ...data } = order('one', { status: 'REJECTED' }).data;
    target.settle({ ...order('one', { status: 'REJECTED' }), data });
    expect(target.position.side).toBe('long');
  });
});

describe('two signals', () => {
  test('the failure of the earlier one leaves the target, and is what a failure of the later one returns to', () => {
    const target = Target.at('flat');
    target.move('enter_long', 'enter');
    target.move('exit', 'exit');
    target.settle(denial('enter'));
    expect(target.position.side).toBe('flat');
    // There was nothing to close after all: going back "to long" would be wrong.
    target.settle(denial('exit'));
    expect(target.position.side).toBe('flat');
  });

  test('the failure of the later one returns to where the earlier one went', () => {
    const target = Target.at('flat');
    target.move('enter_long', 'enter');
    target.move('exit', 'exit');
    target.settle(order('exit', { status: 'REJECTED', effect: 'close' }));
    expect(target.position.side).toBe('long');
  });
});

describe('a position that the exchange closes by force', () => {
  const forced = (): OrderEvent => {
    const { signal_id: _nobody, ...data } = order('', {
      status: 'FILLED',
      filled: '1',
      effect: 'close',
      flat: true,
    }).data;
    return { ...order('', { status: 'FILLED' }), data };
  };

  test('makes the target flat, also where nothing is remembered of the entry', () => {
    const target = Target.at('flat');
    target.move('enter_long', 'enter');
    target.settle(order('enter', { status: 'FILLED', filled: '1' }));
    target.settle(forced());
    expect(target.position.side).toBe('flat');
    const old = Target.at('short');
    old.settle(forced());
    expect(old.position.side).toBe('flat');
  });

  test('leaves what a signal on its way wants, and is what its failure returns to', () => {
    const target = Target.at('flat');
    target.move('enter_long', 'enter');
    target.settle(order('enter', { status: 'FILLED', filled: '1' }));
    target.move('enter_short', 'turn');
    target.settle(forced());
    expect(target.position.side).toBe('short');
    target.settle(denial('turn'));
    expect(target.position.side).toBe('flat');
  });
});

test('a stop that fires leaves what a later signal wants, and is what its failure returns to', () => {
  const target = Target.at('flat');
  target.move('enter_long', 'enter');
  target.settle(order('enter', { status: 'FILLED', filled: '1' }));
  target.move('enter_short', 'turn');
  target.settle(order('enter', { status: 'FILLED', filled: '1', effect: 'close', purpose: 'stop_loss', flat: true }));
  expect(target.position.side).toBe('short');
  target.settle(denial('turn'));
  expect(target.position.side).toBe('flat');
});

test('goes on after a restart, by way of JSON', () => {
  const target = Target.at('flat');
  target.move('enter_long', 'enter');
  const again = new Target(JSON.parse(JSON.stringify(target.snapshot())));
  again.settle(denial('enter'));
  expect([target.position.side, again.position.side]).toEqual(['long', 'flat']);
});

test('forgets signals that are long past', () => {
  const target = Target.at('flat');
  for (let i = 0; i < 100; i++) target.move(i % 2 === 0 ? 'enter_long' : 'exit', `signal-${i}`);
  expect(target.snapshot().changes.length).toBeLessThan(20);
  target.settle(denial('signal-0'));
  expect(target.position.side).toBe('flat');
});

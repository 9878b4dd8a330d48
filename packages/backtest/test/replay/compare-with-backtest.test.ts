import {
  Decimal,
  type DenialEvent,
  type FillRecord,
  MemoryStore,
  type Order,
  type SignalEvent,
  type Store,
  type VerdictRecord,
} from '@alpha-engine/core';
import { expect, test } from 'vitest';
import { compareWithBacktest } from '../../src/replay/compare-with-backtest.js';

type Decided = SignalEvent & { readonly id: string };

function signal(id: string, ts: number, action: SignalEvent['action'], price = 1): Decided {
  const of = { type: 'signal', exchange: 'x', symbol: 'A', ts, id, strategy: 's', action } as const;
  return { ...of, confidence: 1, price_ref: price, seq: 0 } as Decided;
}

/** What a session signalled, and which of it was denied. */
function sessionOf(events: readonly Decided[], denied: readonly string[]): Store {
  const verdicts = denied.map((signalId): VerdictRecord => {
    return { signalId, approved: false, code: 'order_rate', message: '', inputs: {}, ts: 0 };
  });
  const own: Partial<Store> = {
    signals: async () => events.map((event) => ({ event })) as never,
    verdicts: async () => verdicts,
  };
  return Object.assign(new MemoryStore() as Store, own);
}

function compare(session: Store, signals: readonly Decided[], denials: readonly DenialEvent[] = []) {
  const none = { orders: [], fills: [], bars: [], series: [], from: undefined, to: undefined };
  return compareWithBacktest(session, { signals, denials, ...none });
}

const denied = signal('denied', 1, 'enter_long');
const retried = signal('retried', 2, 'enter_long');
const both = signal('both', 3, 'exit');
const other = [signal('live', 4, 'enter_short'), signal('played', 5, 'enter_long')] as const;

test('a denial excuses what follows until both sides want the same again', async () => {
  const session = sessionOf([denied, retried, both, other[0]], ['denied']);
  const { agree, causes, differences, excused } = await compare(session, [denied, both, other[1]]);
  expect(causes).toMatchObject({ denial: 1, 'after a denial': 1, unexplained: 2 });
  expect(differences.map(({ cause }) => cause)).toEqual(['denial', 'after a denial', 'unexplained', 'unexplained']);
  expect(agree).toBe(false);
  expect(excused).toBe(1 / 5);
});

test('a signal that is denied on both sides settles nothing: each is back where it was', async () => {
  const session = sessionOf([denied, both, other[0]], ['denied', 'both']);
  const data = {
    signal_id: 'both',
    strategy: 's',
    action: 'exit',
    code: 'order_rate',
    message: '',
    inputs: {},
  } as const;
  const denial: DenialEvent = { type: 'denial', id: 'd', exchange: 'x', symbol: 'A', ts: 3, data };
  const { agree, causes, excused } = await compare(session, [denied, both, other[1]], [denial]);
  expect(causes).toMatchObject({ denial: 1, 'after a denial': 2, unexplained: 0 });
  expect({ agree, excused }).toEqual({ agree: true, excused: 0.5 });
});

test('what is the same but for its fee is told apart from what was filled at another time', async () => {
  const order = { terms: { signalId: 'both', clientOrderId: 'o', createdTs: 3 }, filledSize: Decimal.of(1) };
  const made = { ...order, averagePrice: Decimal.of(100) } as unknown as Order;
  const filled = (ts: number, fee: string) => {
    const fill = { ts, price: Decimal.of(100), size: Decimal.of(1), fee: Decimal.of(fee) };
    return { clientOrderId: 'o', strategy: 's', fill } as unknown as FillRecord;
  };
  const session = Object.assign(sessionOf([both], []), {
    orders: async () => [{ order: made }],
    fills: async () => [filled(4, '45')],
  });
  const of = { signals: [both], denials: [], bars: [], series: [], from: undefined, to: undefined };
  const against = (fill: FillRecord) => compareWithBacktest(session, { ...of, orders: [made], fills: [fill] });
  expect(await against(filled(4, '45'))).toMatchObject({ identical: true });
  const dearer = await against(filled(4, '45.4'));
  expect(dearer).toMatchObject({ agree: true, identical: false, differences: [{ cause: 'fee' }] });
  expect((await against(filled(5, '45.4'))).differences).toMatchObject([{ cause: 'time' }]);
});

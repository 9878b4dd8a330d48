import type { FaultText } from '@alpha-engine/gmo-adapter/simulator';
import { afterEach, expect, it, vi } from 'vitest';
import { LiveRig } from './live-rig.js';

/* An engine that trades over real sockets while the private side of the exchange misbehaves: the books come out right, and nothing twice. */

vi.setConfig({ testTimeout: 60_000 });

let rig: LiveRig;
afterEach(() => rig.close());

const ORDER_PATH = { path: '/private/v1/order' };
const PRIVATE = { stream: 'private' } as const;

it.each<[string, readonly FaultText[], number]>([
  ['answers late', [{ kind: 'rest_late', by: '300ms', on: { path: '/private/v1/' } }], 2],
  ['answers too late', [{ kind: 'rest_late', by: '1200ms', acts: 1, on: ORDER_PATH }], 2],
  [
    'tells fills twice and out of order',
    [
      { kind: 'duplicate', on: PRIVATE },
      { kind: 'reorder', within: '100ms', on: PRIVATE },
    ],
    2,
  ],
  ['tells nothing', [{ kind: 'silence', on: PRIVATE }], 2],
  ['cuts the private socket again and again', [{ kind: 'cut', every: '300ms', times: 20, on: PRIVATE }], 2],
  ['has had enough requests', [{ kind: 'rest_too_many', nth: 4, on: { path: '/private/v1/' } }], 2],
  [
    'goes into maintenance before it answers',
    [
      { kind: 'rest_unanswered', acts: 1, on: ORDER_PATH },
      { kind: 'maintenance', at: '300ms', for: '1500ms', emergency: true },
    ],
    2,
  ],
  ['forgets every token', [{ kind: 'tokens_expired' }, { kind: 'cut', on: PRIVATE }], 2],
])('an exchange that %s', async (_, faults, orders) => {
  rig = await LiveRig.start();
  for (const fault of faults) rig.simulator.injectFault(fault);
  await rig.signal('enter_long');
  await rig.order('entry', 'FILLED');
  await rig.signal('exit');
  await rig.order('exit', 'FILLED');
  expect(rig.simulator.stats()).toMatchObject({ orders });
  expect([rig.lots, rig.resting]).toEqual([[], []]);
  expect(rig.books.positions.map(({ size }) => size.toString())).toEqual(['0']);
  rig.simulator.endFaults();
  await rig.until('the books agree', () => rig.books.reconciled.length === 2);
  expect((await rig.stop()).reconciled).toBe(true);
});

it('an exchange that names an order it never took: the symbol waits, and goes on when an operator accepts that', async () => {
  rig = await LiveRig.start();
  rig.simulator.injectFault({ kind: 'rest_pretended', acts: 1, on: ORDER_PATH });
  await rig.signal('enter_long');
  const named = await rig.order('entry', 'NEW');
  const id = 'exchangeOrderId' in named ? named.exchangeOrderId : '';
  await rig.until('the books differ', () =>
    (rig.books.halts.BTC_JPY ?? []).some(({ cause }) => cause === 'difference'),
  );
  expect(rig.alarms.join()).toContain(`Order ${id} is NEW here and not open there`);
  await rig.control('reconcile', { accept: [`order order ${id}: NEW | none`] });
  await rig.order('entry', 'CANCELED');
  await rig.until('the books agree', () => rig.books.reconciled.length === 2);
  expect([rig.simulator.stats().orders, rig.lots]).toEqual([0, []]);
});

it('an exchange that fills an order after its cancel was told: the fill is booked, and closed', async () => {
  const entry = { kind: 'limit', timeoutMs: 600_000, reprices: 0, lastly: 'give_up' } as const;
  rig = await LiveRig.start({ config: { orderPolicy: { entry, exit: { kind: 'market' } } } });
  await rig.signal('enter_long');
  await rig.order('entry', 'NEW');
  rig.simulator.injectFault({ kind: 'fill_after_cancel', acts: 1 });
  await rig.signal('exit');
  const canceled = await rig.order('entry', 'CANCELED');
  expect(canceled.filledSize.toString()).toBe('0.005');
  await rig.order('exit', 'FILLED');
  expect(rig.lots).toEqual([]);
  expect((await rig.stop()).reconciled).toBe(true);
});

it.each([true, false])(
  'a position that somebody else changes, told: %s, halts the account and is in the books',
  async (told) => {
    rig = await LiveRig.start();
    await rig.signal('enter_long');
    await rig.order('entry', 'FILLED');
    rig.simulator.injectFault({ kind: 'outside_order', side: 'sell', size: '0.01', effect: 'close', told });
    if (!told) await rig.control('reconcile');
    await rig.until('the account halts', () => rig.books.halts['*'] !== undefined);
    expect(rig.books.halts['*']).toMatchObject([{ cause: 'foreign_order' }]);
    await rig.until('the strategy holds nothing', () => rig.books.positions.every(({ size }) => size.isZero()));
    expect((await rig.stop()).reconciled).toBe(true);
  },
);

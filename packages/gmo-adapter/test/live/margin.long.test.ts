import { Decimal } from '@alpha-engine/core';
import { afterEach, expect, it, vi } from 'vitest';
import { LiveRig, PRICE } from './live-rig.js';

/* What the exchange does by force, as an engine that trades there sees it. */

vi.setConfig({ testTimeout: 60_000 });

let rig: LiveRig;
afterEach(() => rig.close());

const causes = (scope: string) => (rig.books.halts[scope] ?? []).map(({ cause }) => cause);

it('a lot at its losscut price is closed by the exchange: its stop ends, its owner is flat, the fee is booked', async () => {
  rig = await LiveRig.start();
  await rig.signal('enter_long', { protect: { stop_loss: { price: 6_000_000 } } });
  await rig.order('stop_loss', 'NEW');
  const [lot] = rig.lots;
  const cut = lot!.losscutPrice.toNumber();
  await rig.price(cut - 1_000);
  expect(await rig.order('stop_loss', 'CANCELED')).toMatchObject({ reason: 'POSITION_LOSSCUT' });
  await rig.until('the strategy holds nothing', () => rig.books.positions.every(({ size }) => size.isZero()));

  expect([rig.lots, rig.resting, rig.books.halts]).toEqual([[], [], {}]);
  expect(rig.alarms.filter((text) => text.includes('by force'))).toEqual([
    expect.stringMatching(/closes 0\.01 BTC_JPY by force.*look at the margin/),
  ]);
  const forced = (await rig.store.fills()).find(({ clientOrderId }) => clientOrderId === null);
  // Half a per cent of the notional at the open price, whole yen.
  expect(forced?.fill.fee.toString()).toBe(lot!.price.times('0.01').times('0.005').floorTo('1').toString());
  expect(rig.books.fees.toString()).toBe(forced?.fill.fee.toString());
  expect(rig.simulator.stats().orders).toBe(3);
  // It trades on.
  await rig.signal('enter_long');
  await rig.order('entry', 'FILLED');
  expect((await rig.stop()).reconciled).toBe(true);
});

it('a lot that is closed by force while the engine is away is found closed, and booked to its owner', async () => {
  rig = await LiveRig.start();
  await rig.signal('enter_short', { protect: { stop_loss: { price: 12_000_000 } } });
  await rig.order('stop_loss', 'NEW');
  const cut = rig.lots[0]!.losscutPrice.toNumber();
  await rig.restart(async () => {
    rig.simulator.play({ kind: 'book', symbol: 'BTC_JPY', bids: [[cut, 5]], asks: [[cut + 1_000, 5]] });
    expect(rig.lots).toEqual([]);
  });
  await rig.until('the strategy holds nothing', () => rig.books.positions.every(({ size }) => size.isZero()));
  expect(await rig.order('stop_loss', 'CANCELED')).toMatchObject({ reason: 'POSITION_LOSSCUT' });
  expect(rig.books.fees.isPositive()).toBe(true);
  expect((await rig.stop()).reconciled).toBe(true);
});

it('a margin call stops openings and nothing else, and ends when there is margin again', async () => {
  const halfPastSix = Date.UTC(2026, 0, 5, 21, 30);
  rig = await LiveRig.start({
    simulator: { origin: halfPastSix - 4_000, balances: { JPY: '50000' } },
    config: { capital: Decimal.of('1000000') },
  });
  await rig.signal('enter_long', { strategy: 'first' });
  await rig.order('entry', 'FILLED', 'first');
  // The equity falls below the margin that the lot needs, but not to the half of it.
  await rig.price(PRICE - 1_500_000);
  await rig.until('the call is known', () => causes('*').includes('margin_call'));
  expect(rig.books.halts['*']?.[0]?.reason).toMatch(/calls for margin: the equity of the account is 3\d{4}, /);

  await rig.signal('enter_long', { strategy: 'second' });
  await rig.until('it is denied', async () => (await rig.store.verdicts()).length === 2);
  expect((await rig.store.verdicts()).at(-1)).toMatchObject({ approved: false, code: 'halted' });
  expect(rig.simulator.stats().orders).toBe(1);

  await rig.price(PRICE);
  await rig.until('the call is over', () => !causes('*').includes('margin_call'));
  await rig.price(PRICE - 1_500_000);
  await rig.signal('exit', { strategy: 'first' });
  await rig.order('exit', 'FILLED', 'first');
  expect((await rig.stop()).reconciled).toBe(true);
});

it('an account that has too little left is closed whole, and the books follow', async () => {
  rig = await LiveRig.start({
    simulator: { balances: { JPY: '92000' }, switches: { accountLosscutPercent: 60 } },
    config: { capital: Decimal.of('1000000') },
  });
  for (const strategy of ['first', 'second']) {
    await rig.signal('enter_long', { strategy, protect: { stop_loss: { price: 6_000_000 } } });
    await rig.order('stop_loss', 'NEW', strategy);
  }
  // Far from the losscut price of a lot: both go because of the account.
  await rig.price(PRICE - 1_950_000);
  await rig.until('nothing is held', () => rig.books.positions.every(({ size }) => size.isZero()));
  expect([rig.lots, rig.resting]).toEqual([[], []]);
  expect((await rig.stop()).reconciled).toBe(true);
});

import { Decimal } from '@alpha-engine/core';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { seedOf } from '../ledger/seed.js';
import { PaperRig } from './paper-rig.js';

let rig: PaperRig;
afterEach(() => rig.close());

const stops = async () =>
  (await rig.broker.openOrders('BTC_JPY')).map(({ type, triggerPrice }) => `${type} ${String(triggerPrice)}`);

it('a trailing stop follows the market, survives a restart, fires, and leaves books that agree', async () => {
  rig = new PaperRig({ protect: { trail: { distance: 100_000 } } });
  await rig.price(6_000_000);
  await rig.signal('enter_long');
  expect(await stops()).toEqual(['stop 5900050']);
  await rig.price(6_200_000);
  expect(await stops()).toEqual(['stop 6099950']);
  await rig.restart();
  await rig.price(6_300_000);
  expect(await stops()).toEqual(['stop 6199950']);
  await rig.price(6_190_000);
  expect([await stops(), rig.books.lots]).toEqual([[], []]);
  const end = rig.events.findLast(({ data }) => data.purpose === 'trailing_stop');
  expect(end?.data).toMatchObject({ status: 'FILLED', flat: true });
  expect(rig.books.realizedPnl.isPositive()).toBe(true);
  expect(await rig.differences()).toEqual([]);
});

it('a target that is touched takes the stop back and closes; an exit does the same', async () => {
  rig = new PaperRig({ protect: { stop_loss: { percent: 2 }, take_profit: { percent: 1 } } });
  await rig.price(6_000_000);
  await rig.signal('enter_short');
  expect(await stops()).toEqual(['stop 6119949']);
  await rig.price(5_930_000);
  expect([await stops(), rig.books.lots]).toEqual([[], []]);
  await rig.signal('enter_long');
  expect(rig.books.lots).toHaveLength(1);
  await rig.signal('exit');
  expect([await stops(), rig.books.lots]).toEqual([[], []]);
  const closes = rig.events.filter(({ data }) => data.status === 'FILLED' && data.effect === 'close');
  expect(closes.map(({ data }) => data.purpose)).toEqual(['take_profit', 'exit']);
  expect(await rig.differences()).toEqual([]);
});

it('a limit entry is moved to the touch until the market comes, and what it fills is protected', async () => {
  const entry = { kind: 'limit', timeoutMs: 1_000, reprices: 5, lastly: 'give_up' } as const;
  rig = new PaperRig({ protect: { stop_loss: { percent: 1 } }, orderPolicy: { entry, exit: { kind: 'market' } } });
  await rig.price(6_000_000);
  await rig.signal('enter_long');
  await rig.price(6_001_000);
  const resting = await rig.broker.openOrders('BTC_JPY');
  expect(resting.map(({ price }) => String(price))).toEqual(['6000950']);
  await rig.price(5_999_000);
  expect(rig.books.lots.map(({ price }) => String(price))).toEqual(['6000950']);
  expect(await stops()).toEqual(['stop 5940941']);
  expect(await rig.differences()).toEqual([]);
});

it.each(['', ' that died before it had done anything'])(
  'flatten takes the stops back, closes everything, and nothing comes again, also by an engine%s',
  async (dies) => {
    rig = new PaperRig({ protect: { stop_loss: { percent: 1 }, take_profit: { percent: 1 } } });
    for (const strategy of ['one', 'two']) {
      await rig.price(6_000_000);
      await rig.signal('enter_long', { strategy });
    }
    expect(await stops()).toEqual(['stop 5940050', 'stop 5940050']);
    await rig.say('flatten', dies !== '');
    await rig.price(6_000_000);
    expect([await stops(), rig.books.lots, rig.guards]).toEqual([[], [], {}]);
    const closes = rig.events.filter(({ data }) => data.status === 'FILLED' && data.effect === 'close');
    expect(closes.map(({ data }) => [data.purpose, data.strategy, data.flat])).toEqual([
      ['flatten', 'one', true],
      ['flatten', 'two', true],
    ]);
    const told = rig.events.length;
    // Below the stops and above the targets: nobody is there to close anything.
    for (const price of [5_900_000, 6_100_000]) await rig.price(price);
    await rig.say('resume');
    expect([rig.events.length, rig.books.lots, rig.books.halts]).toEqual([told, [], {}]);
    expect(await rig.differences()).toEqual([]);
  },
);

type Turn = readonly ['price', number] | readonly ['enter_long' | 'enter_short' | 'exit' | 'restart'];

it('whatever the market, the signals and the restarts: books that agree, and every lot under one stop of its size', async () => {
  const turn: fc.Arbitrary<Turn> = fc.oneof(
    { weight: 5, arbitrary: fc.tuple(fc.constant('price' as const), fc.integer({ min: 5_850, max: 6_150 })) },
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom('enter_long', 'enter_short', 'exit', 'restart')) },
  );
  const limit = { kind: 'limit', timeoutMs: 1_000, reprices: 1, lastly: 'market' } as const;
  const setting = fc.record({
    stop: fc.constantFrom({ stop_loss: { percent: 1 } }, { trail: { percent: 1 } }),
    target: fc.constantFrom({}, { take_profit: { percent: 1 } }),
    entry: fc.constantFrom({ kind: 'market' } as const, limit),
    exit: fc.constantFrom({ kind: 'market' } as const, limit),
  });
  const play = async (turns: readonly Turn[], chosen: typeof setting extends fc.Arbitrary<infer T> ? T : never) => {
    const { entry, exit } = chosen;
    rig = new PaperRig({ protect: { ...chosen.stop, ...chosen.target }, orderPolicy: { entry, exit } });
    await rig.price(6_000_000);
    for (const [kind, thousands = 0] of turns) {
      if (kind === 'price') await rig.price(thousands * 1_000);
      else if (kind === 'restart') await rig.restart();
      else await rig.signal(kind);
      expect(await rig.differences()).toEqual([]);
      const { lots } = rig.books;
      const held = Decimal.sum(lots.map(({ size }) => size));
      const working = await rig.broker.openOrders('BTC_JPY');
      const closes = working.filter(({ effect }) => effect === 'close');
      // Either a stop rests on all that is held, or an order that closes it.
      expect(Decimal.sum(closes.map(({ size, filledSize }) => size.minus(filledSize))).toString()).toBe(`${held}`);
      expect(held.lte('0.01')).toBe(true);
    }
    await rig.close();
  };
  await fc.assert(fc.asyncProperty(fc.array(turn, { minLength: 5, maxLength: 25 }), setting, play), {
    seed: seedOf('protected'),
    numRuns: 40,
  });
});

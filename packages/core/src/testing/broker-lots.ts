import { deepEqual, equal, ok } from 'node:assert/strict';
import { Decimal } from '../decimal/decimal.js';
import { type BrokerCase, brokerCase } from './broker-case.js';

const size = (text: string) => ({ size: Decimal.of(text) });
const BUY = { side: 'buy', effect: 'open' } as const;
const SELL = { side: 'sell', effect: 'open' } as const;

/** Lots, coins and margin. */
export const BROKER_LOT_CASES: readonly BrokerCase[] = [
  brokerCase('both sides of a leverage symbol are open at once, and a close closes the lot it names', async (scene) => {
    const { broker, updates, leverage, order, book } = scene;
    const long = await broker.place(order({ ...BUY, ...size('0.02') }));
    const short = await broker.place(order({ ...SELL, ...size('0.03') }));
    await updates.filled(long.exchangeOrderId, '0.02');
    await updates.filled(short.exchangeOrderId, '0.03');
    const lots = await broker.positions(leverage);
    deepEqual(lots.map((lot) => [lot.side, String(lot.size), String(lot.price)]).sort(), [
      ['buy', '0.02', '9001000'],
      ['sell', '0.03', '8999000'],
    ]);
    const lot = lots.find(({ side }) => side === 'buy');
    equal(lot?.positionId, updates.fills(long.exchangeOrderId)[0]?.positionId);
    book(leverage, [[9_011_000, 1]], [[9_012_000, 1]]);
    const close = order({ side: 'sell', effect: 'close', ...size('0.005'), positionId: lot?.positionId ?? '' });
    const { exchangeOrderId } = await broker.place(close);
    await updates.filled(exchangeOrderId, '0.005');
    const [fill] = await broker.fillsOf(exchangeOrderId);
    deepEqual(
      [fill?.effect, fill?.positionId, String(fill?.price), String(fill?.realizedPnl)],
      ['close', lot?.positionId, '9011000', '50'],
    );
    deepEqual((await broker.positions(leverage)).map((left) => [left.side, String(left.size)]).sort(), [
      ['buy', '0.015'],
      ['sell', '0.03'],
    ]);
    deepEqual(await broker.positions(scene.spot), []);
  }),

  brokerCase('a working close holds its part of the lot until it is canceled', async (scene) => {
    const { broker, updates, leverage, order } = scene;
    const opened = await broker.place(order({ ...BUY, ...size('0.02') }));
    await updates.filled(opened.exchangeOrderId, '0.02');
    const positionId = (await broker.positions(leverage))[0]?.positionId ?? '';
    const close = { side: 'sell', effect: 'close', positionId, ...size('0.02') } as const;
    const stop = await broker.place(order({ ...close, type: 'stop', triggerPrice: Decimal.of('8800000') }));
    await refused(broker.place(order(close)));
    await broker.cancel(stop.exchangeOrderId);
    const { exchangeOrderId } = await broker.place(order(close));
    await updates.filled(exchangeOrderId, '0.02');
    deepEqual(await broker.positions(leverage), []);
  }),

  brokerCase('closeAll closes lots of the other side, oldest first, with a fill for each', async (scene) => {
    const { broker, updates, leverage, order } = scene;
    const ids: string[] = [];
    for (const terms of [BUY, BUY, SELL]) {
      const { exchangeOrderId } = await broker.place(order({ ...terms, ...size('0.01') }));
      await updates.filled(exchangeOrderId, '0.01');
      ids.push(updates.fills(exchangeOrderId)[0]?.positionId ?? '');
    }
    const { exchangeOrderId } = await broker.closeAll(leverage, 'sell', Decimal.of('0.015'));
    await updates.filled(exchangeOrderId, '0.015');
    deepEqual(
      (await broker.fillsOf(exchangeOrderId)).map((fill) => [fill.positionId, String(fill.size), fill.effect]),
      [
        [ids[0], '0.01', 'close'],
        [ids[1], '0.005', 'close'],
      ],
    );
    deepEqual(
      (await broker.positions(leverage)).map((lot) => [lot.positionId, String(lot.size)]).sort(),
      [
        [ids[1], '0.005'],
        [ids[2], '0.01'],
      ].sort(),
    );
    await refused(broker.closeAll(leverage, 'sell', Decimal.of('1')));
    await refused(broker.closeAll(scene.spot, 'sell', Decimal.of('0.01')));
  }),

  brokerCase('spot moves coins against cash and pays the fee in whole yen', async (scene) => {
    const { broker, updates, spot, order } = scene;
    const totals = async () => {
      const balances = await broker.balances();
      return ['JPY', 'BTC'].map((asset) => balances.find((one) => one.asset === asset)?.total ?? Decimal.zero);
    };
    const [yen, coins] = (await totals()) as [Decimal, Decimal];
    const bought = await broker.place(order({ ...BUY, symbol: spot, ...size('0.15') }));
    await updates.filled(bought.exchangeOrderId, '0.15');
    const sold = await broker.place(order({ side: 'sell', effect: 'close', symbol: spot, ...size('0.05') }));
    await updates.filled(sold.exchangeOrderId, '0.05');
    const fills = await broker.fillsSince(spot, 0);
    const [yenAfter, coinsAfter] = (await totals()) as [Decimal, Decimal];
    let expected = yen;
    for (const fill of fills) {
      const notional = fill.price.times(fill.size);
      ok(fill.fee.isPositive() && fill.fee.isMultipleOf('1') && fill.positionId === undefined);
      expected = expected.plus(fill.side === 'buy' ? notional.negated() : notional).minus(fill.fee);
    }
    deepEqual([String(yenAfter), String(coinsAfter)], [String(expected), String(coins.plus('0.1'))]);
    deepEqual(
      fills.map(({ effect }) => effect),
      ['open', 'open', 'close'],
    );
  }),

  brokerCase('the margin is half of the notional, and says what is left', async ({ broker, updates, order }) => {
    const before = await broker.margin();
    deepEqual([String(before?.used), before?.state], ['0', 'normal']);
    const { exchangeOrderId } = await broker.place(order({ ...BUY, ...size('0.1') }));
    await updates.filled(exchangeOrderId, '0.1');
    const after = await broker.margin();
    // Bought at 9 001 000, worth 8 999 000.
    deepEqual([String(after?.used), String(after?.unrealizedPnl)], ['450050', '-200']);
    equal(String(after?.available), String(before?.available.minus('450250')));
  }),

  brokerCase('a lot at its losscut price is closed by an order of the exchange itself', async (scene) => {
    const { broker, updates, leverage, order, book } = scene;
    const { exchangeOrderId } = await broker.place(order({ ...BUY, ...size('0.01') }));
    await updates.filled(exchangeOrderId, '0.01');
    const positionId = (await broker.positions(leverage))[0]?.positionId;
    book(leverage, [[6_750_000, 1]], [[6_751_000, 1]]);
    await updates.until('a forced close', (items) =>
      items.some((update) => update.kind === 'fill' && update.fill.effect === 'close'),
    );
    const forced = updates.items.flatMap((update) =>
      update.kind === 'order' && update.order.forced ? [update.order] : [],
    );
    const fill = (await broker.fillsSince(leverage, 0)).at(-1);
    deepEqual([fill?.positionId, fill?.exchangeOrderId], [positionId, forced[0]?.exchangeOrderId]);
    deepEqual(await broker.positions(leverage), []);
    deepEqual((await broker.ordersById([fill?.exchangeOrderId ?? '']))[0]?.forced, true);
  }),
];

async function refused(promise: Promise<unknown>): Promise<void> {
  const error: unknown = await promise.then(
    () => null,
    (cause: unknown) => cause,
  );
  equal((error as { code?: unknown } | null)?.code, 'EXCHANGE_REFUSED');
}

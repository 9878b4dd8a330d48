import { readdir, readFile } from 'node:fs/promises';
import type { GmoSimulatorOptions } from '@alpha-engine/gmo-adapter/simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { Bench, closeBenches, limit, market } from './bench.js';
import { type Json, waitFor } from './raw-client.js';

describe('the documentation', () => {
  it('lists every error code that the simulator answers, and no other', async () => {
    const folder = new URL('../../src/simulator/', import.meta.url);
    const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'));
    const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
    const codesIn = (text: string) => [...new Set([...text.matchAll(/ERR-\d+/g)].map(([code]) => code))].sort();
    const page = await readFile(new URL('../../../../docs/simulator.md', import.meta.url), 'utf8');
    const section = page.slice(
      page.indexOf('\n## Errors it answers'),
      page.indexOf('A size or price between two steps'),
    );
    const answered = codesIn(sources.map((source) => source.replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*/g, '')).join());
    expect(codesIn(section)).toEqual(answered);
  });
});

const RICH: GmoSimulatorOptions = {
  balances: { JPY: '1000000000', BTC: '2' },
  switches: { framesVersusReply: 'after' },
};

afterEach(closeBenches);

const stop = (symbol: string, side: string, size: string, price: number) => ({
  ...market(symbol, side, size),
  executionType: 'STOP',
  price: String(price),
});

/** One trade of this price, far enough from the book to be seen. */
function trade(bench: Bench, symbol: string, price: number): void {
  bench.simulator.play({ kind: 'trade', symbol, price, size: 0.01, side: 'buy' });
}

describe('stop orders', () => {
  it('are WAITING until triggered, then ORDERED and filled', async () => {
    const bench = await Bench.start(RICH);
    const socket = await bench.listen(['orderEvents', 'executionEvents']);
    const { ask } = await bench.quote('BTC_JPY');
    const orderId = Number(await bench.data('POST', '/v1/order', stop('BTC_JPY', 'BUY', '0.01', ask + 50_000)));
    const { list } = await bench.data('GET', '/v1/activeOrders?symbol=BTC_JPY');
    expect(list).toMatchObject([
      { orderId, status: 'WAITING', executionType: 'STOP', price: String(ask + 50_000), timeInForce: 'FAK' },
    ]);
    trade(bench, 'BTC_JPY', ask + 50_000);
    await waitFor(() => socket.of('executionEvents').length > 0, 'the fill');
    expect(socket.of('orderEvents').map(({ orderStatus, orderPrice }) => [orderStatus, orderPrice])).toEqual([
      ['WAITING', String(ask + 50_000)],
      ['ORDERED', String(ask + 50_000)],
    ]);
    expect(socket.of('executionEvents')[0]).toMatchObject({
      orderId,
      executionType: 'STOP',
      executionPrice: String(ask + 50_000),
    });
  });
});

describe('times in force', () => {
  it.each([
    ['FOK', 'EXPIRED_FOK', (bid: number, ask: number) => limit('BTC_JPY', 'BUY', '5', Math.min(ask, bid + 100_000))],
    ['SOK', 'EXPIRED_SOK', (_: number, ask: number) => limit('BTC_JPY', 'BUY', '0.01', ask + 1)],
    ['FAK', 'EXPIRED_FAK', (bid: number) => limit('BTC_JPY', 'BUY', '0.01', bid - 1_000)],
  ] as const)('%s is accepted and expires as %s', async (timeInForce, cancelType, terms) => {
    const bench = await Bench.start(RICH);
    const socket = await bench.listen(['orderEvents']);
    const { bid, ask } = await bench.quote('BTC_JPY');
    const orderId = Number(await bench.data('POST', '/v1/order', { ...terms(bid, ask), timeInForce }));
    await waitFor(() => socket.frames.length === 2, 'two frames');
    expect(socket.frames).toMatchObject([
      { orderId, msgType: 'NOR', orderStatus: 'ORDERED', timeInForce },
      { orderId, msgType: 'ER', orderStatus: 'EXPIRED', cancelType },
    ]);
    const { list } = await bench.data('GET', `/v1/orders?orderId=${orderId}`);
    expect(list).toMatchObject([{ status: 'EXPIRED', cancelType, executedSize: '0' }]);
  });

  it('an order that would meet another of the account expires as EXPIRED_SELFTRADE', async () => {
    const bench = await Bench.start(RICH);
    const { ask } = await bench.quote('BTC');
    await bench.data('POST', '/v1/order', limit('BTC', 'SELL', '0.5', ask));
    // More than stands before our own: the shown level is small.
    const orderId = Number(await bench.data('POST', '/v1/order', limit('BTC', 'BUY', '5', ask)));
    const { list } = await bench.data('GET', `/v1/orders?orderId=${orderId}`);
    expect(list).toMatchObject([{ status: 'EXPIRED', cancelType: 'EXPIRED_SELFTRADE' }]);
  });
});

describe('changeOrder', () => {
  it('changes the price alone, keeps id and time, and tells it as ROR', async () => {
    const bench = await Bench.start(RICH);
    const socket = await bench.listen(['orderEvents']);
    const { bid } = await bench.quote('BTC_JPY');
    const orderId = Number(await bench.data('POST', '/v1/order', limit('BTC_JPY', 'BUY', '0.01', bid - 50_000)));
    bench.wall.advance(1_000);
    const changed = await bench.call('POST', '/v1/changeOrder', { orderId, price: String(bid - 40_000) });
    expect(changed.body).toEqual({ status: 0, responsetime: changed.body.responsetime });
    await waitFor(() => socket.frames.length === 2, 'the change');
    const [before, after] = socket.frames as [Json, Json];
    expect(after).toEqual({ ...before, msgType: 'ROR', orderPrice: String(bid - 40_000) });
    const stopId = Number(await bench.data('POST', '/v1/order', stop('BTC_JPY', 'SELL', '0.01', bid - 90_000)));
    await bench.data('POST', '/v1/changeOrder', { orderId: stopId, price: String(bid - 80_000) });
    const { list } = await bench.data('GET', `/v1/orders?orderId=${stopId}`);
    expect(list).toMatchObject([{ status: 'WAITING', price: String(bid - 80_000) }]);
  });

  it('is refused in the documented words', async () => {
    const bench = await Bench.start({ ...RICH, switches: { mostChanges: 1 } });
    const { bid } = await bench.quote('BTC_JPY');
    const price = String(bid - 40_000);
    const orderId = Number(await bench.data('POST', '/v1/order', limit('BTC_JPY', 'BUY', '0.01', bid - 50_000)));
    const code = (body: Json) => bench.code('POST', '/v1/changeOrder', body);
    expect(await code({ orderId: 1, price })).toBe('ERR-5123');
    expect(await code({ orderId })).toBe('ERR-5106');
    expect(await code({ orderId, price, size: '1' })).toBe('ERR-5106');
    expect(await code({ orderId: String(orderId), price })).toBe('ERR-5106');
    expect(await code({ orderId, price: '1' })).toBe('ERR-5121');
    expect(await code({ orderId, price })).toBeUndefined();
    expect(await code({ orderId, price })).toBe('ERR-5206');
    await bench.data('POST', '/v1/cancelOrder', { orderId });
    expect(await code({ orderId, price })).toBe('ERR-5122');
  });

  it('leaves a post-only order that would take, and says SOK_TAKER', async () => {
    const bench = await Bench.start(RICH);
    const socket = await bench.listen(['orderEvents']);
    const { bid, ask } = await bench.quote('BTC_JPY');
    const terms = { ...limit('BTC_JPY', 'BUY', '0.01', bid - 50_000), timeInForce: 'SOK' };
    const orderId = Number(await bench.data('POST', '/v1/order', terms));
    await bench.data('POST', '/v1/changeOrder', { orderId, price: String(ask + 10) });
    const told = await waitFor(() => socket.frames.find(({ msgType }) => msgType === 'ROR'), 'the refusal');
    expect(told).toMatchObject({ orderStatus: 'ORDERED', cancelType: 'SOK_TAKER', orderPrice: String(bid - 50_000) });
    const { list } = await bench.data('GET', '/v1/activeOrders?symbol=BTC_JPY');
    expect(list[0]).not.toHaveProperty('cancelType');
  });
});

describe('closing', () => {
  it('closeBulkOrder takes lots oldest first; both sides stay apart', async () => {
    const bench = await Bench.start(RICH);
    for (const side of ['BUY', 'BUY', 'SELL']) await bench.data('POST', '/v1/order', market('BTC_JPY', side, '0.01'));
    const before = (await bench.data('GET', '/v1/openPositions?symbol=BTC_JPY')).list as Json[];
    const buys = before.filter(({ side }) => side === 'BUY').map(({ positionId }) => Number(positionId));
    const orderId = await bench.data('POST', '/v1/closeBulkOrder', market('BTC_JPY', 'SELL', '0.015'));
    const { list } = await bench.data('GET', `/v1/executions?orderId=${orderId}`);
    expect(list.map(({ positionId, size }: Json) => [positionId, size])).toEqual([
      [Math.max(...buys), '0.005'],
      [Math.min(...buys), '0.01'],
    ]);
    const { list: sides } = await bench.data('GET', '/v1/positionSummary?symbol=BTC_JPY');
    expect(sides.map(({ side, sumPositionQuantity }: Json) => [side, sumPositionQuantity])).toEqual([
      ['BUY', '0.005'],
      ['SELL', '0.01'],
    ]);
    expect(await bench.code('POST', '/v1/closeBulkOrder', market('BTC_JPY', 'SELL', '1'))).toBe('ERR-423');
    expect(await bench.code('POST', '/v1/closeBulkOrder', market('ETH_JPY', 'SELL', '1'))).toBe('ERR-422');
    expect(await bench.code('POST', '/v1/closeBulkOrder', market('BTC', 'SELL', '1'))).toBe('ERR-5106');
  });

  it('changeLosscutPrice moves it, and reaching it closes the lot as a losscut order', async () => {
    const bench = await Bench.start(RICH);
    const socket = await bench.listen();
    await bench.data('POST', '/v1/order', market('BTC_JPY', 'BUY', '0.01'));
    const [lot] = (await bench.data('GET', '/v1/openPositions?symbol=BTC_JPY')).list;
    const { positionId } = lot;
    const move = (losscutPrice: number) =>
      bench.code('POST', '/v1/changeLosscutPrice', { positionId, losscutPrice: String(losscutPrice) });
    const closer = Number(lot.losscutPrice) + 1_000_000;
    expect(await move(Number(lot.losscutPrice) - 1)).toBe('ERR-5106');
    expect(await move(closer)).toBeUndefined();
    expect(await bench.code('POST', '/v1/changeLosscutPrice', { positionId: 1, losscutPrice: '1' })).toBe('ERR-254');
    await waitFor(() => socket.frames.find(({ msgType }) => msgType === 'ULR'), 'the change');
    const bids: [number, number][] = [[closer, 1]];
    bench.simulator.play({ kind: 'book', symbol: 'BTC_JPY', bids, asks: [[closer + 1, 1]] });
    const fill = await waitFor(() => socket.of('executionEvents').find(({ side }) => side === 'SELL'), 'the losscut');
    expect(fill).toMatchObject({ settleType: 'CLOSE', positionId, executionPrice: String(closer) });
    expect(Number(fill.fee)).toBe(Math.round(Number(lot.price) * 0.01 * 0.005));
    expect(socket.of('orderEvents').find(({ orderId }) => orderId === fill.orderId)).toMatchObject({
      settleType: 'LOSS_CUT',
    });
    const { list } = await bench.data('GET', `/v1/orders?orderId=${fill.orderId}`);
    expect(list).toMatchObject([{ orderType: 'LOSSCUT', executionType: 'MARKET', status: 'EXECUTED' }]);
  });
});

describe('permissions', () => {
  it('a key may open and not close', async () => {
    const bench = await Bench.start({ ...RICH, permissions: ['order', 'openPositions'] });
    await bench.data('POST', '/v1/order', market('BTC_JPY', 'BUY', '0.01'));
    expect(await bench.code('POST', '/v1/closeBulkOrder', market('BTC_JPY', 'SELL', '0.01'))).toBe('ERR-5012');
    expect(await bench.code('POST', '/v1/closeOrder', {})).toBe('ERR-5012');
    expect(await bench.code('GET', '/v1/activeOrders?symbol=BTC_JPY')).toBe('ERR-5012');
    expect(await bench.data('GET', '/v1/openPositions?symbol=BTC_JPY')).toHaveProperty('list');
  });

  it('hold for each channel, as the token was born', async () => {
    const bench = await Bench.start({ permissions: ['orderEvents'] });
    const socket = await bench.listen(['orderEvents', 'executionEvents']);
    expect(socket.frames).toEqual([{ error: 'ERR-5012 Invalid permissions for action.' }]);
    bench.simulator.setPermissions(['executionEvents']);
    socket.send({ command: 'subscribe', channel: 'executionEvents' });
    await waitFor(() => socket.frames.length === 2, 'the second refusal');
    bench.wall.advance(1_000);
    expect((await bench.listen(['executionEvents'])).frames).toEqual([]);
  });
});

it('is closed in an emergency with a code of its own, and takes cancels alone before it opens', async () => {
  const bench = await Bench.start(RICH);
  const { bid } = await bench.quote('BTC_JPY');
  const orderId = Number(await bench.data('POST', '/v1/order', limit('BTC_JPY', 'BUY', '0.01', bid - 50_000)));
  bench.simulator.setExchangeState('EMERGENCY');
  expect(await bench.code('POST', '/v1/cancelOrder', { orderId })).toBe('ERR-5202');
  bench.simulator.setExchangeState('PREOPEN');
  for (const [path, body] of [
    ['/v1/order', market('BTC_JPY', 'BUY', '0.01')],
    ['/v1/closeOrder', {}],
    ['/v1/closeBulkOrder', market('BTC_JPY', 'SELL', '0.01')],
    ['/v1/changeOrder', { orderId, price: '1' }],
  ] as const) {
    expect(await bench.code('POST', path, body)).toBe('ERR-5203');
  }
  expect(await bench.code('POST', '/v1/cancelOrder', { orderId })).toBeUndefined();
});

it('refuses too many active orders where it is told a limit', async () => {
  const bench = await Bench.start({ ...RICH, switches: { mostActiveOrders: 1 } });
  const { bid } = await bench.quote('BTC_JPY');
  await bench.data('POST', '/v1/order', limit('BTC_JPY', 'BUY', '0.01', bid - 50_000));
  expect(await bench.code('POST', '/v1/order', limit('BTC_JPY', 'BUY', '0.01', bid - 60_000))).toBe('ERR-635');
});

import { ManualClock } from '@alpha-engine/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Bench, closeBenches, limit, market, START } from './bench.js';
import { type Json, RawSocket, type Signing, waitFor } from './raw-client.js';

afterEach(closeBenches);

describe('authentication', () => {
  it.each<[string, Signing]>([
    ['ERR-5011', { key: '' }],
    ['ERR-5012', { key: 'somebody-else' }],
    ['ERR-5007', { timestamp: 'soon' }],
    ['ERR-5008', { timestamp: String(START + 1_000 + 5_001) }],
    ['ERR-5009', { timestamp: String(START + 1_000 - 5_001) }],
    ['ERR-5010', { secret: 'wrong' }],
  ])('answers %s with HTTP 200 and status 1', async (code, signing) => {
    const bench = await Bench.start();
    const { http, body } = await bench.call('GET', '/v1/account/assets', undefined, signing);
    expect([http, body.status, body.messages?.[0]?.message_code]).toEqual([200, 1, code]);
  });

  it('accepts the published test vectors', async () => {
    const bench = await Bench.start({ apiKey: 'key', apiSecret: 'SECRET', wallClock: new ManualClock(START) });
    const vectors: [string, string, string, Json | undefined][] = [
      [
        'GET',
        '/v1/activeOrders?symbol=BTC_JPY',
        'a023281389c4b0e72981861481f358deec1557943b6cbf60aa80f9fcbc716f19',
        undefined,
      ],
      ['POST', '/v1/ws-auth', 'b9f9c5259e2e8b2dfe4bc3ce7aa4246efec4725bf789b0f7286385c733aa6949', {}],
      ['PUT', '/v1/ws-auth', 'db91b05916a54f6f8c326012390acc2041fe43d564923eb8895671c327f682a6', { token: 'x' }],
      ['DELETE', '/v1/ws-auth', 'b39cb7adc2b52d3dd120b21922fb7e0d9eeae5f2b431a49c1675989423952d75', { token: 'x' }],
      [
        'POST',
        '/v1/order',
        '3103e5f6b27eb2adfbd33433c7c90b70210520413f55e6a758b0f6147f108c8b',
        { symbol: 'BTC_JPY', side: 'BUY', executionType: 'LIMIT', timeInForce: 'FAS', price: '430001', size: '0.02' },
      ],
    ];
    for (const [method, path, sign, body] of vectors) {
      const headers = { 'API-KEY': 'key', 'API-TIMESTAMP': '1700000000000', 'API-SIGN': sign };
      const code = await bench.code(method, path, body, { headers });
      expect(code ?? '').not.toMatch(/ERR-50(07|08|09|10|11|12)/);
    }
  });

  it('signs neither the query nor the body of PUT', async () => {
    const bench = await Bench.start();
    expect((await bench.call('GET', '/v1/activeOrders?symbol=BTC&page=1')).body.status).toBe(0);
    const token = (await bench.call('POST', '/v1/ws-auth', {})).body.data;
    expect((await bench.call('PUT', '/v1/ws-auth', { token })).body.status).toBe(0);
  });

  it('answers an unknown path with 404 and ERR-5204', async () => {
    const bench = await Bench.start();
    for (const [method, path] of [
      ['GET', '/v1/depositHistory'],
      ['POST', '/v1/account/transfer'],
      ['PUT', '/v1/changeLosscutPrice'],
    ] as const) {
      const { http, body } = await bench.call(method, path, method === 'GET' ? undefined : {});
      expect([http, body.messages?.[0]?.message_code]).toEqual([404, 'ERR-5204']);
    }
  });

  it('keeps a budget of 20 GET and 20 POST a second', async () => {
    const bench = await Bench.start();
    const codes: (string | undefined)[] = [];
    for (let count = 0; count < 21; count += 1) codes.push(await bench.code('GET', '/v1/account/margin'));
    expect(codes.slice(0, 20)).toEqual(Array(20).fill(undefined));
    expect(codes[20]).toBe('ERR-5003');
    const refused = await bench.call('GET', '/v1/account/margin');
    expect([refused.http, refused.body.status]).toEqual([200, 4]);
    expect((await bench.call('POST', '/v1/ws-auth', {})).body.status).toBe(0);
    bench.wall.advance(1_000);
    expect(await bench.code('GET', '/v1/account/margin')).toBeUndefined();
  });
});

describe('tokens', () => {
  it('live an hour, are extended by PUT, and the sixth evicts the one that expires first', async () => {
    const bench = await Bench.start();
    const issue = async () => (await bench.call('POST', '/v1/ws-auth', {})).body.data as string;
    const tokens: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      tokens.push(await issue());
      bench.wall.advance(1_000);
    }
    expect((await bench.call('PUT', '/v1/ws-auth', { token: tokens[0] })).body).not.toHaveProperty('data');
    await issue();
    const url = (token: string | undefined) => `${bench.simulator.wsPrivateUrl}/${token}`;
    expect(await RawSocket.refusedWith(url(tokens[1]))).toBe(401);
    (await RawSocket.open(url(tokens[0]))).close();
    bench.wall.advance(3_600_000);
    const stale = await bench.call('PUT', '/v1/ws-auth', { token: tokens[0] });
    expect(stale.body.messages).toEqual([{ message_code: 'ERR-5106', message_string: 'Invalid request parameter.' }]);
  });

  it('are wiped by maintenance', async () => {
    const bench = await Bench.start();
    const socket = await bench.listen(['orderEvents']);
    const token = (await bench.call('POST', '/v1/ws-auth', {})).body.data;
    bench.simulator.setExchangeState('MAINTENANCE');
    expect((await bench.call('GET', '/v1/account/assets')).body).toMatchObject({ status: 5 });
    await waitFor(() => socket.closed !== null, 'the cut');
    bench.simulator.setExchangeState('PREOPEN');
    expect(await bench.code('PUT', '/v1/ws-auth', { token })).toBe('ERR-5106');
    expect(await bench.code('POST', '/v1/order', market('BTC_JPY', 'BUY', '0.01'))).toBe('ERR-5203');
  });

  it('answers 404 on a private path without version', async () => {
    const bench = await Bench.start();
    const url = bench.simulator.wsPrivateUrl.replace('/v1', '/x');
    expect(await RawSocket.refusedWith(url)).toBe(404);
  });
});

describe('orders', () => {
  it('opens and closes a leverage lot, and tells it on the four channels in order', async () => {
    const bench = await Bench.start();
    const socket = await bench.listen();
    const placed = await bench.call('POST', '/v1/order', market('BTC_JPY', 'BUY', '0.01'));
    expect(placed.body.data).toMatch(/^\d+$/);
    const orderId = Number(placed.body.data);
    await waitFor(() => socket.frames.length === 4, 'four frames');
    expect(socket.frames.map(({ channel, msgType }) => [channel, msgType])).toEqual([
      ['orderEvents', 'NOR'],
      ['executionEvents', 'ER'],
      ['positionEvents', 'OPR'],
      ['positionSummaryEvents', 'UPDATE'],
    ]);
    const [nor, execution, position, summary] = socket.frames as [Json, Json, Json, Json];
    expect(nor).toMatchObject({
      orderId,
      orderStatus: 'ORDERED',
      orderPrice: '0',
      timeInForce: 'FAK',
      settleType: 'OPEN',
    });
    expect(execution).toMatchObject({
      orderId,
      executionSize: '0.01',
      orderExecutedSize: '0.01',
      orderSize: '0.01',
      fee: '0',
      lossGain: '0',
      side: 'BUY',
    });
    expect(position).toMatchObject({ positionId: execution.positionId, size: '0.01', orderdSize: '0', leverage: '2' });
    expect(position.timestamp).toBe(execution.executionTimestamp);
    expect(position.losscutPrice).toBe(String(Math.ceil(Number(execution.executionPrice) * 0.75)));
    expect(summary).toMatchObject({ sumPositionQuantity: '0.01', averagePositionRate: execution.executionPrice });

    const orders = await bench.call('GET', `/v1/orders?orderId=${orderId},1`);
    expect(orders.body.data.list).toMatchObject([{ orderId, rootOrderId: orderId, status: 'EXECUTED', price: '0' }]);
    const rows = await bench.call('GET', '/v1/openPositions?symbol=BTC_JPY');
    expect(rows.body.data).toMatchObject({
      pagination: { currentPage: 1, count: 100 },
      list: [{ positionId: execution.positionId, side: 'BUY', size: '0.01', orderdSize: '0' }],
    });
    const margin = await bench.call('GET', '/v1/account/margin');
    expect(Number(margin.body.data.margin)).toBeCloseTo(Number(execution.executionPrice) * 0.01 * 0.5, 6);

    bench.wall.advance(5_000);
    const close = {
      ...market('BTC_JPY', 'SELL', '0.01'),
      settlePosition: [{ positionId: position.positionId, size: '0.01' }],
    };
    const { size: _, ...closing } = close;
    expect((await bench.call('POST', '/v1/closeOrder', closing)).body.status).toBe(0);
    await waitFor(() => socket.frames.some(({ msgType }) => msgType === 'CPR'), 'the close');
    const executions = await bench.call('GET', '/v1/latestExecutions?symbol=BTC_JPY');
    const [last] = executions.body.data.list;
    const gain = (Number(last.price) - Number(execution.executionPrice)) * 0.01;
    expect(last).toMatchObject({ settleType: 'CLOSE', side: 'SELL', positionId: position.positionId });
    expect(Number(last.lossGain)).toBeCloseTo(gain, 6);
    expect((await bench.call('GET', '/v1/openPositions?symbol=BTC_JPY')).body.data).toEqual({});
    const assets = await bench.call('GET', '/v1/account/assets');
    const yen = assets.body.data.find((row: Json) => row.symbol === 'JPY');
    expect(Number(yen.amount)).toBeCloseTo(1_000_000 + gain, 6);
  });

  it('moves coins on spot and charges the taker fee in whole yen', async () => {
    const bench = await Bench.start();
    const { body } = await bench.call('POST', '/v1/order', market('BTC', 'BUY', '0.05'));
    const { list } = (await bench.call('GET', `/v1/executions?orderId=${body.data}`)).body.data;
    for (const row of list) {
      expect(row.fee).toBe(String(Math.round(Number(row.price) * Number(row.size) * 0.0005)));
      expect(row).not.toHaveProperty('positionId');
    }
    const assets = (await bench.call('GET', '/v1/account/assets')).body.data as Json[];
    const coin = assets.find((row) => row.symbol === 'BTC');
    expect(coin).toMatchObject({ amount: '0.05', available: '0.05' });
    expect(assets.find((row) => row.symbol === 'JPY')).toMatchObject({ conversionRate: '1' });
    expect((await bench.call('POST', '/v1/order', market('BTC', 'SELL', '0.05'))).body.status).toBe(0);
    expect(await bench.code('POST', '/v1/order', market('BTC', 'SELL', '0.05'))).toBe('ERR-208');
  });

  it('rests a limit order, cancels it, and says ERR-5122 afterwards', async () => {
    const bench = await Bench.start({ switches: { framesVersusReply: 'after' } });
    const socket = await bench.listen(['orderEvents']);
    const { bid } = await bench.quote('BTC_JPY');
    const { body } = await bench.call('POST', '/v1/order', limit('BTC_JPY', 'BUY', '0.02', Math.round(bid * 0.9)));
    const orderId = Number(body.data);
    const active = await bench.call('GET', '/v1/activeOrders?symbol=BTC_JPY');
    expect(active.body.data.list).toMatchObject([{ orderId, status: 'ORDERED', executedSize: '0' }]);
    expect((await bench.call('GET', '/v1/activeOrders?symbol=BTC')).body.data).toEqual({});
    const canceled = await bench.call('POST', '/v1/cancelOrder', { orderId });
    expect(canceled.body).toEqual({ status: 0, responsetime: canceled.body.responsetime });
    await waitFor(() => socket.frames.length === 2, 'two frames');
    expect(socket.frames[1]).toMatchObject({ orderId, msgType: 'COR', orderStatus: 'CANCELED', cancelType: 'USER' });
    expect(await bench.code('POST', '/v1/cancelOrder', { orderId })).toBe('ERR-5122');
    expect(await bench.code('POST', '/v1/cancelOrder', { orderId: 1 })).toBe('ERR-151');
    const several = await bench.call('POST', '/v1/cancelOrders', { orderIds: [orderId] });
    expect(several.body.data).toMatchObject({ failed: [{ message_code: 'ERR-5122', orderId }], success: [] });
  });

  it('fills a resting order as maker when the tape trades through it', async () => {
    const bench = await Bench.start({ balances: { JPY: '10000000' } });
    const { bid, ask } = await bench.quote('BTC');
    const orders: string[] = [];
    for (const [side, price] of [
      ['BUY', bid - 500],
      ['BUY', bid - 3_000],
    ] as const) {
      orders.push((await bench.call('POST', '/v1/order', limit('BTC', side, '0.5', price))).body.data);
    }
    expect(ask).toBeGreaterThan(bid);
    bench.wall.advance(280_000);
    const { body } = await bench.call('GET', `/v1/executions?orderId=${orders[0]}`);
    expect(body.data.list[0]).toMatchObject({ price: String(bid - 500), symbol: 'BTC' });
    const fees = body.data.list.map((row: Json) => Number(row.fee));
    expect(Math.min(...fees)).toBeLessThan(0);
    expect(Math.max(...fees)).toBeLessThanOrEqual(0);
  });

  it('cancels in bulk, at most ten, oldest first', async () => {
    const bench = await Bench.start({ balances: { JPY: '100000000' } });
    const { bid } = await bench.quote('BTC_JPY');
    const ids: number[] = [];
    for (let count = 0; count < 12; count += 1) {
      const price = Math.round(bid * 0.8) + count;
      ids.push(Number((await bench.call('POST', '/v1/order', limit('BTC_JPY', 'BUY', '0.01', price))).body.data));
    }
    bench.wall.advance(1_000);
    const first = await bench.call('POST', '/v1/cancelBulkOrder', { symbols: ['BTC_JPY'], side: 'BUY' });
    expect(first.body.data).toEqual(ids.slice(0, 10));
    const rest = await bench.call('POST', '/v1/cancelBulkOrder', { symbols: ['BTC_JPY'], desc: true });
    expect(rest.body.data).toEqual(ids.slice(10).reverse());
  });

  it.each<[string, Json]>([
    ['ERR-5126', market('BTC_JPY', 'BUY', '5.001')],
    ['ERR-5126', market('BTC_JPY', 'BUY', '0')],
    ['ERR-5114', market('BTC_JPY', 'BUY', '0.0015')],
    ['ERR-5114', limit('BTC_JPY', 'BUY', '0.01', 9_000_000.5)],
    ['ERR-5121', limit('BTC_JPY', 'BUY', '0.01', 1_000_000)],
    ['ERR-5121', limit('BTC_JPY', 'SELL', '0.01', 90_000_000)],
    ['ERR-201', market('BTC_JPY', 'BUY', '1')],
    ['ERR-201', market('BTC', 'BUY', '1')],
    ['ERR-5106', market('NOPE', 'BUY', '1')],
    ['ERR-5106', { ...market('BTC_JPY', 'BUY', '0.01'), side: 'LONG' }],
    ['ERR-5106', { ...market('BTC_JPY', 'BUY', '0.01'), size: '1e-2' }],
    ['ERR-5106', { ...market('BTC_JPY', 'BUY', '0.01'), price: '9000000' }],
    ['ERR-5106', { ...market('BTC_JPY', 'BUY', '0.01'), size: 0.01 }],
    ['ERR-5106', { ...market('BTC_JPY', 'BUY', '0.01'), settleType: 'OPEN' }],
    ['ERR-5106', { ...market('BTC_JPY', 'BUY', '0.01'), cancelBefore: true }],
    ['ERR-5106', { ...market('BTC_JPY', 'BUY', '0.01'), executionType: 'STOP' }],
    ['ERR-5111', { ...market('BTC_JPY', 'BUY', '0.01'), timeInForce: 'FAS' }],
    ['ERR-5111', { ...limit('BTC_JPY', 'BUY', '0.01', 9_000_000), timeInForce: 'GTC' }],
    ['ERR-5111', { ...limit('ETH_JPY', 'BUY', '0.01', 400_000), timeInForce: 'SOK' }],
    ['ERR-5118', { ...market('BTC_JPY', 'BUY', '0.01'), losscutPrice: '8000000' }],
    ['ERR-5118', { ...limit('BTC', 'BUY', '0.01', 9_000_000), losscutPrice: '8000000' }],
    ['ERR-5129', { ...market('BTC_JPY', 'BUY', '0.01'), executionType: 'STOP', price: '6000000' }],
  ])('refuses with %s: %j', async (code, body) => {
    const bench = await Bench.start();
    expect(await bench.code('POST', '/v1/order', body)).toBe(code);
    expect(bench.simulator.stats()).toMatchObject({ orders: 0, rejections: 1 });
  });

  it('refuses wrong closes and reserves the lot of a working one', async () => {
    const bench = await Bench.start();
    await bench.call('POST', '/v1/order', market('BTC_JPY', 'BUY', '0.02'));
    const { list } = (await bench.call('GET', '/v1/openPositions?symbol=BTC_JPY')).body.data;
    const lot = list.at(-1) as { positionId: number; size: string; price: string };
    const close = (side: string, size: string, positionId = lot.positionId, price?: number) => ({
      symbol: 'BTC_JPY',
      side,
      ...(price === undefined
        ? { executionType: 'MARKET' }
        : { executionType: 'LIMIT', timeInForce: 'FAS', price: String(price) }),
      settlePosition: [{ positionId, size }],
    });
    expect(await bench.code('POST', '/v1/closeOrder', close('BUY', lot.size))).toBe('ERR-70');
    expect(await bench.code('POST', '/v1/closeOrder', close('SELL', '1'))).toBe('ERR-189');
    expect(await bench.code('POST', '/v1/closeOrder', close('SELL', lot.size, 1))).toBe('ERR-254');
    expect(await bench.code('POST', '/v1/closeOrder', { ...close('SELL', lot.size), settlePosition: [] })).toBe(
      'ERR-5106',
    );
    const far = Math.round(Number(lot.price) * 1.2);
    expect((await bench.call('POST', '/v1/closeOrder', close('SELL', lot.size, lot.positionId, far))).body.status).toBe(
      0,
    );
    expect(await bench.code('POST', '/v1/closeOrder', close('SELL', lot.size))).toBe('ERR-200');
    const after = (await bench.call('GET', '/v1/openPositions?symbol=BTC_JPY')).body.data.list as Json[];
    expect(after.find((row) => row.positionId === lot.positionId)).toMatchObject({ orderdSize: lot.size });
  });

  it('answers malformed bodies and ids without falling over', async () => {
    const bench = await Bench.start();
    const timestamp = String(bench.wall.now());
    for (const text of ['', '[]', '{"symbol":', '"order"']) {
      const { createHmac } = await import('node:crypto');
      const sign = createHmac('sha256', 'simulator-secret').update(`${timestamp}POST/v1/order${text}`).digest('hex');
      const reply = await fetch(`${bench.simulator.restBaseUrl}/private/v1/order`, {
        method: 'POST',
        headers: { 'API-KEY': 'simulator-key', 'API-TIMESTAMP': timestamp, 'API-SIGN': sign },
        body: text,
      });
      expect(await reply.json()).toMatchObject({ status: 1, messages: [{ message_code: 'ERR-5106' }] });
    }
    expect(await bench.code('GET', '/v1/executions?orderId=1&executionId=2')).toBe('ERR-5208');
    expect(await bench.code('GET', '/v1/executions?orderId=x')).toBe('ERR-430');
    expect((await bench.call('GET', '/v1/executions?orderId=1')).body.data).toEqual({});
    expect((await bench.call('GET', '/v1/orders?orderId=1')).body.data).toEqual({});
    expect(await bench.code('GET', '/v1/activeOrders')).toBe('ERR-5106');
  });

  it('shows volume with a slash in leverage symbols', async () => {
    const bench = await Bench.start();
    const { data } = (await bench.call('GET', '/v1/account/tradingVolume')).body;
    expect(data.tierLevel).toBe(1);
    expect(data.limit.find((row: Json) => row.symbol === 'BTC/JPY')).toHaveProperty('todayLimitOpenSize');
    expect(data.limit.find((row: Json) => row.symbol === 'BTC')).toHaveProperty('todayLimitBuySize');
  });
});

it('expires what a market order leaves, after its fills', async () => {
  const bench = await Bench.start({ balances: { JPY: '1000000000' } });
  const socket = await bench.listen(['executionEvents', 'orderEvents'].reverse());
  const sizes: number[] = [];
  let orderId = 0;
  // The shown thirty levels hold only so much; what our orders took stays taken until the next book.
  for (let count = 0; count < 8; count += 1) {
    orderId = Number((await bench.call('POST', '/v1/order', market('BTC_JPY', 'BUY', '5'))).body.data);
    const row = (await bench.call('GET', `/v1/orders?orderId=${orderId}`)).body.data.list[0];
    sizes.push(Number(row.executedSize));
    if (row.status === 'EXPIRED') break;
  }
  expect(sizes.at(-1)).toBeLessThan(5);
  const last = await waitFor(
    () => socket.of('orderEvents').find(({ orderStatus }) => orderStatus === 'EXPIRED'),
    'expiry',
  );
  expect(last).toMatchObject({ orderId, msgType: 'ER', cancelType: 'EXPIRED_FAK', orderSize: '5' });
  expect(Number(last.orderExecutedSize)).toBe(sizes.at(-1));
  expect(socket.frames.at(-1)).toBe(last);
});

it('pushes summaries: INIT at once, PERIODIC when asked', async () => {
  const bench = await Bench.start({ timings: { summaryMs: 30 } });
  await bench.call('POST', '/v1/order', market('BTC_JPY', 'SELL', '0.01'));
  const socket = await bench.listen([]);
  socket.send({ command: 'subscribe', channel: 'positionSummaryEvents', option: 'PERIODIC' });
  await waitFor(() => socket.frames.length >= 3, 'pushes');
  expect(socket.frames.slice(0, 2).map(({ msgType, side }) => [msgType, side])).toEqual([
    ['INIT', 'SELL'],
    ['PERIODIC', 'SELL'],
  ]);
});

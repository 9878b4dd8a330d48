import { AlphaError, type ApprovedOrder, Decimal, type ErrorCode, type OrderTerms } from '@alpha-engine/core';
import { GmoBroker, sign, textToSign } from '@alpha-engine/gmo-adapter';
import { afterEach, describe, expect, it } from 'vitest';
import { type LogLine, testContext } from '../support/context.js';
import { type Answering, failure, json, startHttpServer, success, type TestServer } from '../support/http-server.js';

const CREDENTIALS = { apiKey: 'key-4711', apiSecret: 'secret-0815' };
const lines: LogLine[] = [];
let server: TestServer;

/** Short only where the exchange is silent: on a busy machine a real answer may take its time. */
const SILENCE: Answering = () => undefined;

async function broker(answer: Answering): Promise<GmoBroker> {
  const timeoutMs = answer === SILENCE ? 1_000 : 15_000;
  server = await startHttpServer(answer);
  return new GmoBroker(testContext({ restBaseUrl: server.url }, lines), CREDENTIALS, {
    timeoutMs,
    horizonMs: 1_000,
  });
}
afterEach(() => server.close());

const TERMS: OrderTerms = {
  clientOrderId: 'c1',
  exchange: 'gmo',
  symbol: 'BTC_JPY',
  strategy: 's',
  signalId: 'g',
  leg: 0,
  side: 'buy',
  effect: 'open',
  purpose: 'entry',
  type: 'market',
  timeInForce: 'ioc',
  size: Decimal.of('0.02'),
  createdTs: 0,
};
// Only the risk gate makes one in the product; the broker's own tests need terms alone.
const ORDER = TERMS as ApprovedOrder;

const errorOf = (promise: Promise<unknown>): Promise<AlphaError> =>
  promise.then(
    () => {
      throw new Error('It did not fail.');
    },
    (error: unknown) => {
      if (!AlphaError.is(error)) throw error;
      return error;
    },
  );

const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('place', () => {
  it('signs the body it sends, and takes the id as it comes', async () => {
    const gmo = await broker((_, response) => success(response, '8800000001'));
    const before = Date.now();
    expect(await gmo.place(ORDER)).toEqual({ exchangeOrderId: '8800000001' });
    const [request] = server.seen;
    expect(request).toMatchObject({ method: 'POST', url: '/private/v1/order' });
    expect(JSON.parse(request!.body)).toEqual({
      symbol: 'BTC_JPY',
      side: 'BUY',
      executionType: 'MARKET',
      size: '0.02',
    });
    const timestamp = String(request!.headers['api-timestamp']);
    expect(Number(timestamp)).toBeGreaterThanOrEqual(before);
    expect(request!.headers['api-key']).toBe(CREDENTIALS.apiKey);
    expect(request!.headers['content-type']).toBe('application/json');
    expect(request!.headers['api-sign']).toBe(
      sign(CREDENTIALS.apiSecret, textToSign(timestamp, 'POST', '/v1/order', request!.body)),
    );
  });

  it('asks right before it signs whether the order may still leave, and sends nothing when it may not', async () => {
    const gmo = await broker((_, response) => success(response, '1'));
    const late = new Error('Too late.');
    // More than the limit lets through at once: the last of them wait.
    const asked: number[] = [];
    const placements = Array.from({ length: 8 }, (_, index) =>
      gmo.place(ORDER, () => {
        asked.push(Date.now());
        if (index === 7) throw late;
      }),
    );
    await expect(placements[7]).rejects.toBe(late);
    await Promise.all(placements.slice(0, 7));
    expect(asked[7]! - asked[0]!).toBeGreaterThan(50);
    expect(server.seen).toHaveLength(7);
  });

  it.each<[string, Answering, ErrorCode]>([
    ['insufficient funds', (_, response) => failure(response, 'ERR-201'), 'EXCHANGE_REFUSED'],
    [
      'a bad parameter',
      (_, response) => failure(response, 'ERR-5106', 'Invalid request parameter. size'),
      'EXCHANGE_REFUSED',
    ],
    ['preopen', (_, response) => failure(response, 'ERR-5203'), 'EXCHANGE_MAINTENANCE'],
    ['a bad signature', (_, response) => failure(response, 'ERR-5010'), 'EXCHANGE_AUTH'],
    ['no permission', (_, response) => failure(response, 'ERR-5012'), 'EXCHANGE_AUTH'],
    ['a fast clock', (_, response) => failure(response, 'ERR-5008'), 'CLOCK_SKEW'],
    ['a slow clock', (_, response) => failure(response, 'ERR-5009'), 'CLOCK_SKEW'],
    ['maintenance', (_, response) => failure(response, 'ERR-5201', '', 503, 5), 'EXCHANGE_MAINTENANCE'],
    ['throttling', (_, response) => failure(response, 'ERR-5003', '', 200, 4), 'EXCHANGE_IN_DOUBT'],
    ['a server that is not available', (_, response) => failure(response, 'ERR-554'), 'EXCHANGE_IN_DOUBT'],
    ['a busy server', (_, response) => failure(response, 'ERR-626'), 'EXCHANGE_IN_DOUBT'],
    ['a code nobody documented', (_, response) => failure(response, 'ERR-4242'), 'EXCHANGE_IN_DOUBT'],
    ['a refusal inside a 500', (_, response) => failure(response, 'ERR-201', '', 500), 'EXCHANGE_IN_DOUBT'],
    ['HTML', (_, response) => void response.writeHead(502).end('<html>bad gateway</html>'), 'EXCHANGE_IN_DOUBT'],
    ['nothing', (_, response) => void response.end(), 'EXCHANGE_IN_DOUBT'],
    ['success without an id', (_, response) => success(response), 'EXCHANGE_IN_DOUBT'],
    ['success with a strange id', (_, response) => success(response, 'soon'), 'EXCHANGE_IN_DOUBT'],
    ['silence', SILENCE, 'EXCHANGE_IN_DOUBT'],
    ['a cut connection', (_, __, raw) => void raw.socket.destroy(), 'EXCHANGE_IN_DOUBT'],
    [
      'a cut body',
      (_, response, raw) =>
        void response.writeHead(200, { 'content-length': '99' }).write('{', () => raw.socket.destroy()),
      'EXCHANGE_IN_DOUBT',
    ],
    ['a misdirected request', (_, response) => void response.writeHead(421).end(), 'EXCHANGE_IN_DOUBT'],
    [
      'a redirect',
      (_, response) => void response.writeHead(307, { location: '/private/v1/order' }).end(),
      'EXCHANGE_IN_DOUBT',
    ],
  ])('is sent once and knows what %s means', async (_, answer, code) => {
    const gmo = await broker(answer);
    const error = await errorOf(gmo.place(ORDER));
    expect(error.code).toBe(code);
    expect(error.retryable).toBe(false);
    expect(server.seen).toHaveLength(1);
  });

  it('is in doubt when nobody listens', async () => {
    const gmo = await broker(() => undefined);
    await server.close();
    expect((await errorOf(gmo.place(ORDER))).code).toBe('EXCHANGE_IN_DOUBT');
  });

  it('tells no secret when the exchange repeats it', async () => {
    const gmo = await broker((_, response) =>
      failure(response, 'ERR-5012', `key ${CREDENTIALS.apiKey}, ${CREDENTIALS.apiSecret}`),
    );
    const error = await errorOf(gmo.place(ORDER));
    const print = `${error.stack} ${JSON.stringify(error.context)} ${JSON.stringify(lines)}`;
    expect(print).not.toMatch(/key-4711|secret-0815/);
    expect(error.message).toContain('***');
  });

  it('closes the one lot it is told to', async () => {
    const gmo = await broker((_, response) => success(response, '5'));
    await gmo.place({ ...TERMS, side: 'sell', effect: 'close', positionId: '1000342' } as ApprovedOrder);
    expect(server.seen[0]?.url).toBe('/private/v1/closeOrder');
    expect(JSON.parse(server.seen[0]!.body).settlePosition).toEqual([{ positionId: 1000342, size: '0.02' }]);
    expect(gmo.horizonMs).toBe(1_000);
  });
});

describe('change and bulk', () => {
  it('changes the price of a limit order and the trigger of a stop', async () => {
    const gmo = await broker((_, response) => success(response));
    await gmo.amend('8800000001', { price: Decimal.of('430001') });
    await gmo.amend('8800000002', { triggerPrice: Decimal.of('440000') });
    expect(server.seen.map(({ url, body }) => [url, JSON.parse(body)])).toEqual([
      ['/private/v1/changeOrder', { orderId: 8800000001, price: '430001' }],
      ['/private/v1/changeOrder', { orderId: 8800000002, price: '440000' }],
    ]);
    expect((await errorOf(gmo.amend('1', {}))).code).toBe('EXCHANGE_REFUSED');
  });

  it.each<[string, ErrorCode]>([
    ['ERR-5122', 'EXCHANGE_REFUSED'],
    ['ERR-5123', 'EXCHANGE_REFUSED'],
    ['ERR-5206', 'EXCHANGE_REFUSED'],
    ['ERR-5203', 'EXCHANGE_MAINTENANCE'],
    ['ERR-626', 'EXCHANGE_IN_DOUBT'],
  ])('knows what %s means to a change', async (answer, code) => {
    const gmo = await broker((_, response) => failure(response, answer));
    expect((await errorOf(gmo.amend('1', { price: Decimal.of('1') }))).code).toBe(code);
  });

  it('cancels in bulk until less than ten are left to cancel', async () => {
    let left = 23;
    const gmo = await broker((_, response) => {
      const count = Math.min(10, left);
      left -= count;
      success(
        response,
        Array.from({ length: count }, (_, i) => 1_000 + i),
      );
    });
    await gmo.cancelAll('BTC_JPY');
    expect(server.seen).toHaveLength(3);
    expect(JSON.parse(server.seen[0]!.body)).toEqual({ symbols: ['BTC_JPY'] });
  });

  it('closes in bulk at the market, once, and on leverage symbols alone', async () => {
    const gmo = await broker((_, response) => success(response, '77'));
    expect(await gmo.closeAll('BTC_JPY', 'sell', Decimal.of('0.3'))).toEqual({ exchangeOrderId: '77' });
    expect(JSON.parse(server.seen[0]!.body)).toEqual({
      symbol: 'BTC_JPY',
      side: 'SELL',
      executionType: 'MARKET',
      size: '0.3',
    });
    expect((await errorOf(gmo.closeAll('BTC', 'sell', Decimal.of('1')))).code).toBe('EXCHANGE_REFUSED');
    expect(server.seen).toHaveLength(1);
  });

  it('lets cancels pass placements, and placements pass reads, when they wait for the limit', async () => {
    const gmo = await broker((request, response) => {
      if (request.method === 'GET') success(response, {});
      else success(response, request.url.includes('order') ? '1' : undefined);
    });
    // What the limit lets through at once, so that the rest has to wait.
    const amends = Array.from({ length: 5 }, () => gmo.amend('1', { price: Decimal.of('1') }));
    await Promise.all([...amends, gmo.place(ORDER), gmo.place(ORDER), gmo.cancel('1'), gmo.cancel('2')]);
    const paths = server.seen.map(({ url }) => url.split('/').at(-1));
    expect(paths.filter((path) => path !== 'changeOrder')).toEqual(['cancelOrder', 'cancelOrder', 'order', 'order']);
  });
});

describe('cancel', () => {
  it('takes an order that is final already for canceled', async () => {
    const gmo = await broker((_, response) => failure(response, 'ERR-5122'));
    await gmo.cancel('8800000001');
    expect(JSON.parse(server.seen[0]!.body)).toEqual({ orderId: 8800000001 });
  });

  it.each<[string, ErrorCode]>([
    ['ERR-5123', 'EXCHANGE_REFUSED'],
    ['ERR-151', 'EXCHANGE_IN_DOUBT'],
    ['ERR-5003', 'EXCHANGE_IN_DOUBT'],
    ['ERR-5012', 'EXCHANGE_AUTH'],
  ])('knows what %s means', async (answer, code) => {
    const gmo = await broker((_, response) => failure(response, answer));
    expect((await errorOf(gmo.cancel('1'))).code).toBe(code);
  });

  it('succeeds on an answer without data', async () => {
    const gmo = await broker((_, response) => success(response));
    await gmo.cancel('1');
  });
});

const orderRow = (orderId: number) => ({
  rootOrderId: orderId,
  orderId,
  symbol: 'BTC',
  side: 'BUY',
  orderType: 'NORMAL',
  executionType: 'LIMIT',
  settleType: 'OPEN',
  size: '1',
  executedSize: '0',
  price: '840000',
  losscutPrice: '0',
  status: 'ORDERED',
  timeInForce: 'FAS',
  timestamp: '2019-03-19T01:07:24.217Z',
});
const fillRow = (executionId: number, ms: number) => ({
  executionId,
  orderId: 223456789,
  positionId: 1234567,
  symbol: 'BTC_JPY',
  side: 'BUY',
  settleType: 'OPEN',
  size: '0.02',
  price: '1900000',
  lossGain: '0',
  fee: '223',
  timestamp: new Date(Date.UTC(2026, 0, 1) + ms).toISOString(),
});

/** Pages of a list, a hundred rows each; `{}` behind the last. */
const paged =
  (rows: readonly unknown[]): Answering =>
  (request, response) => {
    const page = Number(new URL(request.url, 'http://x').searchParams.get('page'));
    const list = rows.slice((page - 1) * 100, page * 100);
    success(response, list.length === 0 ? {} : { pagination: { currentPage: page, count: list.length }, list });
  };

describe('reading', () => {
  it('signs the path without the query', async () => {
    const gmo = await broker(paged([]));
    expect(await gmo.openOrders('BTC')).toEqual([]);
    const [request] = server.seen;
    expect(request!.url).toBe('/private/v1/activeOrders?symbol=BTC&page=1&count=100');
    const timestamp = String(request!.headers['api-timestamp']);
    expect(request!.headers['api-sign']).toBe(sign(CREDENTIALS.apiSecret, `${timestamp}GET/v1/activeOrders`));
  });

  it('reads active orders of all pages, and an empty list', async () => {
    const gmo = await broker(paged(Array.from({ length: 230 }, (_, i) => orderRow(i + 1))));
    const orders = await gmo.openOrders('BTC');
    expect(orders).toHaveLength(230);
    expect(server.seen).toHaveLength(3);
    expect(plain(orders[0])).toEqual({
      exchangeOrderId: '1',
      symbol: 'BTC',
      side: 'buy',
      effect: 'open',
      type: 'limit',
      timeInForce: 'gtc',
      size: '1',
      price: '840000',
      filledSize: '0',
      state: 'working',
      orderTs: Date.UTC(2019, 2, 19, 1, 7, 24, 217),
    });
  });

  it('reads orders by id, ten at a time', async () => {
    const gmo = await broker((request, response) => {
      const ids = (new URL(request.url, 'http://x').searchParams.get('orderId') ?? '').split(',').map(Number);
      success(response, {
        list: ids.filter((id) => id !== 7).map((id) => ({ ...orderRow(id), status: 'CANCELED', cancelType: 'USER' })),
      });
    });
    const ids = Array.from({ length: 23 }, (_, i) => String(i + 1));
    const orders = await gmo.ordersById(ids);
    expect(orders.map(({ exchangeOrderId }) => exchangeOrderId)).toEqual(ids.filter((id) => id !== '7'));
    expect(orders[0]).toMatchObject({ state: 'canceled', reason: 'USER' });
    expect(server.seen.map(({ url }) => url.length)).toHaveLength(3);
    expect(server.seen[0]?.url).toBe('/private/v1/orders?orderId=1,2,3,4,5,6,7,8,9,10');
    expect(await gmo.ordersById([])).toEqual([]);
  });

  it('leaves out and reports a row with a word nobody knows', async () => {
    const gmo = await broker(paged([orderRow(1), { ...orderRow(2), executionType: 'ICEBERG' }]));
    expect((await gmo.openOrders('BTC')).map(({ exchangeOrderId }) => exchangeOrderId)).toEqual(['1']);
    expect(lines.at(-1)).toMatchObject({ level: 'error', fields: { path: '/v1/activeOrders' } });
  });

  it.each(['new to old', 'old to new'])(
    'reads fills since a moment, oldest first, from pages that run %s',
    async (way) => {
      const rows = Array.from({ length: 450 }, (_, i) => fillRow(1000 + i, i * 1000));
      const gmo = await broker(paged(way === 'new to old' ? rows.toReversed() : rows));
      const fills = await gmo.fillsSince('BTC_JPY', Date.UTC(2026, 0, 1) + 300_000);
      expect(fills.map(({ executionId }) => Number(executionId))).toEqual(
        Array.from({ length: 150 }, (_, i) => 1300 + i),
      );
      // From new to old the third page is too old as a whole.
      expect(server.seen).toHaveLength(way === 'new to old' ? 3 : 5);
      expect(plain(fills[0])).toMatchObject({
        exchangeOrderId: '223456789',
        fee: '223',
        positionId: '1234567',
        effect: 'open',
      });
    },
  );

  it('reads the fills of one order, positions, balances and margin', async () => {
    const gmo = await broker((request, response) => {
      if (request.url.includes('/executions')) success(response, { list: [fillRow(2, 5), fillRow(1, 5)] });
      else if (request.url.includes('/openPositions'))
        success(response, {
          list: [
            {
              positionId: 1234567,
              symbol: 'BTC_JPY',
              side: 'SELL',
              size: '0.22',
              orderdSize: '0',
              price: '876045',
              losscutPrice: '766540',
              timestamp: '2019-03-19T02:15:06.094Z',
            },
          ],
        });
      else if (request.url.includes('/assets'))
        success(response, [{ amount: '10000', available: '9000.5', conversionRate: '1', symbol: 'JPY' }]);
      else
        success(response, {
          actualProfitLoss: '68286188',
          availableAmount: '57262506',
          margin: '1021682',
          marginCallStatus: 'NORMAL',
          profitLoss: '-5',
          transferableAmount: '57262506',
        });
    });
    expect((await gmo.fillsOf('223456789')).map(({ executionId }) => executionId)).toEqual(['1', '2']);
    expect(plain(await gmo.positions('BTC_JPY'))).toEqual([
      {
        positionId: '1234567',
        symbol: 'BTC_JPY',
        side: 'sell',
        size: '0.22',
        price: '876045',
        losscutPrice: '766540',
        openedTs: Date.UTC(2019, 2, 19, 2, 15, 6, 94),
      },
    ]);
    expect(await gmo.positions('BTC')).toEqual([]);
    expect(plain(await gmo.balances())).toEqual([{ asset: 'JPY', total: '10000', available: '9000.5' }]);
    expect(plain(await gmo.margin())).toMatchObject({
      equity: '68286188',
      used: '1021682',
      unrealizedPnl: '-5',
      state: 'normal',
    });
  });

  it.each<[Answering, ErrorCode]>([
    [(_, response) => failure(response, 'ERR-5012'), 'EXCHANGE_AUTH'],
    [(_, response) => failure(response, 'ERR-5003', '', 200, 4), 'EXCHANGE_RATE_LIMITED'],
    [(_, response) => json(response, { status: 0, data: { list: [{}] } }), 'EXCHANGE_BAD_ANSWER'],
    [SILENCE, 'EXCHANGE_UNREACHABLE'],
  ])('knows what went wrong', async (answer, code) => {
    const gmo = await broker(answer);
    expect((await errorOf(gmo.openOrders('BTC'))).code).toBe(code);
  });
});

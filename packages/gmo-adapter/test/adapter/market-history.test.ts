import { AlphaError, type ErrorCode } from '@alpha-engine/core';
import { GmoMarketHistory } from '@alpha-engine/gmo-adapter';
import { afterEach, describe, expect, it } from 'vitest';
import { type LogLine, testContext } from '../support/context.js';
import { SYMBOLS, TICKER } from '../support/frames.js';
import { type Answering, failure, json, startHttpServer, success, type TestServer } from '../support/http-server.js';

let server: TestServer;
const lines: LogLine[] = [];

const SILENCE: Answering = () => undefined;

async function history(answer: Answering, now = () => Date.now()): Promise<GmoMarketHistory> {
  server = await startHttpServer(answer);
  const context = testContext({ restBaseUrl: server.url }, lines);
  return new GmoMarketHistory({ ...context, marketClock: { now } }, { timeoutMs: answer === SILENCE ? 500 : 15_000 });
}
afterEach(() => server.close());

const codeOf = async (promise: Promise<unknown>): Promise<ErrorCode | 'no error'> =>
  promise.then(
    () => 'no error',
    (error: unknown) => {
      if (!AlphaError.is(error)) throw error;
      expect(error.message).toMatch(/\.$/);
      return error.code;
    },
  );

describe('status', () => {
  it.each([
    ['OPEN', 'open'],
    ['PREOPEN', 'preopen'],
    ['MAINTENANCE', 'maintenance'],
  ])('reads %s', async (word, status) => {
    const gmo = await history((_, response) => success(response, { status: word }));
    expect(await gmo.status()).toBe(status);
    expect(server.seen[0]?.url).toBe('/public/v1/status');
  });

  it.each(['ERR-5201', 'ERR-5202'])('takes %s for maintenance', async (code) => {
    const gmo = await history((_, response) => failure(response, code, 'MAINTENANCE. Please wait for a while', 503, 5));
    expect(await gmo.status()).toBe('maintenance');
    expect(await codeOf(gmo.instruments())).toBe('EXCHANGE_MAINTENANCE');
  });

  it('guesses nothing from another word', async () => {
    const gmo = await history((_, response) => success(response, { status: 'CLOSED' }));
    expect(await codeOf(gmo.status())).toBe('EXCHANGE_BAD_ANSWER');
  });
});

describe('an exchange that does not keep its protocol', () => {
  it.each<[string, Answering, ErrorCode]>([
    ['HTML', (_, response) => void response.end('<html>busy</html>'), 'EXCHANGE_BAD_ANSWER'],
    ['nothing', (_, response) => void response.end(), 'EXCHANGE_BAD_ANSWER'],
    ['cut JSON', (_, response) => void response.end('{"status":0,"data":[{"symb'), 'EXCHANGE_BAD_ANSWER'],
    ['HTTP 500', (_, response) => json(response, { status: 0, data: SYMBOLS }, 500), 'EXCHANGE_BAD_ANSWER'],
    ['another shape', (_, response) => success(response, [{ symbol: 'BTC' }]), 'EXCHANGE_BAD_ANSWER'],
    [
      'numbers for strings',
      (_, response) => success(response, [{ ...SYMBOLS[0], tickSize: 1 }]),
      'EXCHANGE_BAD_ANSWER',
    ],
    [
      'a cut body',
      (_, response, raw) =>
        void response.writeHead(200, { 'content-length': '99' }).write('{', () => raw.socket.destroy()),
      'EXCHANGE_BAD_ANSWER',
    ],
    ['silence', SILENCE, 'EXCHANGE_UNREACHABLE'],
    ['a cut connection', (_, __, raw) => void raw.socket.destroy(), 'EXCHANGE_UNREACHABLE'],
    [
      'throttling',
      (_, response) => failure(response, 'ERR-5003', 'Requests are too many.', 200, 4),
      'EXCHANGE_RATE_LIMITED',
    ],
    ['overload', (_, response) => failure(response, 'ERR-554'), 'EXCHANGE_UNREACHABLE'],
    ['an unknown path', (_, response) => failure(response, 'ERR-5204', 'Not found', 404, 2), 'EXCHANGE_REFUSED'],
  ])('answers %s', async (_, answer, code) => {
    const gmo = await history(answer);
    expect(await codeOf(gmo.instruments())).toBe(code);
  });

  it('is not there at all', async () => {
    const gmo = await history(() => undefined);
    await server.close();
    expect(await codeOf(gmo.status())).toBe('EXCHANGE_UNREACHABLE');
  });

  it('closed the pooled connection: a read is sent once more', async () => {
    let requests = 0;
    const gmo = await history((_, response, raw) => {
      if (++requests === 2) raw.socket.destroy();
      else success(response, { status: 'OPEN' });
    });
    await gmo.status();
    expect(await gmo.status()).toBe('open');
    expect(requests).toBe(3);
  });
});

describe('lists', () => {
  it('reads instruments and tickers, and says which rows it left out', async () => {
    const ticker = JSON.parse(TICKER);
    const gmo = await history((request, response) =>
      success(response, request.url.includes('symbols') ? SYMBOLS : [ticker, { ...ticker, symbol: 'FCR', last: '0' }]),
    );
    expect((await gmo.instruments()).map(({ symbol, kind }) => [symbol, kind])).toEqual([
      ['BTC', 'spot'],
      ['ETH', 'spot'],
      ['BTC_JPY', 'leverage'],
    ]);
    expect((await gmo.tickers()).map(({ symbol }) => symbol)).toEqual(['BTC_JPY']);
    expect(lines.at(-1)).toMatchObject({ level: 'warn', fields: { path: '/v1/ticker', rows: 1 } });
  });

  it('reads a whole book, also without a time of its own', async () => {
    const levels = (from: number, step: number) =>
      Array.from({ length: 500 }, (_, i) => ({ price: String(from + i * step), size: '0.1' }));
    const gmo = await history((_, response) =>
      success(response, { symbol: 'BTC', asks: levels(1001, 1), bids: levels(1000, -1) }),
    );
    const book = await gmo.orderBook('BTC');
    expect([book.data.asks.length, book.data.bids.length, book.data.is_snapshot]).toEqual([500, 500, true]);
  });

  it('names the symbols there are when one is unknown', async () => {
    const gmo = await history((request, response) =>
      request.url.includes('symbols') ? success(response, SYMBOLS) : failure(response, 'ERR-5207', 'Not found', 404, 2),
    );
    await expect(gmo.orderBook('BTCJPY')).rejects.toMatchObject({
      code: 'UNKNOWN_SYMBOL',
      message: 'GMO Coin does not list the symbol "BTCJPY". Did you mean BTC_JPY, BTC?',
    });
    await expect(gmo.bars('NOPE', '1m', Date.now() - 60_000, Date.now())).rejects.toMatchObject({
      code: 'UNKNOWN_SYMBOL',
    });
  });
});

describe('recentTrades', () => {
  /** 130 matches, each printed twice, the twins in no fixed order; newest first. */
  const rows = Array.from({ length: 130 }, (_, i) => {
    const row = {
      price: String(1000 + i),
      size: '0.1',
      timestamp: new Date(Date.UTC(2026, 1, 13) - i * 1000).toISOString(),
    };
    const sides = i % 3 === 0 ? ['BUY', 'SELL'] : ['SELL', 'BUY'];
    return sides.map((side) => ({ ...row, side }));
  }).flat();

  const serve: Answering = (request, response) => {
    const query = new URL(request.url, 'http://x').searchParams;
    const page = Number(query.get('page'));
    const count = Number(query.get('count'));
    const list = rows.slice((page - 1) * count, page * count);
    success(response, list.length === 0 ? {} : { pagination: { currentPage: page, count: list.length }, list });
  };

  it('gives each match once, oldest first, from as many pages as it takes', async () => {
    const gmo = await history(serve);
    const trades = await gmo.recentTrades('BTC', 80);
    expect(trades).toHaveLength(80);
    expect(trades.map(({ data }) => data.price)).toEqual(Array.from({ length: 80 }, (_, i) => 1079 - i));
    expect(server.seen).toHaveLength(2);
  });

  it('gives all there are when they are fewer, and none of none', async () => {
    const gmo = await history(serve);
    expect(await gmo.recentTrades('BTC', 1_000)).toHaveLength(130);
    rows.length = 0;
    expect(await gmo.recentTrades('BTC', 10)).toEqual([]);
  });
});

describe('tradesSince', () => {
  it('asks again for a page that failed on the way back, and not for those before it', async () => {
    const at = (i: number) => Date.UTC(2026, 1, 13) - i * 1_000;
    const rows = Array.from({ length: 150 }, (_, i) =>
      ['BUY', 'SELL'].map((side) => ({ price: '1', size: '0.1', side, timestamp: new Date(at(i)).toISOString() })),
    ).flat();
    const pages: string[] = [];
    const gmo = await history((request, response) => {
      const query = new URL(request.url, 'http://x').searchParams;
      const page = Number(query.get('page'));
      const count = Number(query.get('count'));
      pages.push(`${page} of ${count}`);
      if (pages.length === 2) return void response.writeHead(503).end('<html>busy</html>');
      if (pages.length === 3) return failure(response, 'ERR-5003', 'Requests are too many.', 200, 4);
      success(response, { list: rows.slice((page - 1) * count, page * count) });
    });
    const until = performance.now() + 15_000;
    const told = await gmo.tradesSince('BTC', at(120), { maxPages: 10, until });
    expect(told).toMatchObject({ reaches: 'from', newestTs: at(0) });
    expect(told.trades.map(({ ts }) => ts)).toEqual(Array.from({ length: 121 }, (_, i) => at(120 - i)));
    expect(pages[0]).toBe('1 of 100');
    expect(new Set(pages.slice(1, 4)).size).toBe(1);
    expect(pages.filter((page) => page === '1 of 100')).toHaveLength(1);
    expect(lines.map(({ message }) => message)).toContain('A page of past trades could not be read; asking again.');
  });

  it('gives up on it when the time is over', async () => {
    const row = { price: '1', size: '1', side: 'BUY', timestamp: new Date(0).toISOString() };
    let asked = 0;
    const gmo = await history((_, response) => {
      if (asked++ > 0) return void response.writeHead(503).end();
      success(response, { list: new Array(100).fill(row) });
    });
    const reading = gmo.tradesSince('BTC', 0, { maxPages: 10, until: performance.now() + 1_000 });
    expect(await codeOf(reading)).toBe('EXCHANGE_BAD_ANSWER');
    expect(asked).toBeLessThan(5);
  });
});

describe('bars', () => {
  const START = Date.UTC(2025, 0, 1);
  const kline = (openTime: number) => ({
    openTime: String(openTime),
    open: '10',
    high: '12',
    low: '9',
    close: '11',
    volume: '0.5',
  });
  /** Hour bars of the JST business day that is asked for; the day of `missing` does not exist. */
  const serve =
    (missing: string): Answering =>
    (request, response) => {
      const query = new URL(request.url, 'http://x').searchParams;
      const date = query.get('date') ?? '';
      if (request.url.includes('symbols')) return success(response, SYMBOLS);
      if (date === missing) return failure(response, 'ERR-5207', 'Not found', 404, 2);
      const day =
        Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6))) - 3 * 3_600_000;
      success(
        response,
        Array.from({ length: 24 }, (_, i) => kline(day + i * 3_600_000)),
      );
    };

  it('asks for JST business days and cuts to the span', async () => {
    const gmo = await history(serve(''));
    const bars = await gmo.bars('BTC_JPY', '1h', START + 20 * 3_600_000, START + 23 * 3_600_000);
    expect(bars.map((bar) => (bar.openTs - START) / 3_600_000)).toEqual([20, 21, 22]);
    expect(server.seen.map(({ url }) => url)).toEqual([
      '/public/v1/klines?symbol=BTC_JPY&interval=1hour&date=20250101',
      '/public/v1/klines?symbol=BTC_JPY&interval=1hour&date=20250102',
    ]);
  });

  it('puts days together from hours, because those of GMO begin at 21:00 UTC', async () => {
    const gmo = await history(serve(''));
    const bars = await gmo.bars('BTC_JPY', '1d', START, START + 1);
    expect(bars).toEqual([
      expect.objectContaining({
        timeframe: '1d',
        openTs: START,
        closeTs: START + 86_400_000,
        volume: 12,
        open: 10,
        close: 11,
      }),
    ]);
  });

  it('leaves out the bar that is still forming and the day that has not begun', async () => {
    const gmo = await history(serve('20250102'), () => START + 22.5 * 3_600_000);
    const bars = await gmo.bars('BTC_JPY', '1h', START + 18 * 3_600_000, START + 48 * 3_600_000);
    expect(bars.map((bar) => (bar.openTs - START) / 3_600_000)).toEqual([18, 19, 20]);
    const early = await history(serve(''), () => START + 19.5 * 3_600_000);
    expect(
      (await early.bars('BTC_JPY', '1h', START + 18 * 3_600_000, START + 48 * 3_600_000)).map((bar) => bar.openTs),
    ).toEqual([START + 18 * 3_600_000]);
  });

  it('has no bars of seconds, and refuses rows that are no candles', async () => {
    const gmo = await history((_, response) => success(response, [kline(START), kline(START)]));
    expect(await codeOf(gmo.bars('BTC', '1s', 0, 1))).toBe('UNKNOWN_TIMEFRAME');
    expect(await codeOf(gmo.bars('BTC', '1h', START, START + 1))).toBe('EXCHANGE_BAD_ANSWER');
    expect(gmo.timeframes).toEqual(['1m', '3m', '5m', '10m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d']);
  });
});

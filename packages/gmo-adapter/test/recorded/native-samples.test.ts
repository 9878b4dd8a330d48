import { decodeEvent, EVENT_SCHEMAS, encodeEvent, type MarketEvent } from '@alpha-engine/core';
import { GmoMarketHistory, mapMarketFrame } from '@alpha-engine/gmo-adapter';
import { afterEach, describe, expect, it } from 'vitest';
import { testContext } from '../support/context.js';
import { json, startHttpServer, type TestServer } from '../support/http-server.js';
import { isRecorded, readRecording, recordedLines } from './recordings.js';

interface Level {
  readonly price: string;
  readonly size: string;
}

const RECV = 1_790_000_000_000;
const native = (name: string): unknown => JSON.parse(readRecording('gmo_native', name));

/** `"0.10"` and `"0.1"` are one number; every other difference counts. */
const plainOf = (text: unknown): string =>
  String(text)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');

/** What the exchange wrote, put together again from the event. */
function printed(event: MarketEvent): Record<string, unknown> {
  const { symbol, ts, data } = event;
  const rest = { symbol, timestamp: new Date(ts).toISOString() };
  if (event.type === 'trade') {
    const { price, size, side } = event.data;
    return { ...rest, channel: 'trades', price: String(price), size: String(size), side: side.toUpperCase() };
  }
  if (event.type === 'orderbook') {
    const levels = (side: readonly (readonly [number, number])[]) =>
      side.map(([price, size]) => ({ price: String(price), size: String(size) }));
    return { ...rest, channel: 'orderbooks', asks: levels(event.data.asks), bids: levels(event.data.bids) };
  }
  return {
    ...rest,
    channel: 'ticker',
    ...Object.fromEntries(Object.entries(data).map(([name, value]) => [name, String(value)])),
  };
}

function roundTrips(raw: string): MarketEvent {
  const event = mapMarketFrame(raw, RECV);
  expect(event.type).toMatch(/^(trade|orderbook|ticker)$/);
  const market = event as MarketEvent;
  expect(EVENT_SCHEMAS[market.type].safeParse(market).success).toBe(true);
  expect(decodeEvent(encodeEvent(market))).toEqual(market);
  const plain = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_, inner) => (typeof inner === 'string' ? plainOf(inner) : inner));
  const { grouping: _, ...said } = JSON.parse(raw) as Record<string, unknown>;
  expect(plain(printed(market))).toEqual(plain(said));
  return market;
}

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** The REST side, answering with what was recorded. */
async function history(bodies: Readonly<Record<string, unknown>>): Promise<GmoMarketHistory> {
  const server = await startHttpServer(({ url }, response) => {
    const path = url.split('?')[0] as string;
    json(
      response,
      bodies[path] ?? { status: 2, messages: [{ message_code: 'ERR-5207', message_string: 'Not found' }] },
    );
  });
  servers.push(server);
  return new GmoMarketHistory(testContext({ restBaseUrl: server.url }));
}

describe.runIf(isRecorded('gmo_native'))('samples of GMO Coin that others recorded', () => {
  it('frames of the socket become events that say the same', () => {
    const types: string[] = [];
    for (const line of recordedLines('gmo_native', 'ws_frames.jsonl')) {
      const { raw } = JSON.parse(line) as { raw: string };
      if (raw.startsWith('{"error"')) {
        expect(mapMarketFrame(raw, RECV)).toEqual({ type: 'error', code: 'ERR-5106', text: JSON.parse(raw).error });
        types.push('error');
      } else types.push(roundTrips(raw).type);
    }
    expect(types.toSorted()).toEqual([
      'error',
      'error',
      'orderbook',
      'orderbook',
      'orderbook',
      'ticker',
      'trade',
      'trade',
    ]);
  });

  it('5298 tickers of ten days do too', () => {
    let last = 0;
    const lines = recordedLines('gmo_native', 'ticker_btc_spot_202204.jsonl.gz');
    for (const line of lines) {
      const { ticker } = JSON.parse(line) as { ticker: object };
      const { ts } = roundTrips(JSON.stringify({ channel: 'ticker', ...ticker }));
      expect(ts).toBeGreaterThanOrEqual(last);
      last = ts;
    }
    expect(lines).toHaveLength(5_298);
  });

  it('REST answers are read through the client', async () => {
    const ok = (data: unknown) => ({ status: 0, data, responsetime: '2026-02-13T08:09:23.391Z' });
    const trades = native('rest_get_trades.json') as { list: { price: string; size: string; timestamp: string }[] };
    const rest = await history({
      '/public/v1/status': ok(native('rest_get_status.json')),
      '/public/v1/symbols': ok(native('rest_get_symbols.json')),
      '/public/v1/ticker': ok(native('rest_get_ticker.json')),
      '/public/v1/trades': ok(trades),
      '/public/v1/klines': ok(native('rest_get_klines.json')),
      '/public/v1/orderbooks': ok(JSON.parse(readRecording('gmo_native', 'rest_get_orderbooks.json.gz'))),
    });
    expect(await rest.status()).toBe('open');

    const symbols = native('rest_get_symbols.json') as Record<string, string>[];
    const instruments = await rest.instruments();
    const written = instruments.map((one) => ({
      symbol: one.symbol,
      minOrderSize: one.minSize.toString(),
      maxOrderSize: one.maxSize.toString(),
      sizeStep: one.sizeStep.toString(),
      tickSize: one.tickSize.toString(),
      takerFee: one.takerFeeRate.toString(),
      makerFee: one.makerFeeRate.toString(),
    }));
    expect(written).toEqual(
      symbols.map(({ minCloseOrderSize: _, ...row }) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, name === 'symbol' ? value : plainOf(value)]),
        ),
      ),
    );

    const [ticker] = await rest.tickers();
    expect(ticker).toMatchObject({ symbol: 'BTC', data: { bid: 10206144, ask: 10210299, volume: 313.93928 } });

    const said = JSON.parse(readRecording('gmo_native', 'rest_get_orderbooks.json.gz')) as Record<
      'asks' | 'bids',
      Level[]
    >;
    const book = await rest.orderBook('BTC');
    expect(EVENT_SCHEMAS.orderbook.safeParse(book).success).toBe(true);
    for (const side of ['asks', 'bids'] as const) {
      const levels = book.data[side].map(([price, size]) => ({ price: String(price), size: plainSize(size) }));
      expect(levels).toEqual(said[side].map(({ price, size }) => ({ price: plainOf(price), size: plainOf(size) })));
    }

    // Each match is printed twice: the rows are fifty matches, and none is lost.
    const read = await rest.recentTrades('BTC', 50);
    const keys = new Set(trades.list.map(({ price, size, timestamp }) => `${timestamp} ${price} ${size}`));
    for (const trade of read) {
      expect(EVENT_SCHEMAS.trade.safeParse(trade).success).toBe(true);
      expect(keys).toContain(`${new Date(trade.ts).toISOString()} ${trade.data.price} ${plainSize(trade.data.size)}`);
    }
    expect(read.length).toBeGreaterThanOrEqual(45);

    const bars = await rest.bars('BTC', '1h', Date.parse('2024-12-31T21:00Z'), Date.parse('2025-01-01T21:00Z'));
    const klines = native('rest_get_klines.json') as { openTime: string; close: string; volume: string }[];
    expect(bars.map(({ openTs, close, volume }) => [openTs, close, volume])).toEqual(
      klines.map(({ openTime, close, volume }) => [Number(openTime), Number(close), Number(volume)]),
    );
  });

  it('a whole reply of the ticker, all symbols, is read through the client', async () => {
    const reply = native('rest_ticker_all_20251123.json') as { data: Record<string, string>[] };
    const tickers = await (await history({ '/public/v1/ticker': reply })).tickers();
    expect(tickers).toHaveLength(reply.data.length);
    for (const [at, ticker] of tickers.entries()) {
      expect(EVENT_SCHEMAS.ticker.safeParse(ticker).success).toBe(true);
      const { channel: _, ...row } = printed(ticker);
      expect(row).toEqual(reply.data[at]);
    }
  });
});

function plainSize(size: number): string {
  return String(size).includes('e') ? size.toFixed(8).replace(/0+$/, '') : String(size);
}

import {
  AlphaError,
  type MarketEvent,
  type MarketEventType,
  MetricsRegistry,
  type StatusEvent,
} from '@alpha-engine/core';
import { Budget, type FeedOptions, GmoMarketFeed } from '@alpha-engine/gmo-adapter';
import { afterEach, describe, expect, it } from 'vitest';
import { hostLimits } from '../../src/client/limits.js';
import { Collected, eventually } from '../support/collect.js';
import { type LogLine, testContext } from '../support/context.js';
import { BAD_SYMBOL, BOOK, SYMBOLS, TICKER, TOO_MANY, TRADE } from '../support/frames.js';
import { type Answering, failure, success } from '../support/http-server.js';
import { type Exchange, startExchange, type TestExchange } from '../support/ws-server.js';

type FeedEvent = MarketEvent | StatusEvent;

let exchange: TestExchange;
let feed: Collected<FeedEvent> | undefined;
let lines: LogLine[] = [];

/** Open, and no trades to tell. */
const quietRest: Answering = ({ url }, response) =>
  success(response, url.includes('status') ? { status: 'OPEN' } : url.includes('trades') ? {} : SYMBOLS);

const FAST = {
  reconnectMinMs: 20,
  reconnectMaxMs: 100,
  rateLimitPauseMs: 150,
  watchMs: 10,
  settleMs: 20,
  rereadMs: 10,
  backfillMs: 100,
};

async function start(
  behaviour: Partial<Exchange>,
  channels: MarketEventType[] = ['trade'],
  options: FeedOptions = {},
  symbols = ['BTC_JPY'],
  metrics?: MetricsRegistry,
): Promise<Collected<FeedEvent>> {
  lines = [];
  exchange = await startExchange({ rest: quietRest, ...behaviour });
  const gmo = new GmoMarketFeed(
    { ...testContext({ restBaseUrl: exchange.url }, lines), ...(metrics && { metrics }) },
    {
      commands: new Budget({ spacingMs: 20 }),
      ...options,
      timings: { ...FAST, ...options.timings },
    },
  );
  feed = new Collected((signal) => gmo.subscribe({ symbols, channels }, signal));
  return feed;
}
afterEach(async () => {
  await feed?.stop();
  await exchange.close();
});

/** Whether the exchange is open is asked of REST, and so comes at any moment. */
const withoutOpen = (items: readonly FeedEvent[]) =>
  items.filter((event) => event.type !== 'status' || event.data.state !== 'open');
const states = (items: readonly FeedEvent[]) =>
  withoutOpen(items).flatMap((event) =>
    event.type === 'status'
      ? [event.data.channel ? `${event.data.state} ${event.data.channel}` : event.data.state]
      : [],
  );
const status = (items: readonly FeedEvent[], state: string) =>
  items.filter((event): event is StatusEvent => event.type === 'status' && event.data.state === state);
const trades = (items: readonly FeedEvent[]) => items.filter(({ type }) => type === 'trade');
const tradeAt = (ms: number) =>
  JSON.stringify({ ...JSON.parse(TRADE), timestamp: new Date(Date.UTC(2026, 8, 23) + ms).toISOString() });

/** Books may be silent for so long; nothing else is hurried, so that a busy machine raises no alarm of its own. */
const silentAfter = (ms: number): FeedOptions => {
  const long = { floorMs: 60_000, initialMs: 60_000, ceilingMs: 60_000 };
  const orderbook = { floorMs: ms, initialMs: ms, ceilingMs: ms };
  return { timings: { ...FAST, resubscribeMs: 60_000, silence: { trade: long, orderbook, ticker: long } } };
};

describe('GmoMarketFeed', () => {
  it('subscribes one command at a time, takers only, and says when data of each came', async () => {
    const frames: Record<string, string> = { trades: TRADE, orderbooks: BOOK, ticker: TICKER };
    const seen = await start(
      { command: (socket, text) => socket.send(frames[JSON.parse(text).channel]!) },
      ['ticker', 'orderbook', 'trade'],
      { commands: hostLimits('http://127.0.0.1').commands },
    );
    await seen.until((items) => items.some(({ type }) => type === 'orderbook'));
    expect(exchange.commands.map(({ text }) => JSON.parse(text))).toEqual([
      { command: 'subscribe', channel: 'trades', symbol: 'BTC_JPY', option: 'TAKER_ONLY' },
      { command: 'subscribe', channel: 'ticker', symbol: 'BTC_JPY' },
      { command: 'subscribe', channel: 'orderbooks', symbol: 'BTC_JPY' },
    ]);
    const [first, second, third] = exchange.commands.map(({ at }) => at);
    expect(second! - first!).toBeGreaterThanOrEqual(1_050);
    expect(third! - second!).toBeGreaterThanOrEqual(1_050);
    const { items } = seen;
    expect(withoutOpen(items).map((event) => (event.type === 'status' ? event.data.state : event.type))).toEqual([
      'connected',
      'subscribed',
      'trade',
      'subscribed',
      'ticker',
      'subscribed',
      'orderbook',
    ]);
    expect(withoutOpen(items)[0]).toMatchObject({ symbol: '*', exchange: 'gmo' });
    expect(trades(items)[0]).toMatchObject({ recv_ts: expect.any(Number), data: { side: 'buy' } });
  });

  it('refuses an unlisted symbol before it connects, naming the likely ones', async () => {
    const seen = await start({}, ['trade'], {}, ['BTC_JPY', 'btc-jpy']);
    await seen.ended();
    expect(AlphaError.is(seen.error, 'UNKNOWN_SYMBOL')).toBe(true);
    expect(String(seen.error)).toContain('Did you mean BTC_JPY, BTC?');
    expect(exchange.connections()).toBe(0);
  });

  it('gives the frames of one read as one batch, in order', async () => {
    const seen = await start({
      command(socket) {
        for (let i = 0; i < 200; i++) socket.send(tradeAt(i));
      },
    });
    await seen.until((items) => trades(items).length === 200);
    const times = trades(seen.items).map(({ ts }) => ts);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(seen.batches.length).toBeLessThan(50);
  });

  it('comes back after a close; where REST knows nothing, it tells the gap from the last trade it saw', async () => {
    const seen = await start({
      command(socket, _, count) {
        socket.send(tradeAt(count * 1_000));
        if (count === 1) setTimeout(() => socket.close(1001), 20);
      },
    });
    await seen.until((items) => trades(items).length === 2);
    expect(states(seen.items)).toEqual([
      'connected',
      'subscribed trade',
      'disconnected',
      'connected',
      'stale trade',
      'gap trade',
      'subscribed trade',
    ]);
    const at = (ms: number) => Date.UTC(2026, 8, 23) + ms;
    expect(status(seen.items, 'gap')[0]).toMatchObject({
      symbol: 'BTC_JPY',
      data: { from_ts: at(1_000), to_ts: at(2_000) },
    });
  });

  it('comes back when the connection is cut without a word', async () => {
    const seen = await start({
      command(socket, _, count) {
        socket.send(TRADE);
        if (count === 1) setTimeout(() => socket.terminate(), 20);
      },
    });
    await seen.until((items) => trades(items).length === 2);
    expect(status(seen.items, 'disconnected')).toHaveLength(1);
  });

  it('finds out that a connected socket is dead', async () => {
    const seen = await start(
      {
        connection(socket, _, count) {
          // Reads nothing, so it answers no ping either.
          if (count === 1) socket.pause();
          else socket.send(TRADE);
        },
      },
      ['trade'],
      { timings: { ...FAST, pingMs: 50 } },
    );
    await seen.until((items) => trades(items).length === 1);
    expect(status(seen.items, 'disconnected')[0]?.data.reason).toContain('No sign of life');
  });

  it('names the setting when nobody is met at the address', async () => {
    const seen = await start({ handshake: () => 404 });
    await seen.until((items) => states(items).includes('disconnected'));
    expect(status(seen.items, 'disconnected')[0]?.data.reason).toBe(
      'The handshake was answered with HTTP 404. Check the network, WS_PUBLIC_URL and the exchange.',
    );
  });

  it('gives up a handshake that is not answered', async () => {
    const seen = await start(
      { handshake: (_, count) => (count === 1 ? 'silence' : null), connection: (socket) => socket.send(TRADE) },
      ['trade'],
      { timings: { ...FAST, handshakeMs: 50 } },
    );
    await seen.until((items) => trades(items).length === 1);
    expect(states(seen.items)).toEqual(['disconnected', 'connected', 'subscribed trade']);
    expect(status(seen.items, 'disconnected')[0]?.data.reason).toContain('timed out');
  });

  it('takes a 503 at the handshake for maintenance, once, and waits for the end of it', async () => {
    let closed = true;
    const seen = await start(
      {
        rest(request, response, raw) {
          const maintenance = closed && request.url.includes('status');
          if (maintenance) failure(response, 'ERR-5201', 'MAINTENANCE. Please wait for a while', 503, 5);
          else quietRest(request, response, raw);
        },
        handshake(_, count) {
          closed = count <= 3;
          return closed ? 503 : null;
        },
        connection: (socket) => socket.send(TRADE),
      },
      ['trade'],
      { timings: { ...FAST, statusPollMs: 30 } },
    );
    await seen.until((items) => trades(items).length === 1 && status(items, 'open').length === 1);
    expect(states(seen.items)).toEqual(['disconnected', 'maintenance', 'connected', 'subscribed trade']);
  });

  it('says at the first connection after maintenance that the exchange is open, and asks for it only once', async () => {
    let closed = true;
    const asked = () => exchange.seen.filter(({ url }) => url.includes('status')).length;
    const seen = await start({
      rest(request, response, raw) {
        if (request.url.includes('status')) success(response, { status: closed ? 'MAINTENANCE' : 'OPEN' });
        else quietRest(request, response, raw);
      },
      handshake: () => (closed ? 503 : null),
      command(socket, _, count) {
        socket.send(TRADE);
        if (count === 1) setTimeout(() => socket.terminate(), 20);
      },
    });
    await seen.until((items) => status(items, 'maintenance').length === 1);
    await eventually(() => asked() === 1);
    closed = false;
    // The next poll would be in half a minute.
    await seen.until((items) => status(items, 'open').length === 1 && status(items, 'connected').length === 2);
    expect(asked()).toBe(2);
  });

  it('waits after ERR-5003 and sends the refused subscription again', async () => {
    const seen = await start(
      {
        command(socket, text, count) {
          if (count === 2) socket.send(TOO_MANY);
          else socket.send(JSON.parse(text).channel === 'trades' ? TRADE : BOOK);
        },
      },
      ['trade', 'orderbook'],
      { timings: { ...FAST, rateLimitPauseMs: 400 } },
    );
    await seen.until((items) => items.some(({ type }) => type === 'orderbook'));
    const [, refused, again, ...rest] = exchange.commands;
    expect(rest).toEqual([]);
    expect(JSON.parse(refused!.text).channel).toBe('orderbooks');
    expect(again!.text).toBe(refused!.text);
    expect(again!.at - refused!.at).toBeGreaterThanOrEqual(380);
    expect(states(seen.items)).not.toContain('disconnected');
    expect(seen.items).toContainEqual(
      expect.objectContaining({
        symbol: 'BTC_JPY',
        data: { state: 'degraded', channel: 'orderbook', reason: expect.stringContaining('sent again after 400 ms') },
      }),
    );
    expect(states(seen.items).slice(-2)).toEqual(['degraded orderbook', 'subscribed orderbook']);
    expect(lines.some(({ message }) => message.includes('coming too soon'))).toBe(true);
  });

  it('reports a subscription that the exchange will not serve, and goes on', async () => {
    const seen = await start(
      {
        command(socket, text) {
          socket.send(JSON.parse(text).channel === 'trades' ? BAD_SYMBOL : BOOK);
        },
      },
      ['trade', 'orderbook'],
    );
    await seen.until((items) => items.some(({ type }) => type === 'orderbook') && status(items, 'degraded').length > 0);
    expect(status(seen.items, 'degraded')).toMatchObject([
      { symbol: 'BTC_JPY', data: { channel: 'trade', reason: 'ERR-5106 Invalid request parameter. symbol' } },
    ]);
    expect(exchange.commands).toHaveLength(2);
  });

  it('notices that a subscription was refused without a word: says stale, unsubscribes, subscribes anew', async () => {
    const seen = await start(
      { command: (socket, _, count) => count === 3 && socket.send(BOOK) },
      ['orderbook'],
      silentAfter(60),
    );
    await seen.until((items) => states(items).includes('resynced orderbook'));
    expect(exchange.commands.map(({ text }) => JSON.parse(text).command)).toEqual([
      'subscribe',
      'unsubscribe',
      'subscribe',
    ]);
    expect(states(seen.items)).toEqual(['connected', 'stale orderbook', 'subscribed orderbook', 'resynced orderbook']);
  });

  it('notices that one channel has gone silent while others flow', async () => {
    let pulse: NodeJS.Timeout | undefined;
    const seen = await start(
      {
        command(socket, text, count) {
          const { channel, command } = JSON.parse(text);
          // Books come once, and again when asked again; tickers all the time.
          if (channel === 'orderbooks' && command === 'subscribe') socket.send(BOOK);
          if (channel === 'ticker' && count === 1) pulse = setInterval(() => socket.send(TICKER), 10);
        },
      },
      ['orderbook', 'ticker'],
      silentAfter(80),
    );
    await seen.until((items) => states(items).includes('resynced orderbook'));
    clearInterval(pulse);
    expect(states(seen.items).slice(0, 5)).toEqual([
      'connected',
      'subscribed ticker',
      'subscribed orderbook',
      'stale orderbook',
      'resynced orderbook',
    ]);
    expect(status(seen.items, 'stale')[0]).toMatchObject({ symbol: 'BTC_JPY' });
    expect(exchange.connections()).toBe(1);
  });

  it('lets the age of the data grow through cuts and new subscriptions until data come', async () => {
    const metrics = new MetricsRegistry();
    const { timings } = silentAfter(60);
    await start(
      {
        command(socket, _, count) {
          if (count === 1) socket.send(BOOK, () => socket.terminate());
        },
      },
      ['orderbook'],
      { timings: { ...timings, resubscribeMs: 50, resubscribeMaxMs: 50 } },
      ['BTC_JPY'],
      metrics,
    );
    const age = () => metrics.samples().find(({ name }) => name === 'alpha_feed_data_age_seconds')?.value ?? 0;
    await eventually(() => age() > 1);
    expect(exchange.commands.length).toBeGreaterThan(5);
    await eventually(() => {
      exchange.broadcast(BOOK);
      return age() < 0.5;
    });
  });

  it('leaves out books whose sides cross, says so once, and says when they are right again', async () => {
    const crossed = BOOK.replace(/"bids":\[\{"price":"\d+"/, '"bids":[{"price":"99999999"');
    expect(crossed).not.toBe(BOOK);
    let pulse: NodeJS.Timeout | undefined;
    const seen = await start(
      {
        command(socket) {
          for (const frame of [BOOK, crossed, crossed, BOOK]) socket.send(frame);
          pulse = setInterval(() => socket.send(BOOK), 10);
        },
      },
      ['orderbook'],
      { timings: { ...FAST, spoiltMs: 50 } },
    );
    await seen.until((items) => states(items).includes('resynced orderbook'));
    clearInterval(pulse);
    expect(states(seen.items)).toEqual([
      'connected',
      'subscribed orderbook',
      'degraded orderbook',
      'resynced orderbook',
    ]);
  });

  it('takes a socket on which nothing comes any more for dead', async () => {
    const seen = await start({ connection: (socket) => socket.send(BOOK) }, ['orderbook'], {
      timings: { ...FAST, deadMs: 60 },
    });
    await seen.until((items) => items.filter(({ type }) => type === 'orderbook').length === 2);
    // Another program would call it connected: pings are answered.
    expect(states(seen.items)).toContain('disconnected');
  });

  it('survives garbage, counts it, and logs each kind once', async () => {
    const garbage = [
      '<html>',
      '{}',
      '[]',
      'null',
      TRADE.replace('BUY', 'HOLD'),
      TRADE.replace('BTC_JPY', 'ETH'),
      TRADE.slice(9),
      '{"error":7}',
    ];
    const seen = await start({
      command(socket) {
        for (let i = 0; i < 3; i++) for (const frame of garbage) socket.send(frame);
        socket.send(Buffer.from([0, 255, 254]));
        socket.send(TRADE);
      },
    });
    await seen.until((items) => trades(items).length === 1);
    expect(withoutOpen(seen.items)).toHaveLength(3);
    const kinds = lines.filter(({ message }) => message.includes('cannot be used')).map(({ fields }) => fields.kind);
    expect(kinds).toEqual(['not_json', 'unknown_channel', 'not_an_object', 'unknown_side', 'not_subscribed']);
    await seen.stop();
    expect(lines.at(-1)?.fields).toEqual({
      counts: { not_json: 7, unknown_channel: 6, not_an_object: 6, unknown_side: 3, not_subscribed: 3 },
    });
  });

  it('drops nothing in silence when its reader is slow', async () => {
    exchange = await startExchange({
      // What else REST tells would come at any moment.
      rest: (request, response, raw) => /status|trades/.test(request.url) || quietRest(request, response, raw),
      command(socket) {
        for (let i = 1; i <= 50; i++) socket.send(tradeAt(i));
        socket.send('{"channel":"done"}');
      },
    });
    feed = undefined;
    lines = [];
    const gmo = new GmoMarketFeed(testContext({ restBaseUrl: exchange.url }, lines), { capacity: 12, timings: FAST });
    const stop = new AbortController();
    const reader = gmo.subscribe({ symbols: ['BTC_JPY'], channels: ['trade'] }, stop.signal)[Symbol.asyncIterator]();
    const first = await reader.next();
    expect(first.value).toMatchObject([{ data: { state: 'connected' } }]);
    // The reader is busy until all frames have arrived.
    await eventually(() => lines.some(({ fields }) => fields.kind === 'unknown_channel'));
    const { value } = await reader.next();
    const kept = trades(value as FeedEvent[]);
    const dropped = status(value as FeedEvent[], 'dropped');
    const at = (ms: number) => Date.UTC(2026, 8, 23) + ms;
    expect(kept).toHaveLength(11);
    expect(dropped).toMatchObject([
      {
        symbol: 'BTC_JPY',
        data: {
          channel: 'trade',
          from_ts: at(12),
          to_ts: at(50),
          reason: 'The reader was too slow: 39 events were dropped.',
        },
      },
    ]);
    expect((value as FeedEvent[]).at(-1)).toBe(dropped[0]);
    stop.abort();
    expect(await reader.next()).toMatchObject({ value: expect.anything() });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('does not read the socket while its reader is slow, and loses nothing by it', async () => {
    const sent = 60_000;
    exchange = await startExchange({
      rest: (request, response, raw) => request.url.includes('status') || quietRest(request, response, raw),
      command(socket) {
        for (let i = 1; i <= sent; i++) socket.send(tradeAt(i));
      },
    });
    feed = undefined;
    const gmo = new GmoMarketFeed(testContext({ restBaseUrl: exchange.url }), { timings: FAST });
    const stop = new AbortController();
    const reader = gmo.subscribe({ symbols: ['BTC_JPY'], channels: ['trade'] }, stop.signal)[Symbol.asyncIterator]();
    expect((await reader.next()).value).toMatchObject([{ data: { state: 'connected' } }]);
    // The reader is busy until the exchange can send no more, or has sent all.
    const left: number[] = [];
    await eventually(() => {
      const [socket] = exchange.sockets;
      if (exchange.commands.length > 0) left.push(socket!.bufferedAmount);
      return left.length > 4 && new Set(left.slice(-4)).size === 1;
    });
    const batches: FeedEvent[][] = [];
    for (let read = 0; read < sent; read += trades(batches.at(-1)!).length) {
      batches.push((await reader.next()).value as FeedEvent[]);
    }
    expect(batches[0]!.length).toBeGreaterThan(1_000);
    // What was read before the pause, and the rest of the last read.
    expect(batches[0]!.length).toBeLessThan(3_000);
    expect(status(batches.flat(), 'dropped')).toEqual([]);
    expect(new Set(trades(batches.flat()).map(({ ts }) => ts)).size).toBe(sent);
    stop.abort();
    await reader.return?.(undefined);
  });

  it('lets go of the socket when its reader leaves the loop', async () => {
    exchange = await startExchange({
      rest: quietRest,
      command: (socket) => socket.send(TRADE),
    });
    feed = undefined;
    const gmo = new GmoMarketFeed(testContext({ restBaseUrl: exchange.url }), { timings: FAST });
    for await (const batch of gmo.subscribe({ symbols: ['BTC_JPY'] }, new AbortController().signal)) {
      if (trades(batch).length > 0) break;
    }
    await eventually(() => exchange.sockets.size === 0);
  });

  it('wants a symbol', async () => {
    const seen = await start({}, ['trade'], {}, []);
    await seen.ended();
    expect(AlphaError.is(seen.error, 'CONFIG_INVALID')).toBe(true);
  });
});

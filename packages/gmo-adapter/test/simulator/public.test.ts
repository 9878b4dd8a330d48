import { once } from 'node:events';
import { createConnection } from 'node:net';
import { ManualClock } from '@alpha-engine/core';
import {
  defaultTapePath,
  type GmoSimulator,
  type GmoSimulatorOptions,
  loadTape,
  startGmoSimulator,
} from '@alpha-engine/gmo-adapter/simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { type Json, publicGet, RawSocket, waitFor } from './raw-client.js';

const open: GmoSimulator[] = [];
const sockets: RawSocket[] = [];

async function start(options: GmoSimulatorOptions = {}): Promise<GmoSimulator> {
  const simulator = await startGmoSimulator(options);
  open.push(simulator);
  return simulator;
}

async function connect(url: string): Promise<RawSocket> {
  const socket = await RawSocket.open(url);
  sockets.push(socket);
  return socket;
}

/** Subscribes in one go: the command limit stands still with the wall clock, so it is moved between commands. */
async function subscribe(simulator: GmoSimulator, wall: ManualClock, frames: readonly Json[]): Promise<RawSocket> {
  const socket = await connect(simulator.wsPublicUrl);
  for (const frame of frames) {
    const before = simulator.stats().subscriptions;
    socket.send({ command: 'subscribe', ...frame });
    await waitFor(() => simulator.stats().subscriptions > before, 'the subscription');
    wall.advance(1_000);
  }
  return socket;
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  for (const simulator of open.splice(0)) await simulator.close();
});

describe('public REST', () => {
  it('answers with the envelope of the exchange', async () => {
    const simulator = await start();
    const { http, body } = await publicGet(simulator, '/v1/status');
    expect(http).toBe(200);
    expect(body).toEqual({ status: 0, data: { status: 'OPEN' }, responsetime: body.responsetime });
    expect(body.responsetime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('lists 29 symbols with their rules', async () => {
    const { body } = await publicGet(await start(), '/v1/symbols');
    expect(body.data).toHaveLength(29);
    expect(body.data.filter((row: Json) => String(row.symbol).endsWith('_JPY'))).toHaveLength(12);
    expect(body.data).toContainEqual({
      symbol: 'BTC_JPY',
      minOrderSize: '0.001',
      maxOrderSize: '5',
      sizeStep: '0.001',
      tickSize: '1',
      takerFee: '0',
      makerFee: '0',
    });
  });

  it.each([
    '/v1/orderbooks',
    '/v1/orderbooks?symbol=DOES_NOT',
    '/v1/trades?symbol=btc',
    '/v1/nothing',
    '/v2/status',
    '/v1/klines?symbol=BTC&interval=1min&date=2024',
    '/v1/klines?symbol=BTC&interval=1day&date=20240808',
    '/v1/klines?symbol=BTC&interval=7min&date=20240808',
    '/v1/klines?symbol=BTC&interval=1min&date=20200101',
  ])('answers %s with 404 and exactly the ERR-5207 body', async (path) => {
    const reply = await publicGet(await start(), path);
    expect(reply).toEqual({
      http: 404,
      body: { status: 2, messages: [{ message_code: 'ERR-5207', message_string: 'Not found' }] },
    });
  });

  it('shows a book before the tape begins, prints matches twice and doubles the volume of klines', async () => {
    const wall = new ManualClock(1_700_000_000_000);
    const simulator = await start({ wallClock: wall, origin: 'tape' });
    const early = await publicGet(simulator, '/v1/orderbooks?symbol=BTC_JPY');
    expect(early.body.data.bids).toHaveLength(30);
    wall.advance(60_000);
    const { body } = await publicGet(simulator, '/v1/trades?symbol=BTC_JPY&count=100');
    const rows = body.data.list as { price: string; side: string; size: string; timestamp: string }[];
    expect(body.data.pagination).toEqual({ currentPage: 1, count: 100 });
    for (let index = 0; index < 100; index += 2) {
      const [first, second] = [rows[index]!, rows[index + 1]!];
      expect({ ...first, side: '' }).toEqual({ ...second, side: '' });
      expect([first.side, second.side].sort()).toEqual(['BUY', 'SELL']);
    }
    expect(rows[0]!.timestamp >= rows[99]!.timestamp).toBe(true);
    const next = await publicGet(simulator, '/v1/trades?symbol=BTC_JPY&count=3&page=2');
    expect(next.body.data.list).toEqual(rows.slice(3, 6));

    const tape = await loadTape(defaultTapePath());
    const end = tape.header.start + 60_000;
    const trades = tape.records.filter(
      (record) => record.kind === 'trade' && record.symbol === 'BTC_JPY' && record.ts <= end,
    );
    const klines = await publicGet(simulator, '/v1/klines?symbol=BTC_JPY&interval=1min&date=20240809');
    const sizes = trades.reduce((sum, record) => sum + (record.kind === 'trade' ? record.size : 0), 0);
    const volume = klines.body.data.reduce((sum: number, row: Json) => sum + Number(row.volume), 0);
    expect(klines.body.data.map((row: Json) => Number(row.openTime) % 60_000)).toEqual([0, 0]);
    expect(volume).toBeCloseTo(2 * sizes, 6);
    const hour = await publicGet(simulator, '/v1/klines?symbol=BTC_JPY&interval=1hour&date=20240809');
    expect(hour.body.data).toHaveLength(1);
    const day = await publicGet(simulator, '/v1/klines?symbol=BTC_JPY&interval=1day&date=2024');
    expect(day.body.data[0].openTime).toBe(String(Date.parse('2024-08-08T21:00:00.000Z')));
  });

  it('answers the same address from a cache for a second, time of the reply included', async () => {
    const wall = new ManualClock(1_700_000_000_000);
    const simulator = await start({ wallClock: wall });
    const ask = async (query: string) => (await publicGet(simulator, `/v1/trades?symbol=BTC_JPY${query}`)).body;
    const first = await ask('');
    wall.advance(900);
    expect(await ask('')).toEqual(first);
    expect((await ask('&_=1')).responsetime).not.toBe(first.responsetime);
    wall.advance(100);
    expect((await ask('')).responsetime).not.toBe(first.responsetime);
  });

  it('answers maintenance on REST and on the handshake, and goes on when it is over', async () => {
    const simulator = await start();
    simulator.setExchangeState('MAINTENANCE');
    const { body } = await publicGet(simulator, '/v1/status');
    expect(body).toEqual({
      status: 5,
      messages: [{ message_code: 'ERR-5201', message_string: 'MAINTENANCE. Please wait for a while' }],
    });
    expect(await RawSocket.refusedWith(simulator.wsPublicUrl)).toBe(503);
    simulator.setExchangeState('OPEN');
    expect((await publicGet(simulator, '/v1/status')).body.status).toBe(0);
  });
});

describe('public socket', () => {
  it('answers only errors, drops the command over the limit and keeps the socket', async () => {
    const wall = new ManualClock(1_700_000_000_000);
    const simulator = await start({ wallClock: wall });
    const socket = await connect(simulator.wsPublicUrl);
    const replies: string[] = [];
    for (const frame of [
      'not json',
      { command: 'subscribe', channel: 'candles', symbol: 'BTC' },
      { command: 'subscribe', channel: 'trades', symbol: 'btc_jpy' },
    ]) {
      socket.send(frame);
      await waitFor(() => socket.texts.length > replies.length, 'the error');
      replies.push(socket.texts.at(-1)!);
      wall.advance(1_000);
    }
    expect(replies).toEqual([
      '{"error":"ERR-5106 Invalid request parameter."}',
      '{"error":"ERR-5106 Invalid request parameter. channel"}',
      '{"error":"ERR-5106 Invalid request parameter. symbol"}',
    ]);
    socket.send({ command: 'subscribe', channel: 'orderbooks', symbol: 'BTC' });
    socket.send({ command: 'subscribe', channel: 'orderbooks', symbol: 'BTC_JPY' });
    await waitFor(() => socket.texts.at(-1) === '{"error":"ERR-5003 Request too many."}', 'ERR-5003');
    expect(simulator.stats().subscriptions).toBe(1);
    wall.advance(2_000);
    await waitFor(() => socket.of('orderbooks').length > 2, 'books of the first subscription');
    expect(new Set(socket.of('orderbooks').map((frame) => frame.symbol))).toEqual(new Set(['BTC']));
    expect(socket.closed).toBeNull();
  });

  it('counts commands per address, not per socket', async () => {
    const simulator = await start({ wallClock: new ManualClock(1_700_000_000_000) });
    const [one, two] = [await connect(simulator.wsPublicUrl), await connect(simulator.wsPublicUrl)];
    one.send({ command: 'subscribe', channel: 'ticker', symbol: 'BTC' });
    await waitFor(() => simulator.stats().subscriptions === 1, 'the first');
    two.send({ command: 'subscribe', channel: 'ticker', symbol: 'BTC' });
    await waitFor(() => two.texts.at(-1)?.includes('ERR-5003'), 'ERR-5003 on the other socket');
  });

  it('prints trades twice, once with TAKER_ONLY; the latest option counts', async () => {
    const wall = new ManualClock(1_700_000_000_000);
    const simulator = await start({ wallClock: wall, hold: 2 });
    const both = await subscribe(simulator, wall, [{ channel: 'trades', symbol: 'BTC' }]);
    const taker = await subscribe(simulator, wall, [{ channel: 'trades', symbol: 'BTC', option: 'TAKER_ONLY' }]);
    wall.advance(20_000);
    const { records, header } = await loadTape(defaultTapePath());
    const expected = records.filter(
      (record) => record.kind === 'trade' && record.symbol === 'BTC' && record.ts <= header.start + 21_000,
    );
    await waitFor(() => taker.of('trades').length === expected.length, 'all matches');
    await waitFor(() => both.of('trades').length === 2 * expected.length, 'all rows');
    expect(taker.of('trades').map(({ price, size, side }) => [Number(price), Number(size), side])).toEqual(
      expected.map((record) => (record.kind === 'trade' ? [record.price, record.size, record.side.toUpperCase()] : [])),
    );
    expect(simulator.stats().frames.trades).toEqual({ BTC: 2 * expected.length });
    expect(Object.keys(taker.of('trades')[0]!)).toEqual(['channel', 'price', 'side', 'size', 'timestamp', 'symbol']);

    both.send({ command: 'subscribe', channel: 'trades', symbol: 'BTC', option: 'TAKER_ONLY' });
    await both.obeyed();
    expect(simulator.stats().subscriptions).toBe(2);
    const before = both.of('trades').length;
    wall.advance(10_000);
    await waitFor(
      () => simulator.clock().marketTs - Date.parse(String(taker.frames.at(-1)?.timestamp)) < 1_000,
      'more',
    );
    await Promise.all([both.obeyed(), taker.obeyed()]);
    expect(taker.of('trades').length).toBeGreaterThan(expected.length);
    expect(both.of('trades').length - before).toBe(taker.of('trades').length - expected.length);
  });

  it('sends whole books of 30 levels on the grid and repeats a quiet one within about five seconds', async () => {
    const wall = new ManualClock(1_700_000_000_000);
    const simulator = await start({ wallClock: wall, hold: 1, origin: 'tape' });
    const socket = await subscribe(simulator, wall, [{ channel: 'orderbooks', symbol: 'BTC_JPY' }]);
    wall.advance(10_000);
    const { records, header } = await loadTape(defaultTapePath());
    const books = records.filter(
      (record) => record.kind === 'book' && record.symbol === 'BTC_JPY' && record.ts <= header.start + 11_000,
    );
    await waitFor(() => socket.of('orderbooks').length === books.length, 'the books');
    for (const frame of socket.of('orderbooks') as {
      asks: Json[];
      bids: Json[];
      grouping: string;
      timestamp: string;
    }[]) {
      expect(frame.grouping).toBe('1');
      expect([frame.asks.length, frame.bids.length]).toEqual([30, 30]);
      expect(Number(frame.bids[0]!.price)).toBeLessThan(Number(frame.asks[0]!.price));
      expect((Date.parse(frame.timestamp) - header.start) % 505).toBe(0);
    }
  });

  it('ticks when something changed, and only then', async () => {
    const wall = new ManualClock(1_700_000_000_000);
    const simulator = await start({ wallClock: wall, hold: 1 });
    const socket = await subscribe(simulator, wall, [{ channel: 'ticker', symbol: 'BTC' }]);
    wall.advance(30_000);
    await waitFor(() => socket.of('ticker').length > 10, 'tickers');
    const contents = socket.of('ticker').map(({ timestamp: _, ...rest }) => JSON.stringify(rest));
    for (let index = 1; index < contents.length; index += 1) expect(contents[index]).not.toBe(contents[index - 1]);
  });
});

describe('clock', () => {
  it('stands still until the subscriptions are there, then loses no event', async () => {
    const wall = new ManualClock(1_700_000_000_000);
    const simulator = await start({ wallClock: wall, hold: 2, speed: 10, origin: 1_600_000_000_000 });
    wall.advance(5_000);
    expect(simulator.clock()).toEqual({
      wallTs: 1_700_000_005_000,
      marketTs: 1_600_000_000_000,
      speed: 0,
      held: true,
      ended: false,
      lockstep: false,
    });
    const socket = await subscribe(simulator, wall, [
      { channel: 'trades', symbol: 'BTC', option: 'TAKER_ONLY' },
      { channel: 'orderbooks', symbol: 'BTC' },
    ]);
    expect(simulator.clock()).toMatchObject({ speed: 10, held: false, marketTs: 1_600_000_010_000 });
    wall.advance(40_000);
    await waitFor(() => simulator.clock().ended, 'the end of the tape');
    const { records } = await loadTape(defaultTapePath());
    const count = (kind: string) => records.filter((record) => record.kind === kind && record.symbol === 'BTC').length;
    await waitFor(() => socket.of('trades').length === count('trade'), 'every trade');
    await waitFor(() => socket.of('orderbooks').length >= count('book'), 'every book');
    const { played, frames } = simulator.stats();
    expect([played.trades.BTC, played.books.BTC]).toEqual([count('trade'), count('book')]);
    expect([frames.trades.BTC, frames.orderbooks.BTC]).toEqual([count('trade'), count('book')]);
    const times = socket.frames.map((frame) => Date.parse(String(frame.timestamp)));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(1_600_000_000_000);
    const http = await fetch(`${simulator.restBaseUrl}/sim/clock`);
    expect(await http.json()).toEqual(simulator.clock());
  });

  it('begins again with more rounds, in market time that goes on', async () => {
    const wall = new ManualClock(1_700_000_000_000);
    const simulator = await start({ wallClock: wall, rounds: 2, origin: 'tape' });
    const { header, records } = await loadTape(defaultTapePath());
    wall.advance(header.end - header.start + 10_000);
    const total = () => {
      const { trades, books } = simulator.stats().played;
      return [...Object.values(trades), ...Object.values(books)].reduce((sum, count) => sum + count, 0);
    };
    await waitFor(() => total() > records.length, 'the second round');
    expect(simulator.clock().ended).toBe(false);
  });
});

describe('keep-alive', () => {
  it('pings, cuts a socket that is silent for the idle time without a ping, and one that never pongs', async () => {
    const simulator = await start({ timings: { idleMs: 300, pingMs: 400 }, hold: 99 });
    const silent = await connect(simulator.wsPublicUrl);
    await waitFor(() => silent.closed !== null, 'the cut');
    expect([silent.closed, silent.pings]).toEqual([1006, 0]);

    const pinging = await start({ timings: { idleMs: 60_000, pingMs: 50 }, hold: 99 });
    const deaf = await RawSocket.open(pinging.wsPublicUrl, { autoPong: false });
    const healthy = await connect(pinging.wsPublicUrl);
    await waitFor(() => deaf.closed !== null, 'the cut after three missed pongs');
    expect(deaf.pings).toBe(3);
    await waitFor(() => healthy.pings > 5, 'more pings');
    expect(healthy.closed).toBeNull();
  });
});

it('survives requests and handshakes that are not valid HTTP targets', async () => {
  const simulator = await start();
  for (const upgrade of ['', 'Connection: Upgrade\r\nUpgrade: websocket\r\n']) {
    const raw = createConnection(simulator.port, '127.0.0.1');
    raw.end(`GET // HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`);
    const [answer] = (await once(raw, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 404/);
    raw.destroy();
  }
  expect((await publicGet(simulator, '/v1/status')).http).toBe(200);
});

it('says PORT_IN_USE and what to do', async () => {
  const first = await start();
  await expect(startGmoSimulator({ port: first.port })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: `Port ${first.port} of 127.0.0.1 is taken. Choose another one, or 0 for any.`,
  });
});

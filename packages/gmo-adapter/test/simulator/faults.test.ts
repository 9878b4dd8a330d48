import { readFile } from 'node:fs/promises';
import { ManualClock, silentLogger } from '@alpha-engine/core';
import {
  type GmoSimulator,
  type GmoSimulatorOptions,
  parseFaultScript,
  startGmoSimulator,
} from '@alpha-engine/gmo-adapter/simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { faultParameters } from '../../src/simulator/faults/fault.js';
import { type Json, publicGet, RawSocket, waitFor } from './raw-client.js';

const START = 1_700_000_000_000;
const cleanups: (() => Promise<void> | void)[] = [];

async function start(options: GmoSimulatorOptions): Promise<GmoSimulator> {
  const simulator = await startGmoSimulator(options);
  cleanups.push(() => simulator.close());
  return simulator;
}

async function connect(simulator: GmoSimulator, frame?: Json): Promise<RawSocket> {
  const socket = await RawSocket.open(simulator.wsPublicUrl);
  cleanups.push(() => socket.close());
  if (frame !== undefined) {
    const before = simulator.stats().subscriptions;
    socket.send({ command: 'subscribe', symbol: 'BTC_JPY', ...frame });
    await waitFor(() => simulator.stats().subscriptions > before, 'the subscription');
  }
  return socket;
}

const BOOKS = { channel: 'orderbooks' };
const TRADES = { channel: 'trades', option: 'TAKER_ONLY' };
const time = (frame: Json) => Date.parse(String(frame.timestamp));

/** The frames of BTC_JPY's first five seconds, with a fault on them. Time is moved by hand. */
async function firstSeconds(fault: NonNullable<GmoSimulatorOptions['faults']>['faults'][number], channel: Json) {
  const wall = new ManualClock(START);
  const simulator = await start({ wallClock: wall, hold: 1, origin: 'tape', faults: { faults: [fault] } });
  const socket = await connect(simulator, channel);
  wall.advance(5_000);
  await waitFor(() => simulator.stats().played.books.BTC_JPY! >= 9, 'five seconds of the tape');
  await socket.obeyed();
  return { simulator, socket, wall };
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('the documentation', () => {
  it('has every fault with its own keys, and an example of each that is a script', async () => {
    const page = await readFile(new URL('../../../../docs/simulator.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z_]+)` \| ([^|]*?) ?\| [^|]+ \| [^|]+ \|$/gm)].map(([, kind, keys]) => [
      kind,
      Object.fromEntries([...keys!.matchAll(/`(\w+): ([\w.]+)`/g)].map(([, key, value]) => [key, value])),
    ]);
    const parameters = Object.entries(faultParameters()).map(([kind, own]) => [
      kind,
      Object.fromEntries(Object.entries(own).map(([key, value]) => [key, String(value)])),
    ]);
    expect(rows).toEqual(parameters);
    const scripts = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => parseFaultScript(text!));
    expect(scripts.at(-1)!.faults.map(({ kind }) => kind)).toEqual(Object.keys(faultParameters()));
  });
});

describe('a script', () => {
  it('is refused with everything that is wrong in it, each with its path', () => {
    const text = [
      'seed: many',
      'faults:',
      '  - { kind: cut, at: soon, on: { chanel: trades } }',
      '  - { kind: cuts }',
      '  - { kind: burst }',
      '  - { kind: delay, by: 0s, probability: 2 }',
    ].join('\n');
    let problems: unknown;
    try {
      parseFaultScript(text, 'faults.yaml');
    } catch (error) {
      problems = (error as { context: { problems: string[] } }).context.problems.map(
        (problem) => problem.split(' ')[0],
      );
      expect(error).toMatchObject({ code: 'FAULTS_INVALID' });
    }
    expect(problems).toEqual([
      'seed',
      'faults[0].at',
      'faults[0].on',
      'faults[1].kind',
      'faults[2].for',
      'faults[3].probability',
      'faults[3].by',
    ]);
    expect(() => parseFaultScript('faults: [')).toThrow(/is not YAML/);
  });

  it('is refused for what could never happen, with the line', () => {
    const text = [
      'faults:',
      '  - { kind: silence, on: { channel: trades, symbol: BTC_JYP } }',
      '  - kind: crossed_book',
      '    on: { channel: trades }',
      '  - { kind: cut, on: { channel: trades } }',
      '  - { kind: cut, after: 1, on: { channel: trades } }',
      '  - { kind: silence, on: { stream: private, channel: trades } }',
      '  - { kind: maintenance, on: { symbol: BTC } }',
      '  - { kind: rest_hung, on: { path: /v1/trades } }',
      '  - { kind: outside_order, symbol: GOLD }',
      '  - { kind: burst }',
    ].join('\n');
    let message = '';
    try {
      parseFaultScript(text);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.split('\n- ').slice(1)).toEqual([
      'faults[0].on.symbol BTC_JYP is not listed; GET /public/v1/symbols tells all symbols (line 2)',
      'faults[1].on.channel must be orderbooks, or left out: `crossed_book` acts on books (line 4)',
      'faults[2].on.channel cannot be told of `cut`, which acts on what has stream, socket unless it waits for frames (`after`, `nth`) (line 5)',
      'faults[4].on.stream does not carry trades (line 7)',
      'faults[5].on.symbol cannot be told of `maintenance`, which acts on the exchange as a whole (line 8)',
      'faults[6].on.path must begin with /public or /private, as in /public/v1/trades (line 9)',
      'faults[7].symbol GOLD is not listed; GET /public/v1/symbols tells all symbols (line 10)',
      'faults[8].for is required: a time such as 500ms, 30s, 5m or 1h, or a number of milliseconds (line 11)',
    ]);
  });

  it('keeps its times, on either clock, and says when each fault was in force', async () => {
    const wall = new ManualClock(START);
    const lines: unknown[] = [];
    const info = (fields: object, text: string) => void (text.startsWith('fault ') && lines.push([text, fields]));
    const simulator = await start({
      wallClock: wall,
      logger: { ...silentLogger, info },
      speed: 10,
      hold: 1,
      faults: {
        faults: [
          { kind: 'silence', at: '1s', for: '500ms', every: '2s', times: 2 },
          { kind: 'delay', at: '10s', for: '5s', clock: 'market' },
        ],
      },
    });
    const kinds = () => simulator.stats().faults.map(({ kind, endedTs }) => [kind, endedTs !== null]);
    wall.advance(1_000);
    await waitFor(() => kinds().length === 1, 'the first silence');
    wall.advance(500);
    await waitFor(() => kinds()[0]![1], 'its end');
    wall.advance(60_000);
    await waitFor(() => kinds().length === 2 && kinds()[1]![1], 'the second and last');
    // Market time stands until the tape begins.
    await connect(simulator, TRADES);
    wall.advance(1_000);
    await waitFor(() => kinds().some(([kind]) => kind === 'delay'), 'ten seconds of the market');
    const [first] = simulator.stats().faults;
    expect(first).toMatchObject({ fault: 0, begunTs: START + 1_000, endedTs: START + 1_500, acts: 0, firstTs: null });
    expect(lines.slice(0, 2)).toEqual([
      ['fault begins', { fault: 0, kind: 'silence', on: {}, forMs: 500 }],
      ['fault ends', { fault: 0, kind: 'silence', acts: 0 }],
    ]);
  });

  it('does the same again with the same seed, and something else with another', async () => {
    const run = async (seed: number) => {
      const wall = new ManualClock(START);
      const faults = { seed, faults: [{ kind: 'silence' as const, probability: 0.5 }] };
      const simulator = await start({ wallClock: wall, hold: 1, origin: 'tape', faults });
      const socket = await connect(simulator, BOOKS);
      wall.advance(30_000);
      await waitFor(() => simulator.stats().frames.orderbooks.BTC_JPY! >= 59, 'half a minute');
      await socket.obeyed();
      return socket.of('orderbooks').map(time).join();
    };
    expect(await run(1)).toBe(await run(1));
    expect(await run(1)).not.toBe(await run(2));
  });
});

describe('faults of frames', () => {
  it.each([
    { kind: 'truncate', nth: 2 },
    { kind: 'corrupt', nth: 2, letters: 40 },
  ] as const)('%j make some unreadable', async (fault) => {
    const { socket, simulator } = await firstSeconds(fault, BOOKS);
    const acts = simulator.stats().faults[0]!.acts;
    expect(acts).toBeGreaterThan(3);
    expect(socket.unreadable).toBe(acts);
    expect(socket.frames.length).toBeGreaterThanOrEqual(acts);
  });

  it('duplicate, unknown_field, unknown_value', async () => {
    const doubled = await firstSeconds({ kind: 'duplicate', copies: 2, on: { channel: 'trades' } }, TRADES);
    const texts = doubled.socket.texts;
    expect(texts.length % 3).toBe(0);
    for (let at = 0; at < texts.length; at += 3) expect(new Set(texts.slice(at, at + 3)).size).toBe(1);
    expect(doubled.simulator.stats().frames.trades.BTC_JPY).toBe(texts.length / 3);
    const added = await firstSeconds({ kind: 'unknown_field' }, BOOKS);
    expect(added.socket.frames.every((frame) => 'addedLater' in frame && 'bids' in frame)).toBe(true);
    const unknown = await firstSeconds({ kind: 'unknown_value' }, TRADES);
    expect(unknown.socket.frames.every((frame) => frame.side === 'ADDED_LATER')).toBe(true);
  });

  it('crossed_book, empty_book, unsorted_book leave other channels alone', async () => {
    type Level = { price: string };
    const price = (side: unknown, at: number) => Number((side as Level[]).at(at)!.price);
    const crossed = await firstSeconds({ kind: 'crossed_book' }, BOOKS);
    expect(crossed.socket.frames.every(({ bids, asks }) => price(bids, 0) > price(asks, 0))).toBe(true);
    const empty = await firstSeconds({ kind: 'empty_book', side: 'bids' }, BOOKS);
    expect(empty.socket.frames.every(({ bids, asks }) => (bids as []).length === 0 && price(asks, 0) > 0)).toBe(true);
    const unsorted = await firstSeconds({ kind: 'unsorted_book' }, BOOKS);
    expect(unsorted.socket.frames.every(({ bids }) => price(bids, 0) < price(bids, -1))).toBe(true);
    const trades = await firstSeconds({ kind: 'empty_book' }, TRADES);
    expect(trades.simulator.stats().faults[0]).toMatchObject({ acts: 0 });
  });

  it('silence keeps one channel and symbol back, and the socket up', async () => {
    const wall = new ManualClock(START);
    const on = { channel: 'trades', symbol: 'BTC_JPY' } as const;
    const simulator = await start({ wallClock: wall, hold: 2, faults: { faults: [{ kind: 'silence', on }] } });
    const books = await connect(simulator, BOOKS);
    wall.advance(1_000);
    const trades = await connect(simulator, TRADES);
    wall.advance(30_000);
    await waitFor(() => books.of('orderbooks').length > 50, 'books');
    await trades.obeyed();
    expect(trades.texts).toEqual([]);
    expect(simulator.stats().faults[0]!.acts).toBe(simulator.stats().frames.trades.BTC_JPY);
    simulator.endFaults();
    wall.advance(30_000);
    await waitFor(() => trades.of('trades').length > 0, 'trades again');
  });

  it('delay keeps the order, reorder does not, burst lets go at its end', async () => {
    for (const kind of ['delay', 'reorder', 'burst'] as const) {
      const wall = new ManualClock(START);
      const fault = { delay: { by: '2s' }, reorder: { within: '20s' }, burst: { for: '8s' } }[kind];
      const faults = { faults: [{ kind, ...fault } as never] };
      const simulator = await start({ wallClock: wall, hold: 1, origin: 'tape', faults });
      const socket = await connect(simulator, BOOKS);
      for (let step = 0; step < 10; step += 1) {
        wall.advance(500);
        const due = Math.floor(((step + 1) * 500) / 505);
        await waitFor(() => (simulator.stats().frames.orderbooks.BTC_JPY ?? 0) >= due, 'the books of this half second');
      }
      await socket.obeyed();
      const early = socket.frames.length;
      wall.advance(25_000);
      await waitFor(() => socket.frames.length >= 9, 'all books');
      const times = socket.frames.map(time);
      const sorted = times.toSorted((a, b) => a - b);
      if (kind === 'reorder') expect(times).not.toEqual(sorted);
      else expect(times).toEqual(sorted);
      if (kind === 'burst') expect(early).toBe(0);
      if (kind === 'delay') expect(early).toBeLessThan(8);
    }
  });

  it('slow_reader lets frames out at its pace and cuts a socket for which too many wait', async () => {
    const wall = new ManualClock(START);
    const faults = { faults: [{ kind: 'slow_reader' as const, framesPerSecond: 1, most: 10 }] };
    const simulator = await start({ wallClock: wall, hold: 1, faults });
    const socket = await connect(simulator, BOOKS);
    wall.advance(5_000);
    await waitFor(() => simulator.stats().frames.orderbooks.BTC_JPY! >= 9, 'ten books');
    await socket.obeyed();
    expect(socket.frames.length).toBeLessThanOrEqual(5);
    wall.advance(10_000);
    await waitFor(() => socket.closed !== null, 'the cut');
  });
});

describe('faults of connections', () => {
  it('handshake_refused, handshake_dropped and handshake_hung, one after the other', async () => {
    const simulator = await start({
      faults: {
        faults: [
          { kind: 'handshake_refused', status: 429, acts: 1 },
          { kind: 'handshake_dropped', acts: 1 },
          { kind: 'handshake_hung', acts: 1, on: { stream: 'public' } },
        ],
      },
    });
    expect(await RawSocket.refusedWith(simulator.wsPublicUrl)).toBe(429);
    await expect(RawSocket.open(simulator.wsPublicUrl)).rejects.toThrow(/hang up|ECONNRESET/);
    const hung = RawSocket.open(simulator.wsPublicUrl, { handshakeTimeout: 200 });
    await expect(hung).rejects.toThrow(/timed out/);
    await connect(simulator);
    expect(simulator.stats().faults.map(({ acts, endedTs }) => [acts, endedTs !== null])).toEqual([
      [1, true],
      [1, true],
      [1, true],
    ]);
  });

  it('cut at once, cut by frames, and only the socket that is meant', async () => {
    const simulator = await start({ hold: 2 });
    const one = await connect(simulator, BOOKS);
    const two = await connect(simulator);
    simulator.injectFault({ kind: 'cut', on: { socket: 2 } });
    await waitFor(() => two.closed === 1006, 'the cut');
    expect(one.closed).toBeNull();
    const other = await start({ faults: { faults: [{ kind: 'cut', after: 3, acts: 1 }] } });
    const third = await connect(other, BOOKS);
    await waitFor(() => third.closed === 1006, 'the cut after three frames');
    expect(third.frames).toHaveLength(3);
    await connect(other, BOOKS);
  });

  it('half_open answers nothing and tells nobody until it is over', async () => {
    const wall = new ManualClock(START);
    const simulator = await start({ wallClock: wall, timings: { idleMs: 200, pingMs: 100 } });
    const socket = await connect(simulator, BOOKS);
    wall.advance(2_000);
    await waitFor(() => socket.frames.length > 0, 'a book');
    const number = simulator.injectFault({ kind: 'half_open' });
    const before = socket.texts.length;
    const pongs = socket.pongs;
    socket.ping();
    socket.send('not json');
    const fresh = await connect(simulator, BOOKS);
    wall.advance(5_000);
    await waitFor(() => fresh.frames.length > 1, 'books of a new socket');
    await waitFor(() => fresh.pings > 3, 'more time than a socket without traffic has');
    expect([socket.texts.length, socket.pongs, socket.closed]).toEqual([before, pongs, null]);
    simulator.endFaults(number);
    await waitFor(() => socket.closed !== null, 'the cut');
    expect(fresh.closed).toBeNull();
    await waitFor(() => simulator.stats().sockets.public === 1, 'the end that the server sees');
  });

  it('pings_unanswered', async () => {
    const simulator = await start({ hold: 99 });
    const socket = await connect(simulator);
    const number = simulator.injectFault({ kind: 'pings_unanswered' });
    socket.ping();
    socket.send('not json');
    await waitFor(() => socket.texts.length === 1, 'an answer to what came after the ping');
    expect(socket.pongs).toBe(0);
    simulator.endFaults(number);
    socket.ping();
    await waitFor(() => socket.pongs === 1, 'the pong');
  });

  it('subscribe_refused on the second, subscribe_ignored on the third', async () => {
    const wall = new ManualClock(START);
    const faults = {
      faults: [
        { kind: 'subscribe_refused' as const, after: 1, acts: 1 },
        { kind: 'subscribe_ignored' as const, after: 1, acts: 1 },
      ],
    };
    const simulator = await start({ wallClock: wall, hold: 99, faults });
    const socket = await connect(simulator);
    const subscribe = async (symbol: string) => {
      wall.advance(1_000);
      socket.send({ command: 'subscribe', channel: 'ticker', symbol });
      await socket.obeyed();
      return [simulator.stats().subscriptions, socket.texts.length];
    };
    expect(await subscribe('BTC')).toEqual([1, 0]);
    expect(await subscribe('ETH')).toEqual([1, 1]);
    expect(socket.texts).toEqual(['{"error":"ERR-5003 Request too many."}']);
    expect(await subscribe('XRP')).toEqual([1, 1]);
    expect(await subscribe('BCH')).toEqual([2, 1]);
  });
});

describe('faults of the exchange', () => {
  it('rest_unavailable, rest_too_many, rest_hung, on one path', async () => {
    const simulator = await start({
      faults: {
        faults: [
          { kind: 'rest_unavailable', status: 502, acts: 1, on: { path: '/public/v1/trades' } },
          { kind: 'rest_too_many', acts: 1, on: { path: '/public/v1/trades' } },
          { kind: 'rest_hung', acts: 1, on: { path: '/public/v1/trades' } },
        ],
      },
    });
    const url = `${simulator.restBaseUrl}/public/v1/trades?symbol=BTC_JPY`;
    expect((await publicGet(simulator, '/v1/status')).http).toBe(200);
    const page = await fetch(url);
    expect([page.status, (await page.text()).startsWith('<html>')]).toEqual([502, true]);
    expect(await publicGet(simulator, '/v1/trades?symbol=BTC_JPY')).toMatchObject({ http: 200, body: { status: 4 } });
    await expect(fetch(url, { signal: AbortSignal.timeout(200) })).rejects.toThrow(/timeout/);
    expect((await fetch(url)).status).toBe(200);
  });

  it('maintenance and preopen are seen on the status, the handshake and the sockets, and pass', async () => {
    const simulator = await start({ timings: { publicCacheMs: 0 } });
    const socket = await connect(simulator);
    const status = async () => (await publicGet(simulator, '/v1/status')).body;
    const maintenance = simulator.injectFault({ kind: 'maintenance' });
    await waitFor(() => socket.closed !== null, 'the cut');
    expect(await RawSocket.refusedWith(simulator.wsPublicUrl)).toBe(503);
    expect(await status()).toMatchObject({ status: 5, messages: [{ message_code: 'ERR-5201' }] });
    simulator.endFaults(maintenance);
    simulator.injectFault({ kind: 'preopen', for: '300ms' });
    expect(await status()).toMatchObject({ data: { status: 'PREOPEN' } });
    await waitFor(() => simulator.stats().faults[1]!.endedTs !== null, 'its end');
    expect(await status()).toMatchObject({ data: { status: 'OPEN' } });
  });

  it('skewed_clock is in every timestamp, over REST and on the socket alike', async () => {
    const simulator = await start({ hold: 1, faults: { faults: [{ kind: 'skewed_clock', by: '-1h' }] } });
    const socket = await connect(simulator, TRADES);
    await waitFor(() => socket.of('trades').length > 0, 'a trade');
    const hour = 3_600_000;
    const near = (ts: number) => expect(Math.abs(Date.now() - hour - ts)).toBeLessThan(20_000);
    near(time(socket.frames[0]!));
    const { body } = await publicGet(simulator, '/v1/trades?symbol=BTC_JPY');
    near(Date.parse(body.responsetime!));
    expect(body.data.list.at(-1)).toMatchObject({ timestamp: socket.frames[0]!.timestamp });
  });

  it('are injected and ended from outside', async () => {
    const simulator = await start({});
    const call = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${simulator.restBaseUrl}${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return [response.status, await response.json()];
    };
    expect(await call('POST', '/sim/faults', { kind: 'preopen' })).toEqual([200, { fault: 0 }]);
    expect(await call('POST', '/sim/faults', { kind: 'cut', acts: 0 })).toMatchObject([
      400,
      { problems: [expect.stringMatching(/^acts /)] },
    ]);
    const [, stats] = await call('GET', '/sim/stats');
    expect((stats as Json).faults).toMatchObject([{ fault: 0, kind: 'preopen', acts: 1, endedTs: null }]);
    expect(await call('DELETE', '/sim/faults/0')).toEqual([200, {}]);
    expect(simulator.stats().faults[0]!.endedTs).not.toBeNull();
  });
});

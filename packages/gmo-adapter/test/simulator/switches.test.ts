import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@alpha-engine/core';
import {
  DEFAULT_SWITCHES,
  type GmoSimulator,
  type GmoSimulatorOptions,
  startGmoSimulator,
} from '@alpha-engine/gmo-adapter/simulator';
import { afterEach, expect, it } from 'vitest';
import { type Json, privateCall, publicGet, RawSocket, waitFor } from './raw-client.js';

const START = 1_700_000_000_000;
const cleanups: (() => unknown)[] = [];

async function start(options: GmoSimulatorOptions): Promise<GmoSimulator> {
  const simulator = await startGmoSimulator(options);
  cleanups.push(() => simulator.close());
  return simulator;
}

async function connect(url: string): Promise<RawSocket> {
  const socket = await RawSocket.open(url);
  cleanups.push(() => socket.close());
  return socket;
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

it('are all in the documentation with their defaults', async () => {
  const page = await readFile(new URL('../../../../docs/simulator.md', import.meta.url), 'utf8');
  const section = page.slice(page.indexOf('\n## Switches'));
  const rows = [...section.matchAll(/^\| `(\w+)` \| `([^`]+)` \| /gm)].map(([, name, value]) => [
    name,
    JSON.parse(value!),
  ]);
  expect(Object.fromEntries(rows)).toEqual(DEFAULT_SWITCHES);
});

it('sharedSocketBudget: one command a second over public and private sockets', async () => {
  for (const sharedSocketBudget of [false, true]) {
    const wall = new ManualClock(START);
    const simulator = await start({ wallClock: wall, switches: { sharedSocketBudget } });
    const { body } = await privateCall(simulator, 'POST', '/v1/ws-auth', {}, { timestamp: String(START) });
    const closed = await connect(`${simulator.wsPrivateUrl}/${body.data}`);
    const open = await connect(simulator.wsPublicUrl);
    open.send({ command: 'subscribe', channel: 'ticker', symbol: 'BTC' });
    await open.obeyed();
    closed.send({ command: 'subscribe', channel: 'orderEvents' });
    await closed.obeyed();
    expect(closed.texts).toEqual(sharedSocketBudget ? ['{"error":"ERR-5003 Request too many."}'] : []);
  }
});

it('tokenEnd: the socket of an ended token closes or stays', async () => {
  for (const tokenEnd of ['stays_open', 'closes'] as const) {
    const simulator = await start({ switches: { tokenEnd } });
    const token = (await privateCall(simulator, 'POST', '/v1/ws-auth', {})).body.data as string;
    const socket = await connect(`${simulator.wsPrivateUrl}/${token}`);
    expect((await privateCall(simulator, 'DELETE', '/v1/ws-auth', { token })).body.status).toBe(0);
    if (tokenEnd === 'closes') await waitFor(() => socket.closed !== null, 'the cut');
    else await socket.obeyed();
  }
});

it('publicRestPerSecond: ERR-5003 with status 4 and HTTP 200', async () => {
  const simulator = await start({ wallClock: new ManualClock(START), switches: { publicRestPerSecond: 2 } });
  for (let count = 0; count < 2; count += 1) {
    expect((await publicGet(simulator, `/v1/status?_=${count}`)).body.status).toBe(0);
  }
  // What the cache answers costs nothing.
  expect((await publicGet(simulator, '/v1/status?_=1')).body.status).toBe(0);
  expect(await publicGet(simulator, '/v1/status?_=2')).toMatchObject({
    http: 200,
    body: { status: 4, messages: [{ message_code: 'ERR-5003' }] },
  });
});

it('a quiet book is repeated, identical, within about five seconds, and not counted as an event', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tape-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const tape = join(folder, 'quiet.jsonl');
  const header = {
    format: 'alpha-tape',
    version: 1,
    exchange: 'gmo',
    symbols: [{ symbol: 'BTC', source: 'made by hand' }],
    start: 1_000,
    end: 60_000,
    records: 2,
    origin: 'a test',
    licence: 'none',
    conversion: 'none',
  };
  const lines: unknown[] = [
    header,
    ['book', 'BTC', 1_000, [[99, 1]], [[101, 1]]],
    ['trade', 'BTC', 60_000, 100, 1, 'buy'],
  ];
  await writeFile(tape, lines.map((line) => JSON.stringify(line)).join('\n'));
  const wall = new ManualClock(START);
  const simulator = await start({ tape, wallClock: wall, hold: 1 });
  const socket = await connect(simulator.wsPublicUrl);
  socket.send({ command: 'subscribe', channel: 'orderbooks', symbol: 'BTC' });
  for (let count = 1; count <= 3; count += 1) {
    await waitFor(() => socket.texts.length === count, `book ${count}`);
    wall.advance(5_100);
  }
  expect(new Set(socket.texts).size).toBe(1);
  expect(simulator.stats().frames.orderbooks).toEqual({ BTC: 1 });
  expect(simulator.stats().repeats).toBeGreaterThanOrEqual(2);
});

it('runs on real clocks: at speed 100 all records go out in order and market time agrees with them', async () => {
  const simulator = await start({ speed: 100, hold: 1 });
  const socket = await connect(simulator.wsPublicUrl);
  const before = simulator.clock();
  expect(Math.abs(before.wallTs - before.marketTs)).toBeLessThan(5_000);
  socket.send({ command: 'subscribe', channel: 'trades', symbol: 'BTC_JPY', option: 'TAKER_ONLY' });
  await waitFor(() => simulator.clock().ended, 'the end');
  await waitFor(() => socket.frames.length === simulator.stats().frames.trades.BTC_JPY, 'every trade');
  const times = socket.frames.map((frame: Json) => Date.parse(String(frame.timestamp)));
  for (let index = 1; index < times.length; index += 1) expect(times[index]! >= times[index - 1]!).toBe(true);
  expect(times[0]! - before.marketTs).toBeLessThan(1_000);
  expect(times.at(-1)! - before.marketTs).toBeGreaterThan(299_000);
});

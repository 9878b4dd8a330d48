import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ExchangeContext, silentLogger } from '@alpha-engine/core';
import { Budget, GmoMarketFeed, mapMarketFrame } from '@alpha-engine/gmo-adapter';
import { WebSocket } from 'ws';
import type { BenchRow } from './bench-row.js';
import { median } from './median.js';

const BAR = 0.85;
/** A multiple of the frames that are made. */
const TRADES = 256 * 800;
const ROUNDS = 9;

/**
 * Trades from another process over a socket of loopback: `GmoMarketFeed` up to the batch it hands out, against a bare `ws` that calls
 * the same mapper on every message.
 */
export async function run(): Promise<BenchRow[]> {
  const script = fileURLToPath(new URL('./receive/exchange.js', import.meta.url));
  const exchange = spawn(process.execPath, [script, String(TRADES)], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = await once(createInterface({ input: exchange.stdout }), 'line');
    const ratios: number[] = [];
    const rates: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const bare = await throughBareSocket(`ws://127.0.0.1:${port}/ws/public/v1`);
      const own = await throughFeed(`http://127.0.0.1:${port}`);
      // The first round compiles; it is not counted.
      if (round === 0) continue;
      ratios.push(own / bare);
      rates.push(own);
    }
    const ratio = median(ratios);
    return [
      {
        name: 'receive and normalise trades on a socket',
        reference: 'bare ws, on("message"), the same mapper',
        value: Math.round(median(rates)),
        ratio,
        bar: `≥ ${BAR}x`,
        met: ratio >= BAR,
        unit: 'events/s',
        note: `GmoMarketFeed up to the batch handed out; median of ${ROUNDS} alternating rounds of ${TRADES} trades sent as fast as they are taken`,
      },
    ];
  } finally {
    exchange.kill();
  }
}

/** Trades a second, between the first and the last. */
async function throughBareSocket(url: string): Promise<number> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('open', () => socket.send('{"command":"subscribe","channel":"trades","symbol":"BTC_JPY"}'));
  const rate = await new Promise<number>((resolve, reject) => {
    let first = 0;
    let read = 0;
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const event = mapMarketFrame(data.toString(), Date.now());
      if (event.type !== 'trade') reject(new Error(`This is no trade: ${data}`));
      if (read === 0) first = performance.now();
      read += 1;
      if (read === TRADES) resolve(perSecond(read - 1, first));
    });
  });
  socket.close();
  await once(socket, 'close');
  return rate;
}

/** Trades a second, between the first batch and the last. */
async function throughFeed(restBaseUrl: string): Promise<number> {
  const clock = { now: () => Date.now() };
  const context: ExchangeContext = {
    endpoints: { restBaseUrl },
    logger: silentLogger,
    marketClock: clock,
    wallClock: clock,
  };
  const feed = new GmoMarketFeed(context, { commands: new Budget({ spacingMs: 1 }), capacity: TRADES });
  const stop = new AbortController();
  let first = 0;
  let read = 0;
  let readFirst = 0;
  let rate = 0;
  for await (const batch of feed.subscribe({ symbols: ['BTC_JPY'], channels: ['trade'] }, stop.signal)) {
    for (const event of batch) if (event.type === 'trade') read += 1;
    if (first === 0 && read > 0) {
      first = performance.now();
      readFirst = read;
    }
    if (read === TRADES && rate === 0) {
      rate = perSecond(read - readFirst, first);
      stop.abort();
    }
  }
  return rate;
}

const perSecond = (trades: number, startMs: number): number => (trades / (performance.now() - startMs)) * 1000;

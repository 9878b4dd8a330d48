// The other process of the benchmark of execution: tickers at a steady rate, and among them signals that enter and leave, each of a strategy that
// has nothing else under way. Arguments: folder of the bus or address of Redis, tickers a second, how many signals. A signal's id begins with when it
// was published, epoch microseconds. Waits for a line before it begins with the signals, and goes on with the tickers until its input ends.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Publisher, type SignalEvent, type TickerEvent } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { openRedisBus } from '@alpha-engine/core/redis';
import { MID, SYMBOL } from './market.js';

const SIGNAL_EVERY_MS = 200;
const STRATEGIES = 8;
const STEP = 400;
const WIDEST = 5_000;

const [place = '', rate = '0', wanted = '0'] = process.argv.slice(2);
const bus = await (place.startsWith('redis:') ? openRedisBus({ url: place }) : openEmbeddedBus({ folder: place }));
const publisher = await Publisher.open(bus, []);
let isEnded = false;
let startSignals = Number.POSITIVE_INFINITY;
once(process.stdin, 'data').then(() => {
  startSignals = performance.now();
});
process.stdin.once('end', () => {
  isEnded = true;
});

const start = performance.now();
let tickers = 0;
let signals = 0;
let walk = 0;
while (!isEnded) {
  const due = Math.floor(((performance.now() - start) / 1000) * Number(rate)) - tickers;
  tickers += due;
  const events: (TickerEvent | SignalEvent)[] = Array.from({ length: due }, ticker);
  if (signals < Number(wanted) && performance.now() - startSignals > signals * SIGNAL_EVERY_MS) {
    events.push(signal(signals));
    signals += 1;
  }
  if (events.length > 0) await publisher.publish(events);
  await delay(1);
}
await publisher.close();
await bus.close();

/** Prices move, so that what is kept of them is packed no better than those of a market. */
function ticker(): TickerEvent {
  walk = Math.max(-WIDEST, Math.min(WIDEST, walk + Math.round((Math.random() - 0.5) * STEP)));
  const last = MID + walk;
  const data = { bid: last - 1, ask: last + 1, last, high: MID, low: MID, volume: 1 };
  return { type: 'ticker', exchange: 'gmo', symbol: SYMBOL, ts: Date.now(), data };
}

function signal(number: number): SignalEvent {
  return {
    type: 'signal',
    exchange: 'gmo',
    symbol: SYMBOL,
    ts: Date.now(),
    id: `${Math.round((performance.timeOrigin + performance.now()) * 1000)}:${number}`,
    strategy: `strategy-${number % STRATEGIES}`,
    action: Math.floor(number / STRATEGIES) % 2 === 0 ? 'enter_long' : 'exit',
    confidence: 1,
    price_ref: MID,
  };
}

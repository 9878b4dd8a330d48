import { type MarketEvent, type StatusEvent, silentLogger } from '@alpha-engine/core';
import { Budget, GmoMarketFeed, GmoMarketHistory } from '@alpha-engine/gmo-adapter';
import { startGmoSimulator, type Tape } from '@alpha-engine/gmo-adapter/simulator';
import { expect, it } from 'vitest';
import { Collected, eventually } from '../support/collect.js';

const wallClock = { now: () => Date.now() };
/** The exchange's second, shortened: what it allows, and how far apart we keep our commands. */
const COMMAND_MS = 10;
const SPACING_MS = 30;

function tapeOf(symbols: readonly string[]): Tape {
  const header = { format: 'alpha-tape', version: 1, exchange: 'gmo', start: 1, end: 1, records: 0 } as const;
  const from = { origin: 'a test', licence: 'none', conversion: 'none' };
  return {
    header: { ...header, ...from, symbols: symbols.map((symbol) => ({ symbol, source: 'a test' })) },
    records: [],
  };
}

const SYMBOLS = [
  ...[
    'BTC',
    'ETH',
    'XRP',
    'BCH',
    'LTC',
    'XLM',
    'DOT',
    'ATOM',
    'FCR',
    'ADA',
    'LINK',
    'DOGE',
    'SOL',
    'ASTR',
    'NAC',
    'SUI',
    'WILD',
  ],
  ...['BTC', 'ETH', 'BCH', 'LTC', 'XRP', 'DOT', 'ATOM', 'ADA', 'LINK', 'DOGE', 'SOL', 'SUI'].map(
    (coin) => `${coin}_JPY`,
  ),
];

it('carries all 29 symbols and three channels of each on one socket, and again after a cut', async () => {
  const simulator = await startGmoSimulator({ tape: tapeOf(SYMBOLS), timings: { commandMs: COMMAND_MS } });
  const context = {
    endpoints: { restBaseUrl: simulator.restBaseUrl },
    logger: silentLogger,
    marketClock: wallClock,
    wallClock,
  };
  const listed = (await new GmoMarketHistory(context).instruments()).map(({ symbol }) => symbol);
  expect(listed.toSorted()).toEqual(SYMBOLS.toSorted());

  const feed = new GmoMarketFeed(context, {
    commands: new Budget({ spacingMs: SPACING_MS }),
    requests: new Budget({ spacingMs: 2 }),
    // Both ends share one busy thread here: commands may bunch up, and are sent again.
    timings: {
      rateLimitPauseMs: 50,
      rateLimitPauseMaxMs: 100,
      reconnectMinMs: 20,
      reconnectMaxMs: 50,
      settleMs: 50,
      rereadMs: 20,
    },
  });
  const seen = new Collected<MarketEvent | StatusEvent>((signal) => feed.subscribe({ symbols: listed }, signal));
  const series = (from: number) =>
    new Set(seen.items.slice(from).flatMap(({ type, symbol }) => (type === 'status' ? [] : [`${type} ${symbol}`])));
  let price = 100;
  const move = () => {
    price++;
    for (const symbol of listed) {
      simulator.play({ kind: 'trade', symbol, price, size: 1, side: 'buy' });
      simulator.play({ kind: 'book', symbol, bids: [[price - 1, 1]], asks: [[price, 1]] });
    }
  };
  try {
    for (const connection of [1, 2]) {
      await eventually(() => simulator.stats().subscriptions === 87, 20_000);
      expect(simulator.stats().sockets.public).toBe(1);
      const from = seen.items.length;
      move();
      await eventually(() => series(from).size === 87, 20_000);
      expect(simulator.stats().closed.cut).toBe(connection - 1);
      if (connection === 2) break;
      simulator.dropSockets();
      await eventually(() => simulator.stats().sockets.public === 0);
    }
  } finally {
    await seen.stop();
    await simulator.close();
  }
}, 60_000);

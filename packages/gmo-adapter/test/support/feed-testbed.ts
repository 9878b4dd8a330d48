import { silentLogger } from '@alpha-engine/core';
import type { FeedTestbed } from '@alpha-engine/core/testing';
import { Budget, GmoMarketFeed } from '@alpha-engine/gmo-adapter';
import { type GmoSimulator, startGmoSimulator, type Tape } from '@alpha-engine/gmo-adapter/simulator';

const CHANNELS = { trade: 'trades', orderbook: 'orderbooks', ticker: 'ticker' } as const;
const SYMBOLS = ['BTC_JPY', 'BTC'];

/** Nothing on it: what moves, the test moves. */
const BLANK: Tape = {
  header: {
    format: 'alpha-tape',
    version: 1,
    exchange: 'gmo',
    symbols: SYMBOLS.map((symbol) => ({ symbol, source: 'a test' })),
    start: 1,
    end: 1,
    records: 0,
    origin: 'a test',
    licence: 'none',
    conversion: 'none',
  },
  records: [],
};

/** Only books are shown again when nothing happens. */
const LIVELY = { floorMs: 300, initialMs: 300, ceilingMs: 300 };
const QUIET = { floorMs: 60_000, initialMs: 60_000, ceilingMs: 60_000 };

/** The simulator and the GMO feed, both in a hurry. */
export async function startFeedTestbed(): Promise<FeedTestbed & { close(): Promise<void> }> {
  const simulator = await startGmoSimulator({ tape: BLANK, timings: { commandMs: 0 } });
  const clock = { now: () => Date.now() };
  const feed = new GmoMarketFeed(
    {
      endpoints: { restBaseUrl: simulator.restBaseUrl },
      logger: silentLogger,
      marketClock: clock,
      wallClock: clock,
    },
    {
      commands: new Budget({ spacingMs: 5 }),
      requests: new Budget({ spacingMs: 5 }),
      timings: {
        pingMs: 500,
        handshakeMs: 500,
        reconnectMinMs: 20,
        reconnectMaxMs: 200,
        watchMs: 50,
        silence: { trade: QUIET, orderbook: LIVELY, ticker: QUIET },
        deadMs: 1_000,
        settleMs: 100,
        rereadMs: 50,
        statusPollMs: 500,
      },
    },
  );
  return { feed, ...misbehaviour(simulator), close: () => simulator.close() };
}

function misbehaviour(simulator: GmoSimulator): Omit<FeedTestbed, 'feed'> {
  let price = 10_000_000;
  let refusal: number | null = null;
  let silence: number | null = null;
  return {
    symbol: 'BTC_JPY',
    otherSymbol: 'BTC',
    unknownSymbol: 'NOT_LISTED',
    noticesWithinMs: 3_000,
    connections: () => simulator.stats().sockets.public,
    trade(symbol) {
      price += 1;
      simulator.play({ kind: 'trade', symbol, price, size: 0.01, side: 'buy' });
      return price;
    },
    quote(symbol) {
      price += 1;
      simulator.play({ kind: 'book', symbol, bids: [[price - 1, 1]], asks: [[price, 1]] });
    },
    send: (text) => simulator.sendFrame(text),
    cut: () => simulator.dropSockets(),
    refuse(refusing) {
      if (refusal !== null) simulator.endFaults(refusal);
      refusal = refusing ? simulator.injectFault({ kind: 'handshake_dropped' }) : null;
    },
    halfOpen: () => void simulator.injectFault({ kind: 'half_open' }),
    silence(what) {
      if (silence !== null) simulator.endFaults(silence);
      silence = null;
      if (what === null) return;
      const on = { channel: CHANNELS[what.channel], symbol: what.symbol };
      silence = simulator.injectFault({ kind: 'silence', on });
    },
  };
}

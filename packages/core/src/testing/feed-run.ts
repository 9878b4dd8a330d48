import assert from 'node:assert/strict';
import type { MarketEventType, TradeEvent } from '../events/market.js';
import { FeedReader } from './feed-reader.js';
import type { FeedTestbed } from './market-feed-case.js';

export const CHANNELS: readonly MarketEventType[] = ['trade', 'orderbook', 'ticker'];

export interface Begun {
  readonly symbol: string;
  /** Prices of the trades printed so far. */
  readonly printed: number[];
}

/** Runs `work` on a feed that has shown data of every channel of both symbols; ends the feed, and looks for unhandled rejections. */
export async function reading(
  testbed: FeedTestbed,
  work: (reader: FeedReader, begun: Begun) => Promise<void>,
): Promise<void> {
  const { symbol, otherSymbol, feed } = testbed;
  const rejections: unknown[] = [];
  const onRejection = (reason: unknown) => rejections.push(reason);
  process.on('unhandledRejection', onRejection);
  const reader = new FeedReader(feed, { symbols: [symbol, otherSymbol] });
  const printed: number[] = [];
  try {
    await reader.until(
      'data of every channel',
      () =>
        [symbol, otherSymbol].every((name) =>
          CHANNELS.every((type) => reader.events.some((event) => event.type === type && event.symbol === name)),
        ),
      () => {
        printed.push(testbed.trade(symbol));
        testbed.trade(otherSymbol);
        testbed.quote(symbol);
        testbed.quote(otherSymbol);
      },
    );
    const last = printed.at(-1) as number;
    await reader.until('the last trade', () => reader.prices(symbol).includes(last));
    await work(reader, { symbol, printed });
  } finally {
    await reader.stop();
    process.off('unhandledRejection', onRejection);
  }
  assert.deepEqual(rejections, [], 'no rejection is left unhandled');
}

/** Prints trades until one printed from now on arrives live, and waits for the last. */
export async function flowing(testbed: FeedTestbed, reader: FeedReader, printed: number[]): Promise<void> {
  const { symbol } = testbed;
  const known = printed.at(-1) as number;
  const live = ({ data, origin }: TradeEvent) => data.price > known && origin !== 'backfill';
  await reader.until(
    'live trades',
    () => reader.trades.some((trade) => trade.symbol === symbol && live(trade)),
    () => printed.push(testbed.trade(symbol)),
  );
  const last = printed.at(-1) as number;
  await reader.until('the last trade', () => reader.prices(symbol).includes(last));
}

/** From the first trade seen on, everything that was printed came once and in order. */
export function assertWhole(seen: readonly number[], printed: readonly number[]): void {
  const first = printed.indexOf(seen[0] as number);
  assert.notEqual(first, -1);
  assert.deepEqual(seen, printed.slice(first));
}

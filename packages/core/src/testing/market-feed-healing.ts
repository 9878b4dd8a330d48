import assert from 'node:assert/strict';
import type { TradeEvent } from '../events/market.js';
import { FeedReader } from './feed-reader.js';
import { assertWhole, flowing, reading } from './feed-run.js';
import type { MarketFeedCase } from './market-feed-case.js';

export const FEED_HEALING_CASES: readonly MarketFeedCase[] = [
  {
    name: 'says that it lost the connection, connects again, and is whole again',
    async run(testbed) {
      await reading(testbed, async (reader, { symbol, printed }) => {
        testbed.refuse(true);
        const before = reader.events.length;
        testbed.cut();
        await reader.until('the loss', () => reader.said(symbol, before).includes('disconnected'));
        for (let count = 0; count < 5; count += 1) printed.push(testbed.trade(symbol));
        testbed.refuse(false);
        await flowing(testbed, reader, printed);
        const said = reader.said(symbol, before);
        assert.ok(said.indexOf('disconnected') < said.indexOf('connected'), `first lost, then found: ${said}`);
        assert.ok(
          said.some((word) => word === 'resynced' || word === 'resynced trade'),
          `it says resynced: ${said}`,
        );
        assert.ok(!said.some((word) => word.startsWith('gap')), `nothing is lost: ${said}`);
        assertWhole(reader.prices(symbol), printed);
      });
    },
  },
  {
    name: 'notices a connection that is open and dead, and is whole again',
    async run(testbed) {
      await reading(testbed, async (reader, { symbol, printed }) => {
        const before = reader.events.length;
        const begun = performance.now();
        testbed.halfOpen();
        for (let count = 0; count < 5; count += 1) printed.push(testbed.trade(symbol));
        await reader.until('the loss', () => reader.said(symbol, before).includes('disconnected'));
        const took = performance.now() - begun;
        assert.ok(took < testbed.noticesWithinMs, `it took ${Math.round(took)} ms to notice`);
        await flowing(testbed, reader, printed);
        assertWhole(reader.prices(symbol), printed);
      });
    },
  },
  {
    name: 'notices one channel of one symbol that has gone silent, and when it is back',
    async run(testbed) {
      await reading(testbed, async (reader, { symbol }) => {
        const { otherSymbol } = testbed;
        const before = reader.events.length;
        const begun = performance.now();
        testbed.silence({ channel: 'orderbook', symbol });
        const quote = () => {
          testbed.quote(symbol);
          testbed.quote(otherSymbol);
        };
        await reader.until('stale', () => reader.said(symbol, before).includes('stale orderbook'), quote);
        const took = performance.now() - begun;
        assert.ok(took < testbed.noticesWithinMs, `it took ${Math.round(took)} ms to notice`);
        assert.ok(
          !reader.said(otherSymbol, before).includes('stale orderbook'),
          'the other symbol is not called stale',
        );
        const found = reader.events.length;
        testbed.silence(null);
        const back = ['subscribed orderbook', 'resynced orderbook'];
        await reader.until('its return', () => reader.said(symbol, found).some((word) => back.includes(word)), quote);
      });
    },
  },
  {
    name: 'goes on from the last trade that was published before it started',
    async run(testbed) {
      const { symbol } = testbed;
      const printed: number[] = [];
      let published: readonly TradeEvent[] = [];
      await reading(testbed, async (reader, first) => {
        await reader.stop();
        published = reader.trades.filter((trade) => trade.symbol === symbol);
        printed.push(...first.printed);
      });
      for (let count = 0; count < 5; count += 1) printed.push(testbed.trade(symbol));
      const reader = new FeedReader(testbed.feed, {
        symbols: [symbol],
        channels: ['trade'],
        published: new Map([[symbol, published]]),
      });
      try {
        await flowing(testbed, reader, printed);
        assertWhole([...published.map(({ data }) => data.price), ...reader.prices(symbol)], printed);
        const missedTrades = reader.trades.slice(0, 5);
        assert.ok(
          missedTrades.every(({ origin }) => origin === 'backfill'),
          'what was missed is marked as a backfill',
        );
      } finally {
        await reader.stop();
      }
    },
  },
];

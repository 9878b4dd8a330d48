import assert from 'node:assert/strict';
import { AlphaError } from '../errors/alpha-error.js';
import { eventually, FeedReader } from './feed-reader.js';
import { CHANNELS, reading } from './feed-run.js';
import type { MarketFeedCase } from './market-feed-case.js';

/** A feed that was asked to end is gone after this, milliseconds of wall time. */
const END_MS = 2_000;
/** No exchange's protocol. */
const GARBAGE = [
  '',
  '{',
  'null',
  '7',
  '[]',
  '{}',
  '<html>502</html>',
  '\u0000',
  '{"channel":{}}',
  `"${'9'.repeat(10_000)}"`,
];

export const FEED_CONNECTION_CASES: readonly MarketFeedCase[] = [
  {
    name: 'connects, subscribes, and tells everything in the order in which it happened',
    async run(testbed) {
      await reading(testbed, async (reader, { symbol }) => {
        const said = reader.said(symbol);
        for (const channel of CHANNELS) {
          assert.ok(said.includes(`subscribed ${channel}`), `subscribed to ${channel}: ${said}`);
          assert.ok(
            said.indexOf('connected') < said.indexOf(`subscribed ${channel}`),
            `connected comes first: ${said}`,
          );
        }
        const printed = Array.from({ length: 20 }, () => testbed.trade(symbol));
        await reader.until('the trades', () => reader.prices(symbol).includes(printed.at(-1) as number));
        assert.deepEqual(reader.prices(symbol).slice(-20), printed);
        for (const event of reader.events) {
          if (event.type !== 'status') assert.ok(event.recv_ts !== undefined, 'every market event carries recv_ts');
          assert.equal(event.seq, undefined, 'the sequence is given at publishing');
        }
        const firstBook = reader.events.find(({ type }) => type === 'orderbook');
        assert.ok(firstBook?.type === 'orderbook' && firstBook.data.is_snapshot, 'the first book is a snapshot');
      });
    },
  },
  {
    name: 'refuses a symbol that is not listed before it connects',
    async run(testbed) {
      const reader = new FeedReader(testbed.feed, { symbols: [testbed.symbol, testbed.unknownSymbol] });
      await assert.rejects(
        reader.until('the refusal', () => false),
        (error) => AlphaError.is(error, 'UNKNOWN_SYMBOL'),
      );
      assert.equal(testbed.connections(), 0);
    },
  },
  {
    name: 'ends within two seconds when its signal aborts, with every connection closed',
    async run(testbed) {
      await reading(testbed, async (reader) => {
        const took = await reader.stop();
        assert.ok(took < END_MS, `it took ${Math.round(took)} ms to end`);
        await eventually('the connections to close', () => testbed.connections() === 0);
      });
    },
  },
  {
    name: 'closes its connections when the reader walks away',
    async run(testbed) {
      const abort = new AbortController();
      for await (const batch of testbed.feed.subscribe({ symbols: [testbed.symbol] }, abort.signal)) {
        if (batch.length > 0) break;
      }
      await eventually('the connections to close', () => testbed.connections() === 0);
    },
  },
  {
    name: 'ends within two seconds while it cannot connect',
    async run(testbed) {
      await reading(testbed, async (reader, { symbol }) => {
        testbed.refuse(true);
        testbed.cut();
        await reader.until('the loss', () => reader.said(symbol).includes('disconnected'));
        const took = await reader.stop();
        assert.ok(took < END_MS, `it took ${Math.round(took)} ms to end`);
      });
    },
  },
  {
    name: 'goes on after frames that are none',
    async run(testbed) {
      await reading(testbed, async (reader, { symbol }) => {
        const before = reader.events.length;
        for (const text of GARBAGE) testbed.send(text);
        const price = testbed.trade(symbol);
        await reader.until('the trade after them', () => reader.prices(symbol).includes(price));
        assert.ok(!reader.said(symbol, before).includes('disconnected'), 'it stays connected');
        assert.deepEqual(reader.prices(symbol).toSorted(ascending), reader.prices(symbol), 'in order');
      });
    },
  },
  {
    name: 'begins again with a snapshot of the book',
    async run(testbed) {
      await reading(testbed, async (reader, { symbol }) => {
        const before = reader.events.length;
        testbed.cut();
        const books = () => reader.events.slice(before).filter(({ type }) => type === 'orderbook');
        await reader.until(
          'a book',
          () => books().length > 0,
          () => testbed.quote(symbol),
        );
        const [book] = books();
        assert.ok(book?.type === 'orderbook' && book.data.is_snapshot);
        const at = reader.events.indexOf(book);
        const opened = reader.events.findIndex(
          (event, n) => n >= before && event.type === 'status' && event.data.state === 'connected',
        );
        assert.ok(opened !== -1 && opened < at, 'connected comes before it');
      });
    },
  },
  {
    name: 'says once that it is disconnected, however often it tries',
    async run(testbed) {
      await reading(testbed, async (reader, { symbol }) => {
        const before = reader.events.length;
        testbed.refuse(true);
        testbed.cut();
        await reader.until('the loss', () => reader.said(symbol, before).includes('disconnected'));
        const end = performance.now() + testbed.noticesWithinMs;
        await eventually('some attempts', () => performance.now() > end);
        assert.deepEqual(reader.said(symbol, before).filter((word) => word === 'disconnected').length, 1);
        testbed.refuse(false);
        await reader.until('the way back', () => reader.said(symbol, before).includes('connected'));
      });
    },
  },
];

function ascending(a: number, b: number): number {
  return a - b;
}

import { type MarketEvent, type StatusEvent, silentLogger } from '@alpha-engine/core';
import { Budget, GmoMarketFeed, GmoMarketHistory } from '@alpha-engine/gmo-adapter';
import { startGmoSimulator, type Tape, type TapeLevel, type TapeRecord } from '@alpha-engine/gmo-adapter/simulator';
import { describe, expect, it } from 'vitest';
import { Collected } from '../support/collect.js';
import { isRecorded, recordedRows } from './recordings.js';

const FOLDER = 'gmo_bitflyer_20250716';
const SYMBOLS = ['BTC', 'BTC_JPY'];
type Row = Record<string, string>;

const gmo = (file: string): Row[] => recordedRows(FOLDER, file).filter((row) => row.exchange === 'GMO');

/** Each match is two rows, BUY and SELL; the first one counts. A row without its twin is a match too. */
function trades(file: string): TapeRecord[] {
  const open = new Map<string, number>();
  const found: TapeRecord[] = [];
  for (const { symbol = '', price = '', size = '', side = '', timestamp = '' } of gmo(file)) {
    const match = `${symbol} ${timestamp} ${price} ${size}`;
    const twin = `${match} ${side === 'BUY' ? 'SELL' : 'BUY'}`;
    const waiting = open.get(twin) ?? 0;
    if (waiting > 0) {
      open.set(twin, waiting - 1);
      continue;
    }
    const key = `${match} ${side}`;
    open.set(key, (open.get(key) ?? 0) + 1);
    const taker = side === 'BUY' ? 'buy' : 'sell';
    found.push({
      kind: 'trade',
      symbol,
      ts: Date.parse(timestamp),
      price: Number(price),
      size: Number(size),
      side: taker,
    });
  }
  return found;
}

function books(file: string): TapeRecord[] {
  const side = (row: Row, name: string): TapeLevel[] =>
    [1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) => {
      const price = row[`${name}${n}`];
      return price === undefined || price === '' ? [] : [[Number(price), Number(row[`${name}${n}vol`])] as const];
    });
  return gmo(file).map((row) => ({
    kind: 'book',
    symbol: row.symbol as string,
    ts: Date.parse(row.ts as string),
    bids: side(row, 'bid'),
    asks: side(row, 'ask'),
  }));
}

/** Books of one level a side. */
function quotes(file: string): TapeRecord[] {
  return gmo(file).map((row) => ({
    kind: 'book',
    symbol: row.symbol as string,
    ts: Date.parse(row.timestamp as string),
    bids: [[Number(row.best_bid), Number(row.best_bid_volume)]],
    asks: [[Number(row.best_ask), Number(row.best_ask_volume)]],
  }));
}

function tapeOf(records: readonly TapeRecord[]): Tape {
  const sorted = records.toSorted((a, b) => a.ts - b.ts);
  const start = sorted[0]!.ts;
  const header = {
    format: 'alpha-tape' as const,
    version: 1 as const,
    exchange: 'gmo',
    symbols: SYMBOLS.map((symbol) => ({ symbol, source: 'GMO Coin' })),
    start,
    end: sorted.at(-1)!.ts,
    records: sorted.length,
    origin: 'a recording of GMO Coin',
    licence: 'not to be published',
    conversion: 'none',
  };
  return { header, records: sorted };
}

describe.runIf(isRecorded(FOLDER))('what GMO Coin sent on 2025-07-16', () => {
  it.each([
    ['05:12 to 05:20, books of eight levels', 'trades_20250716_14.csv.gz', 'market_boards_20250716_14.csv.gz', books],
    ['06:14 to 07:00, best quotes', 'trades_20250716_15.csv.gz', 'best_bid_ask_20250716_15.csv.gz', quotes],
  ])('comes out of simulator and feed as it was: %s', async (_, tradeFile, bookFile, read) => {
    const tape = tapeOf([...trades(tradeFile), ...read(bookFile)]);
    const { length } = tape.records;
    expect(length).toBeGreaterThan(1_000);
    const speed = (tape.header.end - tape.header.start) / 2_000;
    const channels = ['trade', 'orderbook'] as const;
    const simulator = await startGmoSimulator({
      tape,
      speed,
      origin: 'tape',
      hold: SYMBOLS.length * channels.length,
      timings: { commandMs: 0 },
    });
    const context = {
      endpoints: { restBaseUrl: simulator.restBaseUrl },
      logger: silentLogger,
      marketClock: { now: () => simulator.clock().marketTs },
      wallClock: { now: () => Date.now() },
    };
    const feed = new GmoMarketFeed(context, { commands: new Budget({ spacingMs: 1 }) });
    const seen = new Collected<MarketEvent | StatusEvent>((signal) =>
      feed.subscribe({ symbols: SYMBOLS, channels }, signal),
    );
    try {
      const last = new Set(SYMBOLS.map((symbol) => JSON.stringify(contents(tape.records, symbol, 'book').at(-1))));
      await seen.until((items) => {
        for (const event of items.slice(-10)) last.delete(JSON.stringify(contentOf(event)));
        return last.size === 0 && simulator.clock().ended;
      });
      for (const symbol of SYMBOLS) {
        for (const [kind, type] of [
          ['trade', 'trade'],
          ['book', 'orderbook'],
        ] as const) {
          const wanted = contents(tape.records, symbol, kind);
          const got = seen.items.filter((event) => event.symbol === symbol && event.type === type).map(contentOf);
          // A quiet book is sent again, time included.
          expect(kind === 'trade' ? got : changes(got)).toEqual(kind === 'trade' ? wanted : changes(wanted));
        }
      }
      const history = new GmoMarketHistory(context);
      expect((await history.tickers()).map(({ symbol }) => symbol).toSorted()).toEqual(SYMBOLS);
    } finally {
      await seen.stop();
      await simulator.close();
    }
  });
});

/** Time and numbers of each record, in the shape of an event. */
function contents(records: readonly TapeRecord[], symbol: string, kind: TapeRecord['kind']): unknown[] {
  return records
    .filter((record) => record.symbol === symbol && record.kind === kind)
    .map((record) =>
      record.kind === 'trade'
        ? [record.ts, { price: record.price, size: record.size, side: record.side }]
        : [record.ts, { is_snapshot: true, bids: record.bids, asks: record.asks }],
    );
}

function contentOf({ ts, data }: MarketEvent | StatusEvent): unknown {
  return [ts, data];
}

/** Without what equals the one before it. */
function changes(list: readonly unknown[]): unknown[] {
  return list.filter((item, at) => JSON.stringify(item) !== JSON.stringify(list[at - 1]));
}

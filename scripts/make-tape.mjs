// Makes packages/gmo-adapter/tapes/btc-20240808.jsonl.gz from raw recordings of another exchange.
// Usage: node scripts/make-tape.mjs <folder with usdm_btcusdt_20240808.jsonl.gz and spot_btcusdt_20240808.jsonl.gz>
// The output depends on nothing but the recordings: running it twice gives the same bytes. See tapes/README.md.
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { constants, createGunzip, gzipSync } from 'node:zlib';

const USD_JPY = 147;
const START = 1723161290_000; // 2024-08-08T23:54:50Z; both books are complete by then
const LENGTH_MS = 300_000;
const GRID_MS = 505;
const DEPTH = 30;
const SYMBOLS = [
  { symbol: 'BTC', file: 'spot_btcusdt_20240808.jsonl.gz', step: 0.00001, places: 5, source: 'Binance spot BTCUSDT' },
  {
    symbol: 'BTC_JPY',
    file: 'usdm_btcusdt_20240808.jsonl.gz',
    step: 0.001,
    places: 3,
    source: 'Binance USD-M perpetual BTCUSDT',
  },
];
const END = START + LENGTH_MS;

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write('Say where the recordings are: node scripts/make-tape.mjs <folder>\n');
  process.exit(2);
}

/** Nearest yen: GMO's tick for BTC and BTC_JPY is 1. */
const toYen = (usd) => Math.round(Number(usd) * USD_JPY);

/** Nearest multiple of the step, at least one step, so that no real trade or level disappears. */
const toSize = (text, { step, places }) =>
  Number((Math.max(1, Math.round(Number(text) / step)) * step).toFixed(places));

/** One side of a book, by price text. */
class BookSide {
  constructor(descending) {
    this.descending = descending;
    this.levels = new Map();
  }

  set(levels) {
    for (const [price, size] of levels) {
      if (Number(size) === 0) this.levels.delete(price);
      else this.levels.set(price, size);
    }
  }

  /** Best levels in yen; levels that meet in one yen after rounding are added up. */
  top(rules) {
    const sign = this.descending ? -1 : 1;
    const prices = [...this.levels.keys()].sort((a, b) => sign * (Number(a) - Number(b)));
    const rows = [];
    for (const price of prices) {
      const yen = toYen(price);
      const size = toSize(this.levels.get(price), rules);
      const last = rows.at(-1);
      if (last !== undefined && last[0] === yen) last[1] = Number((last[1] + size).toFixed(rules.places));
      else if (rows.length === DEPTH) break;
      else rows.push([yen, size]);
    }
    return rows;
  }
}

async function recordsOf(rules) {
  const bids = new BookSide(true);
  const asks = new BookSide(false);
  const records = [];
  const waiting = [];
  let snapshotId = null;
  let grid = START;
  let shown = '';

  const apply = (depth) => {
    if (depth.u <= snapshotId) return;
    bids.set(depth.b);
    asks.set(depth.a);
  };
  const showUntil = (ts) => {
    for (; grid < ts && grid <= END; grid += GRID_MS) {
      const book = [bids.top(rules), asks.top(rules)];
      const text = JSON.stringify(book);
      if (text === shown) continue;
      shown = text;
      if (book[0].length < DEPTH || book[1].length < DEPTH)
        throw new Error(`${rules.symbol}: a book of ${grid} is too thin.`);
      if (book[0][0][0] >= book[1][0][0]) throw new Error(`${rules.symbol}: the book of ${grid} is crossed.`);
      records.push(['book', rules.symbol, grid, ...book]);
    }
  };

  const lines = createInterface({ input: createReadStream(join(folder, rules.file)).pipe(createGunzip()) });
  for await (const line of lines) {
    const message = JSON.parse(line.slice(line.indexOf(' ') + 1));
    if (message.lastUpdateId !== undefined) {
      snapshotId = message.lastUpdateId;
      bids.set(message.bids);
      asks.set(message.asks);
      for (const depth of waiting) apply(depth);
      continue;
    }
    const { data } = message;
    if (data.e === 'depthUpdate') {
      if (snapshotId === null) {
        waiting.push(data);
        continue;
      }
      showUntil(data.E);
      apply(data);
    } else if (data.e === 'trade' && data.T >= START && data.T <= END) {
      // `m`: the buyer was the maker, so the taker sold.
      records.push(['trade', rules.symbol, data.T, toYen(data.p), toSize(data.q, rules), data.m ? 'sell' : 'buy']);
    }
  }
  showUntil(END + 1);
  return records;
}

const all = [];
for (const rules of SYMBOLS) all.push(...(await recordsOf(rules)));
// Stable: at equal times a symbol's trades keep their order; trades stand before the book that shows their effect.
all.sort(
  (a, b) => a[2] - b[2] || (a[0] === b[0] ? 0 : a[0] === 'trade' ? -1 : 1) || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0),
);

const header = {
  format: 'alpha-tape',
  version: 1,
  exchange: 'gmo',
  symbols: SYMBOLS.map(({ symbol, source, step }) => ({ symbol, source, tick: 1, step })),
  start: START,
  end: END,
  records: all.length,
  origin: 'Real trades and order books of Binance, recorded 2024-08-08; github.com/nkaz001/hftbacktest (examples)',
  licence: 'MIT, Copyright (c) 2022 nkaz001@protonmail.com',
  conversion: `USD prices times the constant ${USD_JPY} JPY, rounded to 1 JPY; sizes to the step, at least one step`,
  usdJpy: USD_JPY,
};
const text = `${[header, ...all].map((record) => JSON.stringify(record)).join('\n')}\n`;
const packed = gzipSync(text, { level: constants.Z_BEST_COMPRESSION });
packed[9] = 255; // "unknown operating system", so that every machine writes the same bytes
const target = fileURLToPath(new URL('../packages/gmo-adapter/tapes/btc-20240808.jsonl.gz', import.meta.url));
writeFileSync(target, packed);
process.stdout.write(`${all.length} records, ${packed.length} bytes\n`);

import assert from 'node:assert/strict';
import { type MarketFrame, mapMarketFrame } from '@alpha-engine/gmo-adapter';
import { alternate, ROUNDS } from './alternate.js';
import type { BenchRow } from './bench-row.js';
import { CCXT_VERSION, type Ccxt, type CcxtExchange, fetchCcxt } from './normalise/ccxt.js';
import { coinoneBook, coinoneTrade, gmoBook, gmoTrade, makeFrames } from './normalise/frames.js';

const RECV_TS = 1_790_000_000_000;
const SYMBOL = 'BTC/KRW';
const TRADE = {
  name: 'normalise a trade, beside ccxt',
  bar: 7,
  gmo: gmoTrade,
  coinone: coinoneTrade,
  sameAs: sameTrade,
};
const BOOK = {
  name: 'normalise a 50+50 book, beside ccxt',
  bar: 1.5,
  gmo: gmoBook,
  coinone: coinoneBook,
  sameAs: sameBook,
};

/**
 * Buffer → event of ours against buffer → what ccxt.pro's handler leaves of it. ccxt has no GMO Coin; Coinone's protocol is the one
 * nearest to it: one trade a frame, a whole book a frame, levels that are objects, decimals that are strings.
 */
export async function run(): Promise<BenchRow[]> {
  const ccxt = await fetchCcxt();
  return [TRADE, BOOK].map((comparison) => compare(comparison, ccxt));
}

function compare({ name, bar, gmo, coinone, sameAs }: typeof TRADE, ccxt: Ccxt | null): BenchRow {
  const title = {
    name,
    reference: `toString + JSON.parse + handleMessage of ccxt.pro ${CCXT_VERSION}, Coinone`,
    bar: `≥ ${bar}x`,
    unit: 'events/s',
  };
  if (ccxt === null) {
    const note = `ccxt ${CCXT_VERSION} could not be fetched from the package registry`;
    return { ...title, value: null, ratio: null, met: null, note };
  }
  const own = { items: makeFrames(gmo), work: (frame: Buffer) => mapMarketFrame(frame.toString(), RECV_TS) };
  const exchange = coinoneExchange(ccxt);
  // Nobody waits for the result, so that resolving costs ccxt nothing here.
  const client = { resolve: () => undefined };
  const theirs = {
    items: makeFrames(coinone),
    work: (frame: Buffer) => {
      exchange.handleMessage(client, JSON.parse(frame.toString()));
      return exchange;
    },
  };
  for (const [i, frame] of own.items.entries()) {
    theirs.work(theirs.items[i]!);
    sameAs(own.work(frame), exchange);
  }
  const { ratio, rate } = alternate(own, theirs);
  return {
    ...title,
    value: rate,
    ratio,
    met: ratio >= bar,
    note: `median of ${ROUNDS} alternating rounds; same prices, sizes and times, compared before; ccxt also keeps the last 1000 trades and adds cost and fees`,
  };
}

/** One market, loaded by hand: nothing is asked of the network. */
function coinoneExchange(ccxt: Ccxt): CcxtExchange {
  const exchange = new ccxt.pro.coinone();
  const coins = { base: 'BTC', baseId: 'BTC', quote: 'KRW', quoteId: 'KRW' };
  const precision = { price: 1, amount: 1e-8 };
  exchange.setMarkets([{ id: 'BTC', symbol: SYMBOL, ...coins, type: 'spot', spot: true, active: true, precision }]);
  return exchange;
}

function sameTrade(event: MarketFrame, exchange: CcxtExchange): void {
  const trade = exchange.trades[SYMBOL]?.at(-1);
  assert(event.type === 'trade' && trade !== undefined);
  const { price, amount: size, side } = trade;
  assert.deepEqual([event.ts, event.data], [trade.timestamp, { price, size, side }]);
}

function sameBook(event: MarketFrame, exchange: CcxtExchange): void {
  const book = exchange.orderbooks[SYMBOL];
  assert(event.type === 'orderbook' && book !== undefined);
  // Theirs are subclasses of Array, which `map` would keep.
  const plain = (side: CcxtSide) => Array.from(side, ([price, size]) => [price, size]);
  assert.deepEqual([event.ts, event.data.bids, event.data.asks], [book.timestamp, plain(book.bids), plain(book.asks)]);
}

type CcxtSide = readonly (readonly [number, number])[];

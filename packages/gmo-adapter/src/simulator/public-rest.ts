import { Decimal, type EpochMs } from '@alpha-engine/core';
import { SYMBOL_ROWS } from '../mapper/symbol-rows.js';
import { type Answer, iso, NOT_FOUND, ok, okList, plain } from './envelopes.js';
import type { ExchangeState } from './exchange-state.js';
import { klineQuery } from './klines.js';
import type { MarketView, Match, Ticker } from './market-view.js';
import type { SimulatorSwitches } from './switches.js';
import { isSymbol } from './symbols.js';
import type { TapeLevel } from './tape.js';

export interface PublicRestContext {
  readonly views: ReadonlyMap<string, MarketView>;
  readonly switches: SimulatorSwitches;
  /** Market time. */
  now(): EpochMs;
  exchangeStatus(): ExchangeState;
}

/** `GET /public/v1/...`. Anything that does not exist is ERR-5207, as on the exchange. */
export function publicRest(path: string, query: URLSearchParams, context: PublicRestContext): Answer {
  switch (path) {
    case '/v1/status':
      return ok({ status: context.exchangeStatus() });
    case '/v1/symbols':
      return ok(SYMBOL_ROWS);
    case '/v1/ticker':
      return tickers(query, context);
  }
  const symbol = query.get('symbol');
  if (!isSymbol(symbol)) return NOT_FOUND;
  // A symbol that is listed and not on the tape has an empty book and no trades.
  const view = context.views.get(symbol);
  switch (path) {
    case '/v1/orderbooks': {
      const book = view?.book() ?? { bids: [], asks: [], ts: context.now() };
      return ok({ asks: levels(book.asks), bids: levels(book.bids), symbol, timestamp: iso(book.ts) });
    }
    case '/v1/trades':
      return trades(query, view);
    case '/v1/klines':
      return klines(query, view, context.now());
    default:
      return NOT_FOUND;
  }
}

export function levels(side: readonly TapeLevel[]): { price: string; size: string }[] {
  return side.map(([price, size]) => ({ price: plain(price), size: plain(size) }));
}

/** The two rows a match is printed as. */
export function printedRows(match: Match): { price: string; side: string; size: string; timestamp: string }[] {
  const row = (side: string) => ({
    price: plain(match.price),
    side,
    size: plain(match.size),
    timestamp: iso(match.ts),
  });
  const taker = row(match.side === 'buy' ? 'BUY' : 'SELL');
  const maker = row(match.side === 'buy' ? 'SELL' : 'BUY');
  return match.takerFirst ? [taker, maker] : [maker, taker];
}

export function tickerRow(symbol: string, ticker: Ticker, ts: EpochMs, switches: SimulatorSwitches) {
  const volume = switches.tickerVolumeDoubled ? ticker.volume.times(2) : ticker.volume;
  return {
    ask: plain(ticker.ask),
    bid: plain(ticker.bid),
    high: plain(ticker.high),
    last: plain(ticker.last),
    low: plain(ticker.low),
    symbol,
    timestamp: iso(ts),
    volume: volume.toString(),
  };
}

function tickers(query: URLSearchParams, context: PublicRestContext): Answer {
  const wanted = query.get('symbol');
  if (wanted !== null && !isSymbol(wanted)) return NOT_FOUND;
  const rows = [...context.views].flatMap(([symbol, view]) => {
    const ticker = wanted === null || wanted === symbol ? view.ticker() : null;
    return ticker === null ? [] : [tickerRow(symbol, ticker, context.now(), context.switches)];
  });
  return ok(rows);
}

function trades(query: URLSearchParams, view: MarketView | undefined): Answer {
  const page = pageOf(query.get('page'));
  const count = Math.min(100, pageOf(query.get('count') ?? '100'));
  // Rows come in pairs; a page may begin or end inside one.
  const first = (page - 1) * count;
  const matches = view?.matches(Math.floor(first / 2), Math.ceil(count / 2) + 1) ?? [];
  const rows = matches.flatMap(printedRows).slice(first % 2, (first % 2) + count);
  return okList(rows, { page, count: rows.length });
}

function klines(query: URLSearchParams, view: MarketView | undefined, now: EpochMs): Answer {
  const asked = klineQuery(query.get('interval'), query.get('date'), now);
  if (asked === null) return NOT_FOUND;
  const candles = view?.klines.read(asked) ?? [];
  return ok(
    candles.map((candle) => ({
      openTime: String(candle.openTime),
      open: plain(candle.open),
      high: plain(candle.high),
      low: plain(candle.low),
      close: plain(candle.close),
      // Both printed rows count.
      volume: Decimal.of(candle.volume).times(2).toString(),
    })),
  );
}

/** Public paging is lenient: what is not a number above zero counts as 1. */
function pageOf(text: string | null): number {
  const value = Number(text ?? '1');
  return Number.isInteger(value) && value > 0 ? value : 1;
}

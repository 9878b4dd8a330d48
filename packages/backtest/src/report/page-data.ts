import type { Trade } from '../run/trade-book.js';
import { digitsOf } from './format.js';
import type { Report } from './report.js';
import { MAX_POINTS, stepAfter } from './steps.js';

/** What the script of the page is given, in columns to be short. Times are epoch seconds, UTC. */
export interface PageData {
  readonly symbols: readonly PageSymbol[];
  readonly equity: PageEquity;
  readonly trades: readonly PageTrade[];
  readonly strategies: readonly string[];
}

export interface PageSymbol {
  readonly symbol: string;
  /** Length of a candle, seconds. */
  readonly step: number;
  /** Decimals of its prices. */
  readonly digits: number;
  readonly times: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
}

export interface PageEquity {
  readonly times: readonly number[];
  /** The last of each stretch. */
  readonly values: readonly number[];
  /** The worst of each stretch, as a fraction of the peak before; zero or below. */
  readonly drawdown: readonly number[];
  /** What buying with everything at the first close would be worth, the same amount of each symbol; null without prices. */
  readonly held: { readonly times: readonly number[]; readonly values: readonly number[] } | null;
}

/** Times in milliseconds here, to be shown as they are. */
export type PageTrade = readonly [
  strategy: number,
  symbol: number,
  long: 0 | 1,
  openedTs: number,
  closedTs: number | null,
  size: string,
  entryPrice: number,
  exitPrice: number,
  pnl: number,
  change: number,
  fees: number,
];

/** More than this and a page becomes slow to open; the newest are kept, and the page says so. */
export const MAX_TRADES = 20_000;

export function pageData(report: Report): PageData {
  const { prices, result } = report;
  const listed = [...result.trades, ...result.openTrades].slice(-MAX_TRADES);
  const names = [...new Set([...prices.map(({ symbol }) => symbol), ...listed.map(({ symbol }) => symbol)])];
  const strategies = [...new Set(listed.map(({ strategy }) => strategy))];
  return {
    symbols: names.map((symbol) => pageSymbol(report, symbol)),
    equity: pageEquity(report),
    trades: listed.map((trade) => pageTrade(trade, strategies, names)),
    strategies,
  };
}

function pageSymbol({ prices, result }: Report, symbol: string): PageSymbol {
  const { candles, stepMs } = prices.find((sketch) => sketch.symbol === symbol) ?? { candles: [], stepMs: 1000 };
  const entries = result.trades.filter((trade) => trade.symbol === symbol).slice(0, 100);
  return {
    symbol,
    step: stepMs / 1000,
    digits: digitsOf(
      candles.length > 0 ? candles.map(({ close }) => close) : entries.map((trade) => Number(trade.entryPrice)),
    ),
    times: candles.map(({ ts }) => ts / 1000),
    open: candles.map(({ open }) => open),
    high: candles.map(({ high }) => high),
    low: candles.map(({ low }) => low),
    close: candles.map(({ close }) => close),
  };
}

function pageEquity({ prices, result }: Report): PageEquity {
  const { times, values } = result.curve;
  const stepMs = stepFor(times, prices[0]?.stepMs ?? stepAfter(0));
  const points: { readonly ts: number; value: number; drawdown: number }[] = [];
  let peak = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    peak = Math.max(peak, value);
    const drawdown = peak > 0 ? Math.min(0, value / peak - 1) : 0;
    // What is known at the close of a bar stands above the candle that the bar belongs to.
    const ts = Math.floor(((times[i] as number) - 1) / stepMs) * stepMs;
    const last = points.at(-1);
    if (last === undefined || last.ts !== ts) points.push({ ts, value, drawdown });
    else {
      last.value = value;
      last.drawdown = Math.min(last.drawdown, drawdown);
    }
  }
  return {
    times: points.map(({ ts }) => ts / 1000),
    values: points.map(({ value }) => short(value)),
    drawdown: points.map(({ drawdown }) => Number(drawdown.toFixed(5))),
    held: held(prices, result.metrics.initialEquity),
  };
}

/** Every symbol bought at its first close for the same amount; before that it is cash. */
function held(prices: Report['prices'], cash: number): PageEquity['held'] {
  if (prices.length === 0) return null;
  const changes = prices
    .flatMap(({ candles, firstClose }, symbol) =>
      candles.map(({ close, ts }) => ({ ts, symbol, value: close / firstClose })),
    )
    .sort((a, b) => a.ts - b.ts);
  const last = prices.map(() => 1);
  const worth = new Map<number, number>();
  let sum = prices.length;
  for (const { symbol, ts, value } of changes) {
    sum += value - (last[symbol] as number);
    last[symbol] = value;
    worth.set(ts / 1000, short((cash * sum) / prices.length));
  }
  return { times: [...worth.keys()], values: [...worth.values()] };
}

/** At least the given length, and long enough that the points are not too many. */
function stepFor(times: Float64Array, shortest: number): number {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  let stepMs = shortest;
  while (times.length > MAX_POINTS && span / stepMs > MAX_POINTS) stepMs = stepAfter(stepMs);
  return stepMs;
}

function pageTrade(trade: Trade, strategies: readonly string[], symbols: readonly string[]): PageTrade {
  const { closedTs, entryPrice, exitPrice, fees, openedTs, pnl, side, size, strategy, symbol } = trade;
  return [
    strategies.indexOf(strategy),
    symbols.indexOf(symbol),
    side === 'long' ? 1 : 0,
    openedTs,
    closedTs,
    String(size),
    short(Number(entryPrice)),
    short(Number(exitPrice)),
    short(Number(pnl)),
    Number(trade.return.toFixed(6)),
    short(Number(fees)),
  ];
}

/** As precise as a chart or a table shows it. */
function short(value: number): number {
  return Number(value.toPrecision(10));
}

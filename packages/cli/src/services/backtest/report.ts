import { type BacktestResult, dailyEquity } from '@alpha-engine/backtest';
import type { Decimal, DenialEvent, Order } from '@alpha-engine/core';
import type { TradedInstrument } from './instruments.js';
import type { PlayedStrategy } from './strategies.js';

/** A result as plain JSON: times as ISO 8601 in UTC, money as exact text where it was traded. */
export function reportOf(result: BacktestResult) {
  const { curve, data, denials, failures, firstTs, lastTs, openTrades, orders, trades, ...rest } = result;
  const { days, equity } = dailyEquity(curve.times, curve.values);
  return {
    ...rest,
    from: isoOf(firstTs),
    to: isoOf(lastTs),
    trades: trades.map(tradeRow),
    openTrades: openTrades.map(tradeRow),
    orders: orders.map(orderRow),
    denials: denials.map(denialRow),
    failures: failures.map(({ instanceId, message, ts }) => ({ time: isoOf(ts), instanceId, message })),
    /** At the end of every day; in front what the run began with. */
    equity: days.map((day, index) => ({ day: isoOf(day)?.slice(0, 10), equity: equity[index] })),
    data: data.map(({ firstTs: first, lastTs: last, ...file }) => ({
      ...file,
      first: isoOf(first),
      last: isoOf(last),
    })),
  };
}

function tradeRow({
  closedTs,
  entryPrice,
  exitPrice,
  fees,
  openedTs,
  pnl,
  size,
  ...trade
}: BacktestResult['trades'][number]) {
  return {
    ...trade,
    opened: isoOf(openedTs),
    closed: isoOf(closedTs),
    size: String(size),
    entryPrice: String(entryPrice),
    exitPrice: String(exitPrice),
    pnl: String(pnl),
    fees: String(fees),
  };
}

function orderRow({ filledSize, status, terms, updatedTs, ...order }: Order) {
  return {
    time: isoOf(terms.createdTs),
    strategy: terms.strategy,
    symbol: terms.symbol,
    side: terms.side,
    purpose: terms.purpose,
    type: terms.type,
    size: String(terms.size),
    price: textOf(terms.price ?? terms.triggerPrice),
    status,
    filledSize: String(filledSize),
    averagePrice: textOf('averagePrice' in order ? order.averagePrice : undefined),
    updated: isoOf(updatedTs),
    clientOrderId: terms.clientOrderId,
    signal: terms.signalId,
  };
}

function denialRow({ data: { action, code, message, signal_id: signal, strategy }, symbol, ts }: DenialEvent) {
  return { time: isoOf(ts), strategy, symbol, action, code, message, signal };
}

function isoOf(ts: number | null): string | null {
  return ts === null ? null : new Date(ts).toISOString();
}

function textOf(value: Decimal | undefined | null): string | null {
  return value === undefined || value === null ? null : String(value);
}

export function strategyRow({ codeHash, params, strategy: { label, name }, symbols }: PlayedStrategy) {
  return { label, name, params, symbols, codeHash };
}

export function instrumentRow({ instrument, rulesOf }: TradedInstrument) {
  const { kind, makerFeeRate, maxSize, minSize, quote, sizeStep, symbol, takerFeeRate, tickSize } = instrument;
  return {
    symbol,
    kind,
    quote,
    tickSize: String(tickSize),
    sizeStep: String(sizeStep),
    minSize: String(minSize),
    maxSize: String(maxSize),
    takerFeeRate: String(takerFeeRate),
    makerFeeRate: String(makerFeeRate),
    /** The exchange whose rules they are, flags apart; null: nobody's. */
    rulesOf,
  };
}

import { basename, resolve } from 'node:path';
import { type BacktestResult, CsvBars, dailyEquity, runBacktest } from '@alpha-engine/backtest';
import { Decimal, type DenialEvent, type Instrument, type Order, parseParams } from '@alpha-engine/core';
import type { Config } from '../config/schema.js';
import { columnsIn, fractionIn, instantIn, offsetIn, positiveIn, sizingIn } from './backtest-values.js';
import { chosenStrategy } from './chosen-strategy.js';
import { protectOf } from './engine-settings.js';

/** As the flags say it; texts are understood here. */
export interface BacktestRequest {
  readonly config: Config;
  /** Where strategy and data files are looked for. */
  readonly folder: string;
  readonly data: readonly string[];
  readonly symbol: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly cash: string;
  readonly size: string;
  readonly fill: 'bar-path' | 'next-open';
  readonly slippage: string;
  readonly slippageOn: 'all' | 'entries';
  readonly feeRate: string;
  readonly makerFeeRate: string | undefined;
  readonly kind: 'spot' | 'leverage';
  readonly leverageRules: 'gmo' | 'none';
  readonly tickSize: string;
  readonly sizeStep: string;
  readonly columns: string | undefined;
  readonly timeZone: string;
  readonly timeIs: 'open' | 'close';
  readonly badRows: 'refuse' | 'skip';
  readonly daysPerYear: number | undefined;
}

/** What `--json` prints: plain JSON, times as ISO 8601 in UTC, money as exact text where it was traded. */
export type BacktestReport = Awaited<ReturnType<typeof backtest>>;

/** More than anybody orders. */
const MAX_SIZE = Decimal.of('1000000000000');

/** Throws `USAGE`, `STRATEGY_*`, `DATA_UNREADABLE` and `DATA_INVALID`. */
export async function backtest(request: BacktestRequest) {
  const { options, source, ...what } = await backtestSetup(request);
  return { ...what, ...reportOf(await runBacktest(source, options)) };
}

/** Everything understood, nothing run yet. Throws `USAGE` and `STRATEGY_*`. */
export async function backtestSetup(request: BacktestRequest) {
  const { config, folder } = request;
  const { exchange, timeframe } = config;
  const offsetMs = offsetIn(request.timeZone);
  const { strategy, codeHash } = await chosenStrategy(config, folder);
  const params = parseParams(strategy, config.strategyParams);
  const symbol = request.symbol ?? basename(request.data[0] ?? '').replace(/\..*$/, '');
  const from = instantIn('--from', request.from, offsetMs);
  const to = instantIn('--to', request.to, offsetMs);
  const columns = columnsIn(request.columns);
  const files = request.data.map((file) => resolve(folder, file));
  const { badRows, timeIs } = request;
  const instrument = instrumentOf(request, exchange, symbol);
  const source = new CsvBars({ files, exchange, symbol, timeframe, columns, offsetMs, timeIs, badRows });
  const options = {
    instances: [{ strategy, params, exchange, symbol, timeframe, codeHash }],
    instruments: [instrument],
    cash: positiveIn('--cash', request.cash),
    sizing: sizingIn(request.size, instrument.takerFeeRate),
    fill: {
      model: request.fill,
      slippage: fractionIn('--slippage', request.slippage).toNumber(),
      slippageOn: request.slippageOn,
    },
    leverageRules: request.leverageRules,
    protect: protectOf(config),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(request.daysPerYear !== undefined && { daysPerYear: request.daysPerYear }),
  };
  const { name } = strategy;
  return { strategy: { name, params, codeHash }, symbol, timeframe, options, source };
}

function instrumentOf(request: BacktestRequest, exchange: string, symbol: string): Instrument {
  const takerFeeRate = fractionIn('--fee-rate', request.feeRate);
  const sizeStep = positiveIn('--size-step', request.sizeStep);
  return {
    exchange,
    symbol,
    kind: request.kind,
    base: symbol,
    quote: 'cash',
    tickSize: positiveIn('--tick-size', request.tickSize),
    sizeStep,
    minSize: sizeStep,
    maxSize: MAX_SIZE,
    takerFeeRate,
    makerFeeRate:
      request.makerFeeRate === undefined ? takerFeeRate : fractionIn('--maker-fee-rate', request.makerFeeRate),
    ...(request.kind === 'leverage' && { marginRate: Decimal.of('0.5') }),
  };
}

function reportOf(result: BacktestResult) {
  const { curve, data, denials, firstTs, lastTs, openTrades, orders, trades, ...rest } = result;
  const { days, equity } = dailyEquity(curve.times, curve.values);
  return {
    ...rest,
    from: isoOf(firstTs),
    to: isoOf(lastTs),
    trades: trades.map(tradeRow),
    openTrades: openTrades.map(tradeRow),
    orders: orders.map(orderRow),
    denials: denials.map(denialRow),
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

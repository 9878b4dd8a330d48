import {
  Decimal,
  defineStrategy,
  type EpochMs,
  type MarketEvent,
  type SignalOptions,
  type Strategy,
  type TradeEvent,
} from '@alpha-engine/core';
import { NO_LATENCY } from '@alpha-engine/core/simulation';
import { z } from 'zod';
import type { BacktestOptions } from '../../src/run/backtest-options.js';
import { type BacktestResult, resultOf } from '../../src/run/run-backtest.js';
import { TapeRun } from '../../src/run/tape-run.js';
import { type Act, instrumentOf } from './play.js';

/** A Monday. */
export const START_TS = Date.UTC(2024, 0, 1);

type Levels = [number, number][];

/** Milliseconds after the start. */
export function trade(ms: number, price: number, size = 1, side: 'buy' | 'sell' = 'buy'): TradeEvent {
  return { type: 'trade', exchange: 'gmo', symbol: 'ABC', ts: START_TS + ms, data: { price, size, side } };
}

export function book(ms: number, bids: Levels, asks: Levels): MarketEvent {
  return {
    type: 'orderbook',
    exchange: 'gmo',
    symbol: 'ABC',
    ts: START_TS + ms,
    data: { is_snapshot: true, bids, asks },
  };
}

export function delta(ms: number, bids: Levels, asks: Levels): MarketEvent {
  return {
    type: 'orderbook',
    exchange: 'gmo',
    symbol: 'ABC',
    ts: START_TS + ms,
    data: { is_snapshot: false, bids, asks },
  };
}

export function ticker(ms: number, bid: number, ask: number): MarketEvent {
  const last = (bid + ask) / 2;
  const data = { bid, ask, last, high: last, low: last, volume: 0 };
  return { type: 'ticker', exchange: 'gmo', symbol: 'ABC', ts: START_TS + ms, data };
}

/** Does what it is told at trades of these times (milliseconds after the start). */
export function atTrades(acts: Readonly<Record<number, Act>>, options: SignalOptions = {}): Strategy {
  return defineStrategy({
    name: 'at-trades',
    params: z.object({}),
    create: () => ({
      onTrade({ ts }, ctx) {
        const act = acts[ts - START_TS];
        if (act === 'long') ctx.enterLong(options);
        else if (act === 'short') ctx.enterShort(options);
        else if (act === 'exit') ctx.exit();
      },
      snapshot: () => ({}),
      restore: () => {},
    }),
  }) as unknown as Strategy;
}

export interface TapePlay {
  readonly run: TapeRun;
  readonly result: BacktestResult;
}

/** One unit an entry, no fees, no latency, books walked, where nothing else is said. */
export function playTape(
  strategy: Strategy,
  events: readonly MarketEvent[],
  more: Partial<BacktestOptions> = {},
): TapePlay {
  const options: BacktestOptions = {
    instances: [{ strategy, params: {}, exchange: 'gmo', symbol: 'ABC', timeframe: '1m', codeHash: 'test' }],
    instruments: [instrumentOf()],
    cash: '10000',
    sizing: { kind: 'fixed', size: Decimal.of(1) },
    fill: { model: 'book-walk', slippage: 0, slippageOn: 'all', latency: NO_LATENCY },
    leverageRules: 'none',
    ...more,
  };
  const run = new TapeRun(options);
  for (const event of events) run.take(event);
  run.end();
  return { run, result: resultOf(run, options, []) };
}

/** Orders as `buy 2/3 at 100.5, 00:00:01.000`: filled of ordered, average, last change. */
export function toldOrders({ orders }: BacktestResult): string[] {
  return orders.map((order) => {
    const { filledSize, terms, updatedTs } = order;
    const price = 'averagePrice' in order && order.averagePrice !== null ? ` at ${order.averagePrice}` : '';
    return `${terms.side} ${filledSize}/${terms.size}${price}, ${timeOf(updatedTs)}`;
  });
}

function timeOf(ts: EpochMs): string {
  return new Date(ts).toISOString().slice(11, 23);
}

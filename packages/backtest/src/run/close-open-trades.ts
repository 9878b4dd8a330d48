import { Decimal, type EpochMs } from '@alpha-engine/core';
import { trimmed } from '../fills/bar-market.js';
import type { BacktestOptions } from './backtest-options.js';
import type { RunRecord } from './run-record.js';

/** Closes in the books what is open, at these prices, with taker fee and slippage. Gives back how many trades that were. */
export function closeOpenTrades(
  record: RunRecord,
  { fill, instruments }: BacktestOptions,
  prices: ReadonlyMap<string, number>,
  ts: EpochMs,
): number {
  const slippage = fill.slippageOn === 'all' ? fill.slippage : 0;
  const rates = new Map(instruments.map(({ symbol, takerFeeRate }) => [symbol, takerFeeRate]));
  const closed = record.book.closeAll(ts, ({ side, symbol }) => {
    const price = (prices.get(symbol) ?? 0) * (side === 'long' ? 1 - slippage : 1 + slippage);
    return { price: Decimal.of(trimmed(price)), feeRate: rates.get(symbol) ?? Decimal.zero };
  });
  if (closed > 0) record.happenings += 1;
  return closed;
}

import type { Trade } from '../run/trade-book.js';
import { type TradeMetrics, tradeMetrics } from './performance.js';
import { sum } from './statistics.js';

/** What one strategy or one symbol had of a run. Money in the quote currency. */
export interface PartMetrics extends TradeMetrics {
  readonly name: string;
  /** Closed and open trades, after fees. The parts of a run sum to what its equity changed by. */
  readonly profit: number;
  readonly feesPaid: number;
  readonly openTrades: number;
}

/** A run by strategy or by symbol, in the order of `names`; one without a trade has none. */
export function partMetrics(
  by: 'strategy' | 'symbol',
  names: readonly string[],
  closed: readonly Trade[],
  open: readonly Trade[],
): readonly PartMetrics[] {
  return names.map((name) => {
    const mine = closed.filter((trade) => trade[by] === name);
    const stillOpen = open.filter((trade) => trade[by] === name);
    const all = [...mine, ...stillOpen];
    return {
      name,
      profit: sum(all.map(({ pnl }) => pnl.toNumber())),
      feesPaid: sum(all.map(({ fees }) => fees.toNumber())),
      openTrades: stillOpen.length,
      ...tradeMetrics(mine.map(figuresOf)),
    };
  });
}

/** A trade as plain numbers. */
export function figuresOf({ pnl, openedTs, closedTs, ...trade }: Trade) {
  return { pnl: pnl.toNumber(), return: trade.return, durationMs: (closedTs ?? openedTs) - openedTs };
}

import type { PeriodResult } from '@alpha-engine/backtest';
import { Decimal, type EpochMs, type FillRecord } from '@alpha-engine/core';

const BOOKS =
  'Equity is that of the books: capital, profit realised and not, less fees. Deposits and withdrawals are no profit and are not in it.';

/** What the figures rest on. */
export const SAID_OF = {
  paper: [
    'Orders were filled by the exchange simulated in the engine, at quotes as they came in; none left this machine.',
    BOOKS,
  ],
  live: ['Prices, sizes, times and fees of fills are those that the exchange told.', BOOKS],
} as const;

/** What a reader must know of the edges of the period, where there is something. */
export function notesOf({
  fees,
  fills,
  from,
  moved,
  sessions,
  strategy,
  to,
  traded: { broughtIn, openTrades },
}: {
  readonly traded: PeriodResult;
  /** What the books took in the period. */
  readonly fees: number;
  /** Whether they booked anything in it. */
  readonly moved: boolean;
  readonly sessions: number;
  readonly strategy: string | undefined;
  readonly fills: readonly FillRecord[];
  readonly from: EpochMs;
  readonly to: EpochMs;
}): readonly string[] {
  const within = fills.filter(({ fill }) => fill.ts >= from && fill.ts < to);
  const external = within.filter(({ clientOrderId }) => clientOrderId === null).length;
  // No fill tells of a night: it is what the books took besides. To a hundredth, because one side is a plain number.
  const nights = Decimal.of(fees)
    .minus(Decimal.sum(within.map(({ fill }) => fill.fee)))
    .round(2);
  return [
    ...(moved ? [] : ['Nothing was held in this period: the equity is what it was when the period began.']),
    ...(broughtIn > 0
      ? [
          `${count(broughtIn, 'trade was', 'trades were')} open when the period began: the trade table has the whole of them, the equity only what changed within the period.`,
        ]
      : []),
    ...(openTrades.length > 0
      ? [
          `${count(openTrades.length, 'position is', 'positions are')} open at the end, valued at the last price without a fee, and not among the trades that the figures count.`,
        ]
      : []),
    ...(external > 0
      ? [
          `${count(external, 'execution was', 'executions were')} not of this engine's orders; the books hold them as external.`,
        ]
      : []),
    ...(nights.isPositive() && strategy === undefined
      ? [
          `${nights} of the fees were for nights on leverage: they are in the equity and in the fees paid, and in no trade.`,
        ]
      : []),
    ...(sessions > 1
      ? [
          `The engine was started ${sessions} times for this period; parameters and limits below are those of the last start.`,
        ]
      : []),
    ...(strategy === undefined
      ? []
      : [
          `Only the trades of ${strategy}: its equity is what the account had at the beginning and what these trades alone made of it at the closes of bars; nights on leverage are neither in it nor among the fees.`,
        ]),
  ];
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

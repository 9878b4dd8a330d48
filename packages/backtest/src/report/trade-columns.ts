import { changeText, durationText, numberText, timeText } from './format.js';
import type { PageData, PageTrade } from './page-data.js';

/** One column of the trade table, on the server and in the browser. */
export interface TradeColumn {
  readonly label: string;
  readonly numeric: boolean;
  /** What rows are sorted by. */
  value(trade: PageTrade, data: PageData): number | string;
  text(trade: PageTrade, data: PageData): string;
}

export const ROWS_PER_PAGE = 25;

/** Those that say the same in every row are left out. */
export function tradeColumns(data: PageData): readonly TradeColumn[] {
  const strategy = named('Strategy', ([index], { strategies }) => strategies[index] ?? '');
  const symbol = named('Symbol', ([, index], { symbols }) => symbols[index]?.symbol ?? '');
  return [
    ...(data.strategies.length > 1 ? [strategy] : []),
    ...(data.symbols.length > 1 ? [symbol] : []),
    named('Side', ([, , long]) => (long === 1 ? 'long' : 'short')),
    number(
      'Opened',
      (trade) => trade[3],
      (trade) => timeText(trade[3]),
    ),
    number(
      'Closed',
      (trade) => trade[4] ?? Number.POSITIVE_INFINITY,
      (trade) => (trade[4] === null ? 'open' : timeText(trade[4])),
    ),
    number('Lasted', lasted, (trade) => (trade[4] === null ? '' : durationText(lasted(trade)))),
    number(
      'Size',
      (trade) => Number(trade[5]),
      (trade) => trade[5],
    ),
    number(
      'Entry',
      (trade) => trade[6],
      (trade, page) => priceText(trade[6], trade, page),
    ),
    number(
      'Exit',
      (trade) => trade[7],
      (trade, page) => priceText(trade[7], trade, page),
    ),
    number(
      'Profit',
      (trade) => trade[8],
      (trade) => numberText(trade[8]),
    ),
    number(
      'Return',
      (trade) => trade[9],
      (trade) => changeText(trade[9]),
    ),
    number(
      'Fees',
      (trade) => trade[10],
      (trade) => numberText(trade[10]),
    ),
  ];
}

function lasted([, , , openedTs, closedTs]: PageTrade): number {
  return (closedTs ?? Number.POSITIVE_INFINITY) - openedTs;
}

function priceText(price: number, [, index]: PageTrade, { symbols }: PageData): string {
  return numberText(price, Math.max(2, symbols[index]?.digits ?? 2));
}

function named(label: string, text: TradeColumn['text']): TradeColumn {
  return { label, numeric: false, value: text, text };
}

function number(label: string, value: (trade: PageTrade) => number, text: TradeColumn['text']): TradeColumn {
  return { label, numeric: true, value, text };
}

/** What both processes of the benchmark of execution trade, and at which price. */
export const SYMBOL = 'BTC_JPY';
export const MID = 6_000_000;

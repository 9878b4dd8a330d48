import type { Latency, QueueModel } from '@alpha-engine/core/simulation';

/**
 * What our orders trade with. Of bars:
 *
 * - `next-open`: nothing happens inside a bar; it trades at its open, and what rests is looked at there only.
 * - `bar-path`: from the open to the extreme that is worse for the position, to the other extreme, to the close.
 *
 * Of recorded trades and books: `book-walk`, `top-of-book` and `trades`; see `MarketFill`.
 */
export const FILL_MODELS = ['bar-path', 'next-open', 'book-walk', 'top-of-book', 'trades'] as const;
export type FillModel = (typeof FILL_MODELS)[number];

export interface FillOptions {
  readonly model: FillModel;
  /** How much worse than the bar's price a market order or a stop fills, as a fraction of the price; 0.001 is 0.1 %. */
  readonly slippage: number;
  /** `entries`: what closes a position pays the bar's price as it is. */
  readonly slippageOn: 'all' | 'entries';
  /** Recorded trades and books only. Default `ASSUMED_LATENCY`. */
  readonly latency?: Latency;
  /** Recorded trades and books only: they come when `recv_ts` says, and those without one after `latency.feed`. */
  readonly recordedFeed?: boolean;
  /** Recorded books only. Default `conservative`. */
  readonly queue?: QueueModel;
}

/** What a result rests on, in plain sentences; printed with it. */
export function assumptionsOf(
  { model, slippage, slippageOn }: FillOptions,
  leverageRules: 'gmo' | 'none' | null,
): readonly string[] {
  const on = slippageOn === 'all' ? 'Every market order and stop' : 'Every market order that opens a position';
  return [
    'A strategy sees a bar when it has closed; its signal is judged and its market order filled at the open of the next bar of its symbol.',
    'A signal of the last bar is never filled. What is open at the end stays open and is valued at the last close.',
    ...(model === 'bar-path'
      ? [
          'Inside a bar the price goes from the open to the extreme that is worse for the net position, to the other one, to the close; without a position against the direction of the bar first. A stop therefore comes before a target.',
          'A stop fills at its trigger, or at the open when the bar opens beyond it. A target that rests fills at its own price when the price goes beyond it; touching is not enough.',
        ]
      : ['A bar has one price, its open: stops, targets and limits are looked at there only and fill there.']),
    slippage === 0 ? 'No slippage.' : `${on} fills ${percent(slippage)} worse than the price of the bar.`,
    'Any size fills at once and moves no price; volume is not looked at.',
    'No latency: what is sent at a price is filled at it.',
    'Fees are taken from every fill when it happens, at the maker rate for resting limits and the taker rate for the rest.',
    'Signals, quotes and clocks are never too old, and no limit of loss, exposure or order rate is set unless it was asked for.',
    ...(leverageRules === 'gmo'
      ? [
          'A position held over 06:00 in Japan pays 0.04 % of its value; lots and accounts that lose too much are closed by force, at the rules of GMO Coin.',
        ]
      : leverageRules === 'none'
        ? ['Holding a position costs nothing, and nothing is closed by force.']
        : []),
  ];
}

export function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(12))} %`;
}

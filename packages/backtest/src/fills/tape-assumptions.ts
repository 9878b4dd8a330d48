import {
  type Delay,
  type Latency,
  type MarketFill,
  type QueueModel,
  STALE_BOOK_MS,
} from '@alpha-engine/core/simulation';
import type { RecordedFeed } from '../run/recorded-feed.js';
import { type FillOptions, percent } from './fill-model.js';

const FILLS: Readonly<Record<MarketFill, string>> = {
  'book-walk':
    'A taker walks the recorded book at its prices and sizes; what it took is gone until the next book. What lies behind the recorded levels is not filled.',
  'top-of-book':
    'A taker fills at the best recorded price, up to the size shown there until the next book; the rest of a market order expires.',
  trades:
    'There is no book: a taker buys at the last price at which somebody bought, sells at the last at which somebody sold, never better than the last trade; any size fills.',
};

const QUEUES: Readonly<Record<QueueModel, string>> = {
  through: 'a trade at its price fills nothing.',
  conservative:
    'at its price, a trade fills it with what is left after everything that was shown there before it; who leaves the queue otherwise stood behind it as long as that is possible. Beyond the recorded levels everybody stands before it.',
  proportional:
    'at its price, a trade fills it with what is left after everything that was shown there before it; of those who leave the queue otherwise, their share stood before it. Beyond the recorded levels everybody stands before it.',
};

/** What a run over recorded events rests on, in plain sentences; printed with its result. */
export function tapeAssumptions(
  { slippage, slippageOn }: FillOptions,
  {
    feed,
    fill,
    latency,
    queue,
  }: {
    readonly feed: RecordedFeed | null;
    readonly fill: MarketFill;
    readonly latency: Latency;
    readonly queue: QueueModel;
  },
  leverageRules: 'gmo' | 'none' | null,
): readonly string[] {
  return [
    'A bar is closed by the first trade behind it, or by the clock two seconds after its end; its signal is judged at once and its order is at the exchange after the latency.',
    FILLS[fill],
    ...(fill === 'trades'
      ? []
      : [
          `Where the last trade is more than ${STALE_BOOK_MS / 1_000} s newer than the book, a taker does no better than that trade.`,
        ]),
    `A resting limit fills at its own price, up to the size of the trade that goes beyond it or of the book that crosses it; ${QUEUES[queue]}`,
    'A stop is triggered by the last trade and fills like a market order, no better than that trade.',
    slippage === 0
      ? 'No slippage beside that.'
      : `${slippageOn === 'all' ? 'Every market order and stop' : 'Every market order and stop that opens a position'} fills ${percent(slippage)} worse than that.`,
    'Our orders move no market.',
    `Latency: market data ${feed?.text(delayText(latency.feed)) ?? delayText(latency.feed)}, orders ${delayText(latency.order)}, answers ${delayText(latency.answer)}.`,
    'Fees are taken from every fill when it happens, at the maker rate for resting limits and the taker rate for the rest.',
    'Signals, quotes and clocks are never too old, and no limit of loss, exposure or order rate is set unless it was asked for.',
    'What is open at the end stays open and is valued at the last trade.',
    ...(leverageRules === 'gmo'
      ? [
          'A position held over 06:00 in Japan pays 0.04 % of its value; lots and accounts that lose too much are closed by force, at the rules of GMO Coin.',
        ]
      : leverageRules === 'none'
        ? ['Holding a position costs nothing, and nothing is closed by force.']
        : []),
  ];
}

function delayText(delay: Delay): string {
  switch (delay.kind) {
    case 'constant':
      return delay.ms === 0 ? 'none' : `${delay.ms} ms`;
    case 'uniform':
      return `${delay.fromMs} to ${delay.toMs} ms`;
    case 'log-normal':
      return `log-normal around ${delay.medianMs} ms (sigma ${delay.sigma})`;
    case 'quantiles':
      return `as measured, at most ${delay.points.at(-1)?.[1] ?? 0} ms`;
  }
}

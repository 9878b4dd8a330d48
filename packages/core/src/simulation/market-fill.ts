import { AlphaError } from '../errors/alpha-error.js';
import type { QueueModel } from './queue.js';

/**
 * What of the recorded market our orders trade with.
 *
 * - `book-walk`: every level of the recorded book; what lies behind it is not filled.
 * - `top-of-book`: its best level only, up to the size shown there.
 * - `trades`: there are no books. The ask is the last price at which somebody bought, the bid the last at which somebody sold, neither on
 *   the wrong side of the last trade; any size fills.
 */
export const MARKET_FILLS = ['book-walk', 'top-of-book', 'trades'] as const;
export type MarketFill = (typeof MARKET_FILLS)[number];

/** The queue that is meant: `conservative` where books show it, `through` where there are only trades. Throws `USAGE` for another one there. */
export function queueOf(fill: MarketFill, queue: QueueModel | undefined): QueueModel {
  if (fill !== 'trades') return queue ?? 'conservative';
  if (queue === undefined || queue === 'through') return 'through';
  throw new AlphaError(
    'USAGE',
    `The queue model ${queue} needs order books; trades alone do not show who stands before an order.`,
  );
}

import { Decimal } from '../../decimal/decimal.js';
import type { Side } from '../../events/common.js';
import type { Protect, ProtectLevel } from '../../events/signal.js';

/** Prices at which a position is given up. `side` is the position's: `buy` is long. All quote per base, not rounded. */

/** Where the stop of a position stands when it is opened: the nearer of stop-loss and trail; null when neither is asked for. */
export function stopPrice({ stop_loss, trail }: Protect, side: Side, entry: Decimal): Decimal | null {
  const fixed = stop_loss === undefined ? null : levelPrice(stop_loss, losing(side), entry);
  const trailing = trail === undefined ? null : levelPrice(trail, losing(side), entry);
  if (fixed === null || trailing === null) return fixed ?? trailing;
  return nearer(side, fixed, trailing);
}

export function targetPrice({ take_profit }: Protect, side: Side, entry: Decimal): Decimal | null {
  return take_profit === undefined ? null : levelPrice(take_profit, side, entry);
}

/** Where a trailing stop stands when `best` is the best price since the entry. */
export function trailedPrice(trail: NonNullable<Protect['trail']>, side: Side, best: Decimal): Decimal {
  return levelPrice(trail, losing(side), best);
}

/** The stop that gives up less: the higher one of a long position. */
export function nearer(side: Side, one: Decimal, other: Decimal): Decimal {
  return side === 'buy' ? Decimal.max(one, other) : Decimal.min(one, other);
}

/** Direction `buy` is upwards. */
function levelPrice(level: ProtectLevel, direction: Side, from: Decimal): Decimal {
  if ('price' in level) return Decimal.of(level.price);
  const distance =
    'distance' in level ? Decimal.of(level.distance) : from.times(Decimal.of(level.percent)).dividedBy(100);
  return direction === 'buy' ? from.plus(distance) : from.minus(distance);
}

function losing(side: Side): Side {
  return side === 'buy' ? 'sell' : 'buy';
}

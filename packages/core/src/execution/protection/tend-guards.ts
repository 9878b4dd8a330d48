import { Decimal } from '../../decimal/decimal.js';
import type { Instrument } from '../../instrument/instrument.js';
import { roundPrice } from '../../instrument/instrument.js';
import { isWorking, type Order, workingPrice } from '../../orders/order.js';
import type { TrackedOrder } from '../../orders/order-ledger.js';
import { amendOrder, cancelOrder } from '../order-changes.js';
import { closedReason } from '../risk-watch.js';
import { alarm, halt, type StepContext, symbolState } from '../step-context.js';
import { takeBack } from './clear-way.js';
import type { Guard, ProtectivePurpose } from './guard.js';
import { heldBy, isSuspended, liveOf, ordersOfGuard } from './guarded.js';
import { nearer, trailedPrice } from './levels.js';
import { placeProtective } from './place-protective.js';

/** A trailing stop is moved when it would gain this share of its distance: an exchange counts the changes of an order. */
const TRAIL_STEP = Decimal.of('0.05');
/** Moves refused in a row after which a resting order is taken to stay where it is. */
const MOST_REFUSALS = 3;
/** Wall milliseconds before something is tried again. */
const AGAIN_MS = { close: 1_000, changed: 1_000, ended: 1_000, refused: 5_000 };

/**
 * Compares every guard with what is held and what rests at the exchange, and does what is missing. A stop rests at the
 * exchange where it takes one; a target rests only where no stop does, because two orders cannot hold the same lot. What
 * cannot rest is watched here: once touched, the resting order is canceled, and after that the position closed.
 */
export function tendGuards(context: StepContext): void {
  for (const [key, guard] of context.state.guards) {
    const instrument = context.instruments.get(guard.symbol);
    if (instrument === undefined) continue;
    const orders = ordersOfGuard(context, guard);
    for (const { number } of orders) guard.placed = Math.max(guard.placed, number + 1);
    const held = heldBy(context, guard);
    if (held.isZero()) {
      if (takeBack(context, guard, 'nothing is left to protect')) context.state.guards.delete(key);
      continue;
    }
    noteFailure(context, guard, orders);
    if (isSuspended(context, guard)) continue;
    follow(context, guard, instrument);
    const live = liveOf(context, orders);
    noteStuck(context, guard, live);
    if (guard.closing === null) {
      guard.closing = touched(context, guard, live);
      // The pause was one for orders that rest; what is to be closed now does not wait for it.
      if (guard.closing !== null) guard.notBeforeWallTs = 0;
    }
    if (guard.closing === null) keepResting(context, guard, instrument, held, live);
    else close(context, guard, guard.closing, instrument, held);
  }
}

/** A protective order that is not to be had closes nothing by force: the operator hears of it, and it is tried again. */
function noteFailure(context: StepContext, guard: Guard, orders: readonly TrackedOrder[]): void {
  // Not only the last one that was placed: several are under way together when an entry fills in parts.
  const last = orders.findLast((one) => one.number > (guard.failed ?? -1) && hasFailed(one));
  if (last === undefined || !hasEnded(last.order)) return;
  const { order } = last;
  const isRefused = order.status === 'REJECTED' || order.status === 'VOID';
  guard.notBeforeWallTs = context.at.wallTs + (isRefused ? AGAIN_MS.refused : AGAIN_MS.ended);
  guard.failed = last.number;
  if (order.reason.startsWith('nothing_to_close')) return;
  const name = `The ${order.terms.purpose.replace('_', ' ')} of ${guard.strategy} on ${guard.symbol}`;
  if (!isRefused) {
    alarm(context, guard.symbol, `${name} ended at the exchange without a fill: ${order.reason}. It is placed again.`);
    return;
  }
  const what = `${name} is not in place: ${order.reason}.`;
  alarm(context, guard.symbol, `${what} It is tried again.`);
  halt(context, guard.symbol, what);
}

/** Moves that are refused for good: the order rests where it is, and the price wanted now is watched here. Said once. */
function noteStuck(context: StepContext, guard: Guard, live: readonly TrackedOrder[]): void {
  const stuck = live.find(isStuck);
  const before = guard.stuck;
  guard.stuck = stuck !== undefined;
  if (stuck === undefined || before) return;
  const { order } = stuck;
  const name = `The ${order.terms.purpose.replace('_', ' ')} of ${guard.strategy} on ${guard.symbol}`;
  const what = `${name} rests at ${workingPrice(order)} and the exchange has refused ${stuck.refusals} times to move it to ${guard.stopPrice}.`;
  alarm(context, guard.symbol, `${what} Until it does, that price is watched here, for as long as the engine runs.`);
  halt(context, guard.symbol, what);
}

function isStuck({ refusals }: TrackedOrder): boolean {
  return refusals >= MOST_REFUSALS;
}

function hasFailed({ cancelWanted, order, replacedBy }: TrackedOrder): boolean {
  if (cancelWanted || replacedBy !== null || !hasEnded(order)) return false;
  // The exchange took it and ended it all the same: without a pause the next one would meet the same at once.
  const endedUnfilled = order.terms.type !== 'market' && order.filledSize.isZero();
  return order.status === 'REJECTED' || order.status === 'VOID' || endedUnfilled;
}

function hasEnded(order: Order): order is Extract<Order, { readonly reason: string }> {
  return ['REJECTED', 'VOID', 'CANCELED', 'EXPIRED'].includes(order.status);
}

/** The trail follows the best price at which the position could have been closed. */
function follow(context: StepContext, guard: Guard, { tickSize }: Instrument): void {
  const { trail } = guard.protect;
  const price = closingPrice(context, guard);
  if (trail === undefined || price === null || guard.stopPrice === null) return;
  if (guard.side === 'buy' ? price <= guard.best : price >= guard.best) return;
  guard.best = price;
  const best = Decimal.of(price);
  const next = trailedPrice(trail, guard.side, best);
  const step = Decimal.max(tickSize, best.minus(next).abs().times(TRAIL_STEP));
  const gains = nearer(guard.side, next, guard.stopPrice).eq(next);
  if (gains && next.minus(guard.stopPrice).abs().gte(step)) guard.stopPrice = next;
}

function touched(context: StepContext, guard: Guard, live: readonly TrackedOrder[]): ProtectivePurpose | null {
  const price = closingPrice(context, guard);
  if (price === null) return null;
  const { stopPrice, targetPrice } = guard;
  const long = guard.side === 'buy';
  const rests = (purpose: ProtectivePurpose) =>
    live.some((tracked) => tracked.order.terms.purpose === purpose && !isStuck(tracked));
  const stop = stopPurpose(guard);
  if (stopPrice !== null && !rests(stop) && (long ? stopPrice.gte(price) : stopPrice.lte(price))) return stop;
  if (targetPrice === null || rests('take_profit')) return null;
  return (long ? targetPrice.lte(price) : targetPrice.gte(price)) ? 'take_profit' : null;
}

/** Keeps an order at the exchange that covers what is held, at the price wanted now. */
function keepResting(
  context: StepContext,
  guard: Guard,
  instrument: Instrument,
  held: Decimal,
  live: readonly TrackedOrder[],
): void {
  const type = guard.stopPrice === null ? 'limit' : 'stop';
  const level = guard.stopPrice ?? guard.targetPrice;
  const kinds = context.config.orderKinds[guard.symbol] ?? [];
  const tif = type === 'stop' ? 'ioc' : 'gtc';
  const kind = kinds.find((one) => one.type === type && one.timeInForce === tif && one.effect === 'close');
  if (level === null || kind === undefined) return;
  const closingSide = guard.side === 'buy' ? 'sell' : 'buy';
  const price = roundPrice(instrument, closingSide, level);
  const resting = live.filter(({ order }) => order.terms.type !== 'market');
  const covered = Decimal.sum(resting.map(({ order }) => order.terms.size.minus(order.filledSize)));
  if (covered.gt(held)) {
    for (const tracked of resting) cancelOrder(context, tracked, 'less is left to protect');
    return;
  }
  for (const tracked of resting) {
    if (!isWorking(tracked.order) || workingPrice(tracked.order)?.eq(price)) continue;
    if (!kind.amend) cancelOrder(context, tracked, 'its price has moved');
    else if (mayChange(context, tracked))
      amendOrder(context, tracked, type === 'stop' ? { triggerPrice: price } : { price });
  }
  const uncovered = held.minus(covered);
  if (!uncovered.isPositive() || context.at.wallTs < guard.notBeforeWallTs) return;
  if (isClosed(context, guard.symbol)) return;
  const size = Decimal.min(uncovered, instrument.maxSize);
  if (type === 'limit') placeProtective(context, guard, 'take_profit', size, { type, timeInForce: 'gtc', price });
  else placeProtective(context, guard, stopPurpose(guard), size, { type, timeInForce: 'ioc', triggerPrice: price });
}

/** A change that was refused is not asked for without a pause, nor from an exchange that is closed. */
function mayChange(context: StepContext, { order, refusals, refusedWallTs }: TrackedOrder): boolean {
  if (isClosed(context, order.terms.symbol)) return false;
  const pause = refusals < MOST_REFUSALS ? AGAIN_MS.changed : AGAIN_MS.refused;
  return refusedWallTs === null || context.at.wallTs - refusedWallTs >= pause;
}

/** First what rests is canceled, then what is held closed, until nothing is. */
function close(
  context: StepContext,
  guard: Guard,
  purpose: ProtectivePurpose,
  instrument: Instrument,
  held: Decimal,
): void {
  if (!takeBack(context, guard, `${purpose} was touched`)) return;
  if (context.at.wallTs < guard.notBeforeWallTs || isClosed(context, guard.symbol)) return;
  guard.notBeforeWallTs = context.at.wallTs + AGAIN_MS.close;
  const size = Decimal.min(held, instrument.maxSize);
  placeProtective(context, guard, purpose, size, { type: 'market', timeInForce: 'ioc' });
}

/** In maintenance nothing can be placed, and nobody trades: it is done when the exchange opens, and is no failure. */
function isClosed(context: StepContext, name: string): boolean {
  const symbol = symbolState(context, name);
  return symbol !== undefined && closedReason(symbol) !== null;
}

function stopPurpose({ protect }: Guard): 'stop_loss' | 'trailing_stop' {
  return protect.trail === undefined ? 'stop_loss' : 'trailing_stop';
}

/** What closing the position would get now; null before the first quote. */
function closingPrice(context: StepContext, { symbol, side }: Guard): number | null {
  const mark = symbolState(context, symbol)?.mark ?? null;
  if (mark === null) return null;
  return side === 'buy' ? mark.bid : mark.ask;
}

import { Decimal, type DecimalInput } from '../decimal/decimal.js';
import { type Instrument, sizeProblem } from '../instrument/instrument.js';
import { triggerReached } from './triggers.js';
import type { Rejection, SimulatedLot, SimulatedRequest } from './types.js';
import type { Venue } from './venue.js';

/** A price must lie within this share of the current price. */
const PRICE_BAND = Decimal.of('0.5');

export type CheckedRequest = SimulatedRequest & Required<Pick<SimulatedRequest, 'timeInForce'>>;

/** Why the exchange refuses a request, or null. Looks at everything and changes nothing. */
export function checkOrder(venue: Venue, instrument: Instrument, request: CheckedRequest): Rejection | null {
  return (
    checkSize(instrument, request) ??
    checkTerms(instrument, request) ??
    checkPrice(venue, instrument, request) ??
    checkMeans(venue, instrument, request)
  );
}

/** The price of a limit order, the trigger of a stop. */
function priceOf(request: Pick<SimulatedRequest, 'type' | 'price' | 'triggerPrice'>): Decimal | undefined {
  return request.type === 'limit' ? request.price : request.type === 'stop' ? request.triggerPrice : undefined;
}

function checkSize(instrument: Instrument, { size }: CheckedRequest): Rejection | null {
  switch (sizeProblem(instrument, size)) {
    case 'below_minimum':
    case 'above_maximum':
      return { code: 'size_out_of_range', min: instrument.minSize, max: instrument.maxSize };
    case 'off_step':
      return { code: 'size_off_step', step: instrument.sizeStep };
    case null:
      return null;
  }
}

function checkTerms(instrument: Instrument, request: CheckedRequest): Rejection | null {
  const { type, timeInForce, losscutPrice, effect } = request;
  if (type !== 'limit' && timeInForce !== 'ioc') return { code: 'time_in_force_not_allowed' };
  if (losscutPrice === undefined) return null;
  const opensLots = instrument.kind === 'leverage' && effect === 'open' && type !== 'market';
  return opensLots ? null : { code: 'losscut_price_not_allowed' };
}

/** Also for a change of a working order. */
export function checkPrice(
  venue: Venue,
  instrument: Instrument,
  request: Omit<SimulatedRequest, 'size'>,
): Rejection | null {
  const { type, side, symbol, losscutPrice } = request;
  if (type === 'market') return null;
  const price = priceOf(request);
  if (!price?.isPositive()) return { code: 'price_missing' };
  const tick = instrument.tickSize;
  if (!price.isMultipleOf(tick) || losscutPrice?.isMultipleOf(tick) === false) return { code: 'price_off_tick', tick };
  const current = venue.depth(symbol).reference();
  if (current !== null) {
    const low = current.times(Decimal.of('1').minus(PRICE_BAND));
    const high = current.times(PRICE_BAND.plus('1'));
    if (price.lt(low)) return { code: 'price_too_low', bound: low };
    if (price.gt(high)) return { code: 'price_too_high', bound: high };
    if (type === 'stop' && triggerReached(side, price, current)) return { code: 'would_trigger', current };
  }
  return losscutPrice === undefined ? null : checkLosscutPrice(side, losscutPrice, price);
}

/** Of a lot opened at `price`: below it for a long, above it for a short. */
function checkLosscutPrice(side: 'buy' | 'sell', losscutPrice: Decimal, price: Decimal): Rejection | null {
  const [from, to] = side === 'buy' ? [Decimal.zero, price] : [price, price.times('2')];
  const inside = losscutPrice.gt(from) && losscutPrice.lt(to);
  return inside ? null : { code: 'losscut_price_out_of_range', from, to };
}

function checkMeans(venue: Venue, instrument: Instrument, request: CheckedRequest): Rejection | null {
  const { side, size, positionId, effect } = request;
  if (instrument.kind === 'spot') {
    if (positionId !== undefined) return { code: 'not_leverage' };
    if (side === 'sell') {
      const { coins } = venue.reserved();
      const available = venue.account.balance(instrument.base).minus(coins.get(instrument.base) ?? '0');
      return size.gt(available) ? { code: 'insufficient_holdings', needed: size, available } : null;
    }
  } else if (effect === 'close') {
    return positionId === undefined
      ? checkLots(request, venue.lots(request.symbol))
      : checkLot(request, venue.lot(positionId));
  } else if (venue.marginStatus !== 'normal') {
    return { code: 'margin_call' };
  }
  return checkFunds(venue, instrument, request, '0');
}

/** `held` is what the order holds already, when it is a change. */
export function checkFunds(
  venue: Venue,
  instrument: Instrument,
  request: Omit<SimulatedRequest, 'effect'>,
  held: DecimalInput,
): Rejection | null {
  const { available: free } = venue.margin();
  // Coins are paid with cash that is there; an unrealised profit only backs margin.
  const usable = instrument.kind === 'spot' ? Decimal.min(venue.account.balance(venue.quote), free) : free;
  const available = usable.plus(held);
  const needed = venue.fundsFor(request);
  return needed.gt(available) ? { code: 'insufficient_funds', needed, available } : null;
}

function checkLot(request: SimulatedRequest, lot: SimulatedLot | null): Rejection | null {
  if (lot === null || lot.symbol !== request.symbol) return { code: 'no_such_position' };
  if (lot.side === request.side) return { code: 'wrong_side' };
  if (request.size.gt(lot.size)) return { code: 'position_too_small', size: lot.size };
  const free = lot.size.minus(lot.reservedSize);
  return request.size.gt(free) ? { code: 'position_reserved', free } : null;
}

/** All lots of the other side together. */
function checkLots(request: SimulatedRequest, lots: readonly SimulatedLot[]): Rejection | null {
  const others = lots.filter(({ side }) => side !== request.side);
  if (others.length === 0) return { code: 'nothing_to_close' };
  const size = Decimal.sum(others.map((lot) => lot.size));
  if (request.size.gt(size)) return { code: 'closable_too_small', size };
  const free = size.minus(Decimal.sum(others.map((lot) => lot.reservedSize)));
  return request.size.gt(free) ? { code: 'position_reserved', free } : null;
}

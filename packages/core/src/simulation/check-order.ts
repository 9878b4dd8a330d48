import { Decimal } from '../decimal/decimal.js';
import { type Instrument, sizeProblem } from '../instrument/instrument.js';
import type { Rejection, SimulatedLot, SimulatedRequest } from './types.js';

/** A limit price must lie within this share of the current price. */
const PRICE_BAND = Decimal.of('0.5');

/** What the checks look at; all as of now. */
export interface OrderCheckView {
  readonly reference: Decimal | null;
  /** Cash new openings may use, quote currency. */
  readonly availableFunds: Decimal;
  /** Base coin that is not held for working sells. */
  readonly availableCoins: Decimal;
  /** Cash this request would need. */
  readonly neededFunds: Decimal;
  readonly lot: SimulatedLot | null;
}

/** Why the exchange refuses a request, or null. */
export function checkOrder(instrument: Instrument, request: SimulatedRequest, view: OrderCheckView): Rejection | null {
  return checkTerms(instrument, request, view.reference) ?? checkMeans(instrument, request, view);
}

function checkTerms(instrument: Instrument, request: SimulatedRequest, reference: Decimal | null): Rejection | null {
  switch (sizeProblem(instrument, request.size)) {
    case 'below_minimum':
    case 'above_maximum':
      return { code: 'size_out_of_range', min: instrument.minSize, max: instrument.maxSize };
    case 'off_step':
      return { code: 'size_off_step', step: instrument.sizeStep };
  }
  if (request.type === 'market') return null;
  const { price } = request;
  if (price === undefined || !price.isPositive()) return { code: 'price_missing' };
  if (!price.isMultipleOf(instrument.tickSize)) return { code: 'price_off_tick', tick: instrument.tickSize };
  if (reference === null) return null;
  const low = reference.times(Decimal.of('1').minus(PRICE_BAND));
  const high = reference.times(PRICE_BAND.plus('1'));
  if (price.lt(low)) return { code: 'price_too_low', bound: low };
  if (price.gt(high)) return { code: 'price_too_high', bound: high };
  return null;
}

function checkMeans(instrument: Instrument, request: SimulatedRequest, view: OrderCheckView): Rejection | null {
  if (instrument.kind === 'spot') {
    if (request.positionId !== undefined) return { code: 'not_leverage' };
    if (request.side === 'sell') {
      const { availableCoins } = view;
      return request.size.gt(availableCoins)
        ? { code: 'insufficient_holdings', needed: request.size, available: availableCoins }
        : null;
    }
  } else if (request.effect === 'close') {
    return checkLot(request, view.lot);
  }
  return view.neededFunds.gt(view.availableFunds)
    ? { code: 'insufficient_funds', needed: view.neededFunds, available: view.availableFunds }
    : null;
}

function checkLot(request: SimulatedRequest, lot: SimulatedLot | null): Rejection | null {
  if (lot === null || lot.symbol !== request.symbol) return { code: 'no_such_position' };
  if (lot.side === request.side) return { code: 'wrong_side' };
  if (request.size.gt(lot.size)) return { code: 'position_too_small', size: lot.size };
  const free = lot.size.minus(lot.reservedSize);
  return request.size.gt(free) ? { code: 'position_reserved', free } : null;
}

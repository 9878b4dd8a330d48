import { Decimal } from '@alpha-engine/core';
import type { Rejection } from '@alpha-engine/core/simulation';
import { type Answer, invalidParameter, refuse } from './envelopes.js';

/** What was asked, as far as its refusal depends on it. */
interface Asked {
  readonly size?: Decimal;
  readonly price?: Decimal;
  readonly triggerPrice?: Decimal;
  readonly losscutPrice?: Decimal;
}

/** The exchange's error for a refusal of the matching engine. */
export function rejectionAnswer(rejection: Rejection, asked: Asked): Answer {
  switch (rejection.code) {
    case 'unknown_symbol':
    case 'not_leverage':
      return invalidParameter('symbol');
    case 'size_out_of_range':
      return refuse('ERR-5126', 'The size is out of range.');
    case 'size_off_step':
      return offGrid('size', asked.size, rejection.step);
    case 'time_in_force_not_allowed':
      return refuse('ERR-5111', 'Invalid timeInForce.');
    case 'price_missing':
      return invalidParameter('price');
    case 'price_off_tick':
      return offTick(asked, rejection.tick);
    case 'price_too_low':
      return refuse('ERR-5121', 'Too low price.');
    case 'price_too_high':
      return refuse('ERR-5121', 'Too high price.');
    case 'would_trigger':
      return refuse('ERR-5129', 'The stop price would trigger immediately.');
    case 'losscut_price_not_allowed':
      return refuse('ERR-5118', 'losscutPrice cannot be specified.');
    case 'losscut_price_out_of_range':
      return invalidParameter('losscutPrice');
    case 'insufficient_funds':
      return refuse('ERR-201', 'Trading margin is insufficient');
    case 'insufficient_holdings':
      return refuse('ERR-208', 'The size exceeds the available holdings.');
    case 'no_such_position':
      return refuse('ERR-254', 'The position does not exist.');
    case 'nothing_to_close':
      return refuse('ERR-422', 'There is no open position.');
    case 'wrong_side':
      return refuse('ERR-70', 'The side is not valid for the position to be closed.');
    case 'position_too_small':
      return refuse('ERR-189', 'The size exceeds that of the open position.');
    case 'closable_too_small':
      return refuse('ERR-423', 'The size exceeds all that can be closed.');
    case 'position_reserved':
      return refuse('ERR-200', 'There are active orders and the size exceeds what may still be ordered.');
    case 'margin_call':
      return refuse('ERR-682', 'A margin call is outstanding.');
    case 'too_many_orders':
      return refuse('ERR-635', 'There are too many active orders.');
    case 'too_many_changes':
      return refuse('ERR-5206', 'The limit of changes of one order is exceeded. Please cancel it and order again.');
  }
}

function offTick({ price, triggerPrice, losscutPrice }: Asked, tick: Decimal): Answer {
  const named = price ?? triggerPrice;
  const field = named === undefined || named.isMultipleOf(tick) ? 'losscutPrice' : 'price';
  return offGrid(field, field === 'price' ? named : losscutPrice, tick);
}

/** More decimals than the grid has is ERR-5114; a value between its lines has no documented code. */
function offGrid(field: string, value: Decimal | undefined, grid: Decimal): Answer {
  const decimals = (number: Decimal) => number.toString().split('.')[1]?.length ?? 0;
  if (decimals(value ?? Decimal.zero) > decimals(grid)) {
    return refuse('ERR-5114', `The number of decimals of ${field} is too large.`);
  }
  return invalidParameter(field);
}

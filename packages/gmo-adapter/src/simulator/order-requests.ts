import { Decimal } from '@alpha-engine/core';
import type { Rejection, SimulatedRequest } from '@alpha-engine/core/simulation';
import { type Answer, invalidParameter, refuse } from './envelopes.js';
import { INSTRUMENTS, isSymbol } from './symbols.js';

type Body = Readonly<Record<string, unknown>>;
type Parsed<T> = { readonly value: T } | { readonly error: Answer };

/** Body of `POST /v1/order`. Stop orders, other times in force, losscut prices and cancelBefore are refused. */
export function parseOrder(body: Body): Parsed<SimulatedRequest> {
  const terms = parseTerms(body);
  if ('error' in terms) return terms;
  const size = decimalOf(body.size);
  if (size === null) return { error: invalidParameter('size') };
  return { value: { ...terms.value, effect: 'open', size } };
}

/** Body of `POST /v1/closeOrder`: exactly one lot. */
export function parseClose(body: Body): Parsed<SimulatedRequest> {
  const terms = parseTerms(body);
  if ('error' in terms) return terms;
  if (!terms.value.symbol.endsWith('_JPY')) return { error: invalidParameter('symbol') };
  const lots = body.settlePosition;
  if (!Array.isArray(lots) || lots.length !== 1) return { error: invalidParameter('settlePosition') };
  const { positionId, size: text } = Object(lots[0]) as Record<string, unknown>;
  const size = decimalOf(text);
  if (!Number.isSafeInteger(positionId) || size === null) return { error: invalidParameter('settlePosition') };
  return { value: { ...terms.value, effect: 'close', positionId: positionId as number, size } };
}

function parseTerms(
  body: Body,
): Parsed<Pick<SimulatedRequest, 'symbol' | 'side' | 'type' | 'price'> & { symbol: string }> {
  const { symbol, side, executionType, timeInForce, price, losscutPrice, cancelBefore } = body;
  if (!isSymbol(symbol)) return { error: invalidParameter('symbol') };
  if (side !== 'BUY' && side !== 'SELL') return { error: invalidParameter('side') };
  if (executionType !== 'MARKET' && executionType !== 'LIMIT') return { error: invalidParameter('executionType') };
  const type = executionType === 'MARKET' ? 'market' : 'limit';
  if (timeInForce !== undefined && timeInForce !== (type === 'market' ? 'FAK' : 'FAS')) {
    return { error: refuse('ERR-5111', 'Invalid timeInForce.') };
  }
  if (losscutPrice !== undefined) return { error: refuse('ERR-5118', 'losscutPrice cannot be specified.') };
  if (cancelBefore !== undefined && cancelBefore !== false) return { error: invalidParameter('cancelBefore') };
  const parts = { symbol, side: side === 'BUY' ? 'buy' : 'sell', type } as const;
  if (type === 'market') return price === undefined ? { value: parts } : { error: invalidParameter('price') };
  const limit = decimalOf(price);
  return limit === null ? { error: invalidParameter('price') } : { value: { ...parts, price: limit } };
}

/** Strings as documented; numbers are taken too, since nothing says they are refused. */
function decimalOf(value: unknown): Decimal | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  return /^\d+(\.\d+)?$/.test(String(value)) ? Decimal.of(value) : null;
}

/** The exchange's error for a refusal of the matching engine. */
export function rejectionAnswer(rejection: Rejection, request: SimulatedRequest): Answer {
  switch (rejection.code) {
    case 'unknown_symbol':
    case 'not_leverage':
      return invalidParameter('symbol');
    case 'size_out_of_range':
      return refuse('ERR-5126', 'The size is out of range.');
    case 'size_off_step':
      return offGrid('size', request.size, rejection.step);
    case 'time_in_force_not_allowed':
      return refuse('ERR-5111', 'Invalid timeInForce.');
    case 'price_missing':
      return invalidParameter('price');
    case 'price_off_tick':
      return offGrid('price', request.price as Decimal, rejection.tick);
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
    case 'closable_too_small':
      return refuse('ERR-423', 'The size exceeds all that can be closed.');
    case 'margin_call':
      return refuse('ERR-682', 'A margin call is outstanding.');
    case 'too_many_orders':
      return refuse('ERR-635', 'There are too many active orders.');
    case 'too_many_changes':
      return refuse('ERR-5206', 'The limit of changes of an order is exceeded.');
    case 'wrong_side':
      return refuse('ERR-70', 'The side is not valid for the position to be closed.');
    case 'position_too_small':
      return refuse('ERR-189', 'The size exceeds that of the open position.');
    case 'position_reserved':
      return refuse('ERR-200', 'There are active orders and the size exceeds what may still be ordered.');
  }
}

/** More decimals than the grid has is ERR-5114; a value between its lines has no documented code. */
function offGrid(field: string, value: Decimal, grid: Decimal): Answer {
  const decimals = (number: Decimal) => number.toString().split('.')[1]?.length ?? 0;
  if (decimals(value) > decimals(grid)) return refuse('ERR-5114', `The number of decimals of ${field} is too large.`);
  return invalidParameter(field);
}

/** Every asset of the account page. */
export const ASSETS: readonly string[] = ['JPY', ...new Set(INSTRUMENTS.map(({ base }) => base))];

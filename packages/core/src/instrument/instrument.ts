import { Decimal } from '../decimal/decimal.js';

/**
 * The trading rules of one symbol, as the exchange publishes them.
 *
 * `spot` orders move coins; `leverage` orders open and close lots (on GMO Coin `/v1/order` always opens, both sides may
 * be open at once and never net).
 */
export interface Instrument {
  readonly exchange: string;
  readonly symbol: string;
  readonly kind: 'spot' | 'leverage';
  /** Coin the size is counted in, for example BTC. */
  readonly base: string;
  /** Currency the price and the fees are counted in, for example JPY. */
  readonly quote: string;
  /** Prices are whole multiples of this. Quote per base. */
  readonly tickSize: Decimal;
  /** Sizes are whole multiples of this. Base coin. */
  readonly sizeStep: Decimal;
  readonly minSize: Decimal;
  readonly maxSize: Decimal;
  /** Fraction of the notional; 1 means 100 %. Negative is a rebate. */
  readonly takerFeeRate: Decimal;
  readonly makerFeeRate: Decimal;
  /** Leverage: share of the value that an open position ties up. Absent: all of it. */
  readonly marginRate?: Decimal;
}

const WHOLE = Decimal.of(1);

/** Share of an opening's value that it ties up: all of it on spot. */
export function marginRateOf({ kind, marginRate }: Instrument): Decimal {
  return kind === 'spot' ? WHOLE : (marginRate ?? WHOLE);
}

export type SizeProblem = 'below_minimum' | 'above_maximum' | 'off_step';

/** What is wrong with an order size, or null. */
export function sizeProblem(instrument: Instrument, size: Decimal): SizeProblem | null {
  if (size.lt(instrument.minSize)) return 'below_minimum';
  if (size.gt(instrument.maxSize)) return 'above_maximum';
  return size.isMultipleOf(instrument.sizeStep) ? null : 'off_step';
}

/** Rounds a size down to the step: never more than was wanted. May come out below the minimum. */
export function roundSize(instrument: Instrument, size: Decimal): Decimal {
  return size.floorTo(instrument.sizeStep);
}

/** Rounds a limit price to the tick, towards the passive side: a buy down, a sell up. */
export function roundPrice(instrument: Instrument, side: 'buy' | 'sell', price: Decimal): Decimal {
  return side === 'buy' ? price.floorTo(instrument.tickSize) : price.ceilTo(instrument.tickSize);
}

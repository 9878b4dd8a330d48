import type { Decimal } from '../decimal/decimal.js';
import type { Side } from '../events/common.js';

/** One open leverage position as the exchange counts it. Both sides may be open at once; lots never net. */
export interface Lot {
  readonly positionId: string;
  readonly symbol: string;
  /** Label of the strategy whose order opened it. */
  readonly strategy: string;
  readonly side: Side;
  /** Base coin, positive. */
  readonly size: Decimal;
  /** Average entry price, quote per base. */
  readonly price: Decimal;
}

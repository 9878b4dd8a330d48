import type { Decimal } from '../decimal/decimal.js';
import type { OrderStatus } from '../events/order.js';
import type { Balance } from '../exchange/broker.js';
import type { FillTotals } from '../ledger/ledger.js';
import type { Lot } from '../ledger/lot.js';
import type { EquityRecord, PositionRecord } from './executor-types.js';

/** An order of ours that is not finished. */
export interface OpenOrder {
  readonly clientOrderId: string;
  /** Null until the exchange named it. */
  readonly exchangeOrderId: string | null;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly status: OrderStatus;
  readonly size: Decimal;
  readonly filledSize: Decimal;
}

/** What the executor believes, at one moment. Money in the quote currency. */
export interface Books {
  readonly exchange: string;
  readonly positions: readonly PositionRecord[];
  readonly lots: readonly Lot[];
  readonly openOrders: readonly OpenOrder[];
  /** By symbol. `cash` is the change of the quote balance since the books began. */
  readonly totals: Readonly<Record<string, Readonly<FillTotals>>>;
  readonly fills: number;
  readonly fees: Decimal;
  readonly realizedPnl: Decimal;
  readonly cashChange: Decimal;
  readonly equity: EquityRecord;
  /** Balances when the books began; null until they were told. */
  readonly baseline: readonly Balance[] | null;
  /** Symbols whose books agreed with the exchange at their last sweep. */
  readonly reconciled: readonly string[];
  /** Why openings are halted, by symbol; `*` is the whole account. */
  readonly halts: Readonly<Record<string, string>>;
}

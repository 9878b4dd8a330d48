import type { Decimal } from '../decimal/decimal.js';
import type { OrderStatus } from '../events/order.js';
import type { Balance } from '../exchange/broker.js';
import type { Instrument } from '../instrument/instrument.js';
import type { FillTotals } from '../ledger/ledger.js';
import type { Lot } from '../ledger/lot.js';
import type { Halts } from '../risk/trading-states.js';
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

export type TradedAssets = Pick<Instrument, 'kind' | 'base' | 'quote'>;

/** Sum of what came in (positive) and went out of one asset. */
export interface Transfer {
  /** Coin or currency. */
  readonly asset: string;
  readonly size: Decimal;
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
  /** What each symbol of the books moves when it trades. */
  readonly assets: Readonly<Record<string, TradedAssets>>;
  /** Money that moved and no fill explains, taken into the books: deposits are not profit. */
  readonly transfers: readonly Transfer[];
  /** Orders of others on an account that is not ours alone. */
  readonly externalOrders: readonly string[];
  /** Symbols whose books agreed with the exchange at their last sweep. */
  readonly reconciled: readonly string[];
  /** Whether the balances agreed when they were last compared. */
  readonly balancesAgree: boolean;
  /** Why not everything may be traded, by symbol; `*` is the whole account. */
  readonly halts: Halts;
  readonly symbols: readonly string[];
}

import { z } from 'zod';
import { decimalString, envelope, epochMs, side } from './common.js';

export const ORDER_STATUSES = [
  'PENDING',
  'SUBMITTED',
  'NEW',
  'PARTIALLY_FILLED',
  'FILLED',
  'CANCELED',
  'REJECTED',
  'EXPIRED',
  'VOID',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const ORDER_REQUESTS = [
  'none',
  'place',
  'cancel',
  'amend',
  'place_in_doubt',
  'cancel_in_doubt',
  'amend_in_doubt',
] as const;
/** What was asked of the exchange and not answered yet; beside the status, so that asking never hides what the order is. */
export type OrderRequest = (typeof ORDER_REQUESTS)[number];

export const ORDER_TYPES = ['market', 'limit', 'stop'] as const;
/** A stop waits for its trigger price and is a market order from then on. */
export type OrderType = (typeof ORDER_TYPES)[number];

export const TIMES_IN_FORCE = ['ioc', 'gtc', 'fok', 'post_only'] as const;
/** `ioc`: what does not fill at once ends; `gtc`: it rests; `fok`: all at once or nothing; `post_only`: it rests or ends, and never takes. */
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

export const ORDER_PURPOSES = ['entry', 'exit', 'stop_loss', 'take_profit', 'trailing_stop', 'flatten'] as const;
export type OrderPurpose = (typeof ORDER_PURPOSES)[number];

/** One execution. `fee` is in the quote currency: positive was paid, negative was received. */
const fillData = z.object({
  execution_id: z.string(),
  price: decimalString,
  size: decimalString,
  fee: decimalString,
  /** Realised profit or loss the exchange states for this fill, quote currency. Closing leverage fills only. */
  realized_pnl: decimalString.optional(),
  /** Leverage only: the lot opened or closed. */
  position_id: z.string().optional(),
  ts: epochMs,
});

/** A state change or fill of one order, on `order:<exchange>`. Money is strings. */
export const orderEvent = z.object({
  type: z.literal('order'),
  ...envelope,
  id: z.string(),
  data: z.object({
    /** `external:` and the exchange's id where a position of ours was closed by an order that is not: by force, or by hand. */
    client_order_id: z.string(),
    exchange_order_id: z.string().optional(),
    signal_id: z.string().optional(),
    strategy: z.string(),
    status: z.enum(ORDER_STATUSES),
    request: z.enum(ORDER_REQUESTS),
    side,
    effect: z.enum(['open', 'close']),
    order_type: z.enum(ORDER_TYPES),
    time_in_force: z.enum(TIMES_IN_FORCE).optional(),
    purpose: z.enum(ORDER_PURPOSES).optional(),
    size: decimalString,
    /** Limit orders: what they work at now; an amend changes it. */
    price: decimalString.optional(),
    /** Stop orders: the price that triggers them, now. */
    trigger_price: decimalString.optional(),
    filled_size: decimalString,
    average_price: decimalString.optional(),
    /** The order that takes the place of this one, which has ended: what is left of it is decided there. */
    replaced_by: z.string().optional(),
    /** Why the order was rejected, expired, canceled or voided. */
    reason: z.string().optional(),
    /** An approved order that the gate let go no more when it was to leave: the code of the check, and what the checks looked at. */
    denied: z.object({ code: z.string(), inputs: z.record(z.string(), z.unknown()) }).optional(),
    fill: fillData.optional(),
    /** With this fill, which no exit of the strategy's own made, it holds nothing more on the symbol. */
    flat: z.boolean().optional(),
  }),
});
export type OrderEvent = z.infer<typeof orderEvent>;

/** Our risk gate refused a signal: on `order:<exchange>` too, so that the strategy's target is corrected. */
export const denialEvent = z.object({
  type: z.literal('denial'),
  ...envelope,
  id: z.string(),
  data: z.object({
    signal_id: z.string(),
    strategy: z.string(),
    action: z.enum(['enter_long', 'enter_short', 'exit', 'hold']),
    /** Stable code of the check that refused; see docs/risk.md. */
    code: z.string(),
    message: z.string(),
    inputs: z.record(z.string(), z.unknown()),
  }),
});
export type DenialEvent = z.infer<typeof denialEvent>;

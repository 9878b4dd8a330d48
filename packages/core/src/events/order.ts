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
    client_order_id: z.string(),
    exchange_order_id: z.string().optional(),
    signal_id: z.string().optional(),
    strategy: z.string(),
    status: z.enum(ORDER_STATUSES),
    request: z.enum(ORDER_REQUESTS),
    side,
    effect: z.enum(['open', 'close']),
    order_type: z.enum(['market', 'limit']),
    size: decimalString,
    price: decimalString.optional(),
    filled_size: decimalString,
    average_price: decimalString.optional(),
    /** VOID only: the order that takes its place, because this one was proved to have had no effect. */
    replaced_by: z.string().optional(),
    /** Why the order was rejected, expired, canceled or voided. */
    reason: z.string().optional(),
    fill: fillData.optional(),
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

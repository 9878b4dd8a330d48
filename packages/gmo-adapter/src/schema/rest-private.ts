import { z } from 'zod';
import { plainDecimal } from './rest-public.js';

/** Shapes of the private REST answers and WebSocket frames: what we use of them; unknown fields are ignored. */

/** Ids come as numbers nearly everywhere and as strings from `POST /v1/order`; ours are strings. */
export const id = z.union([z.number().int().nonnegative().safe(), z.string().regex(/^\d+$/)]).transform(String);

export const orderRow = z.object({
  orderId: id,
  symbol: z.string(),
  side: z.string(),
  /** LOSSCUT: the exchange itself closes a lot. */
  orderType: z.string().optional(),
  executionType: z.string(),
  settleType: z.string(),
  size: plainDecimal,
  executedSize: plainDecimal,
  /** "0" or missing on market orders. */
  price: plainDecimal.optional(),
  status: z.string(),
  cancelType: z.string().optional(),
  timeInForce: z.string(),
  timestamp: z.string(),
});
export type OrderRow = z.infer<typeof orderRow>;

export const executionRow = z.object({
  executionId: id,
  orderId: id,
  positionId: id.optional(),
  symbol: z.string(),
  side: z.string(),
  settleType: z.string(),
  size: plainDecimal,
  price: plainDecimal,
  lossGain: plainDecimal,
  fee: plainDecimal,
  timestamp: z.string(),
});
export type ExecutionRow = z.infer<typeof executionRow>;

export const positionRow = z.object({
  positionId: id,
  symbol: z.string(),
  side: z.string(),
  size: plainDecimal,
  price: plainDecimal,
  losscutPrice: plainDecimal.optional(),
  timestamp: z.string(),
});
export type PositionRow = z.infer<typeof positionRow>;

export const positionFrame = positionRow.extend({ channel: z.literal('positionEvents'), msgType: z.string() });
export type PositionFrame = z.infer<typeof positionFrame>;

export const assetRow = z.object({ symbol: z.string(), amount: plainDecimal, available: plainDecimal });
export type AssetRow = z.infer<typeof assetRow>;

export const marginData = z.object({
  actualProfitLoss: plainDecimal,
  availableAmount: plainDecimal,
  margin: plainDecimal,
  marginCallStatus: z.string(),
  /** Percent. May be missing when nothing is open. */
  marginRatio: plainDecimal.optional(),
  profitLoss: plainDecimal,
  transferableAmount: plainDecimal,
});
export type MarginData = z.infer<typeof marginData>;

export const executionFrame = z.object({
  channel: z.literal('executionEvents'),
  executionId: id,
  orderId: id,
  positionId: id.optional(),
  symbol: z.string(),
  side: z.string(),
  settleType: z.string(),
  executionType: z.string(),
  executionPrice: plainDecimal,
  executionSize: plainDecimal,
  executionTimestamp: z.string(),
  orderTimestamp: z.string(),
  /** "0" on market orders. */
  orderPrice: plainDecimal.optional(),
  orderSize: plainDecimal,
  /** Cumulative, this fill included. */
  orderExecutedSize: plainDecimal,
  timeInForce: z.string(),
  lossGain: plainDecimal,
  fee: plainDecimal,
});
export type ExecutionFrame = z.infer<typeof executionFrame>;

export const orderFrame = z.object({
  channel: z.literal('orderEvents'),
  orderId: id,
  symbol: z.string(),
  side: z.string(),
  settleType: z.string(),
  executionType: z.string(),
  orderStatus: z.string(),
  cancelType: z.string().optional(),
  orderTimestamp: z.string(),
  orderPrice: plainDecimal.optional(),
  orderSize: plainDecimal,
  orderExecutedSize: plainDecimal,
  timeInForce: z.string(),
});
export type OrderFrame = z.infer<typeof orderFrame>;

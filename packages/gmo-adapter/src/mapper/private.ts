import {
  type Balance,
  Decimal,
  type EpochMs,
  type ExchangeFill,
  type ExchangeOrder,
  type ExchangePosition,
  type Margin,
  type Side,
} from '@alpha-engine/core';
import type {
  AssetRow,
  ExecutionFrame,
  ExecutionRow,
  MarginData,
  OrderFrame,
  OrderRow,
  PositionFrame,
  PositionRow,
} from '../schema/rest-private.js';
import { parseIsoTime } from './iso-time.js';
import { isLeverage } from './rest-public.js';
import { SIDES, STATES, TIMES, TYPES, word } from './words.js';

/** All of these give null for a word or a time they do not know: the row is left out, never guessed. */

/** GMO marks a spot sale as OPEN too; for us a spot buy opens and a spot sale closes. */
function effectOf(symbol: string, side: Side, settleType: string): 'open' | 'close' | undefined {
  if (!isLeverage(symbol)) return side === 'buy' ? 'open' : 'close';
  return word({ OPEN: 'open', CLOSE: 'close', LOSS_CUT: 'close' } as const, settleType);
}

interface OrderParts {
  readonly orderId: string;
  readonly symbol: string;
  readonly side: string;
  readonly settleType: string;
  readonly executionType: string;
  readonly timeInForce: string;
  readonly size: string;
  readonly executedSize: string;
  readonly price: string | undefined;
  readonly state: ExchangeOrder['state'] | undefined;
  readonly reason: string | undefined;
  readonly forced: boolean;
  readonly timestamp: string;
}

function mapOrder(parts: OrderParts): ExchangeOrder | null {
  const side = word(SIDES, parts.side);
  const type = word(TYPES, parts.executionType);
  const effect = side && effectOf(parts.symbol, side, parts.settleType);
  const orderTs = parseIsoTime(parts.timestamp);
  const timeInForce = word(TIMES, parts.timeInForce);
  const { state, reason, price } = parts;
  if (!side || !type || !timeInForce || !effect || !state || Number.isNaN(orderTs)) return null;
  return {
    exchangeOrderId: parts.orderId,
    symbol: parts.symbol,
    side,
    effect,
    type,
    timeInForce,
    size: Decimal.of(parts.size),
    ...(type === 'limit' && price !== undefined ? { price: Decimal.of(price) } : {}),
    ...(type === 'stop' && price !== undefined ? { triggerPrice: Decimal.of(price) } : {}),
    filledSize: Decimal.of(parts.executedSize),
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(parts.forced ? { forced: true } : {}),
    orderTs,
  };
}

export function mapOrderRow(row: OrderRow): ExchangeOrder | null {
  const forced = row.orderType === 'LOSSCUT';
  return mapOrder({ ...row, price: row.price, state: word(STATES, row.status), reason: row.cancelType, forced });
}

export function mapOrderFrame(frame: OrderFrame): ExchangeOrder | null {
  const state = word(STATES, frame.orderStatus);
  return mapOrder({
    ...frame,
    size: frame.orderSize,
    executedSize: frame.orderExecutedSize,
    price: frame.orderPrice,
    timestamp: frame.orderTimestamp,
    state,
    // On a working order it tells of a change that was refused (SOK_TAKER, PRICE_LIMIT), not of an end.
    reason: state === 'working' ? undefined : frame.cancelType,
    forced: frame.settleType === 'LOSS_CUT',
  });
}

/** The order as an execution frame shows it: the only place where a full fill is pushed. */
export function mapExecutionOrder(frame: ExecutionFrame): ExchangeOrder | null {
  const filled = Decimal.of(frame.orderExecutedSize).gte(frame.orderSize);
  return mapOrder({
    ...frame,
    size: frame.orderSize,
    executedSize: frame.orderExecutedSize,
    price: frame.orderPrice,
    timestamp: frame.orderTimestamp,
    state: filled ? 'filled' : 'working',
    reason: undefined,
    // The frame does not say; the order's own frame does.
    forced: false,
  });
}

export function mapExecutionRow(row: ExecutionRow): ExchangeFill | null {
  const side = word(SIDES, row.side);
  const effect = side && effectOf(row.symbol, side, row.settleType);
  const ts: EpochMs = parseIsoTime(row.timestamp);
  if (!side || !effect || Number.isNaN(ts)) return null;
  const closesLot = effect === 'close' && isLeverage(row.symbol);
  return {
    exchangeOrderId: row.orderId,
    executionId: row.executionId,
    symbol: row.symbol,
    side,
    effect,
    price: Decimal.of(row.price),
    size: Decimal.of(row.size),
    fee: Decimal.of(row.fee),
    ...(closesLot ? { realizedPnl: Decimal.of(row.lossGain) } : {}),
    ...(row.positionId === undefined ? {} : { positionId: row.positionId }),
    ts,
  };
}

export function mapExecutionFill(frame: ExecutionFrame): ExchangeFill | null {
  return mapExecutionRow({
    ...frame,
    size: frame.executionSize,
    price: frame.executionPrice,
    timestamp: frame.executionTimestamp,
  });
}

export function mapPositionRow(row: PositionRow): ExchangePosition | null {
  const side = word(SIDES, row.side);
  const openedTs = parseIsoTime(row.timestamp);
  if (!side || Number.isNaN(openedTs)) return null;
  const { losscutPrice = '0', positionId, price, size, symbol } = row;
  const cut = Decimal.of(losscutPrice);
  const lot = { positionId, symbol, side, size: Decimal.of(size), price: Decimal.of(price), openedTs };
  return cut.isZero() ? lot : { ...lot, losscutPrice: cut };
}

/** A lot that was closed counts as empty, whatever its frame says of its size. */
export function mapPositionFrame(frame: PositionFrame): ExchangePosition | null {
  return mapPositionRow(frame.msgType === 'CPR' ? { ...frame, size: '0' } : frame);
}

export function mapAssetRow(row: AssetRow): Balance {
  return { asset: row.symbol, total: Decimal.of(row.amount), available: Decimal.of(row.available) };
}

/** The leverage account. JPY; `marginRatio` in percent, absent when nothing is open. */
export interface GmoMargin extends Margin {
  readonly transferable: Decimal;
  readonly marginRatio?: Decimal;
}

const MARGIN_STATES: Readonly<Record<string, Margin['state']>> = {
  NORMAL: 'normal',
  MARGIN_CALL: 'call',
  LOSSCUT: 'losscut',
};

export function mapMargin(data: MarginData): GmoMargin {
  return {
    equity: Decimal.of(data.actualProfitLoss),
    available: Decimal.of(data.availableAmount),
    used: Decimal.of(data.margin),
    unrealizedPnl: Decimal.of(data.profitLoss),
    transferable: Decimal.of(data.transferableAmount),
    ...(data.marginRatio === undefined ? {} : { marginRatio: Decimal.of(data.marginRatio) }),
    // An unknown word is taken for the mildest that still warns.
    state: word(MARGIN_STATES, data.marginCallStatus) ?? 'call',
  };
}

import type { EpochMs } from '@alpha-engine/core';
import type {
  SimulatedChange,
  SimulatedExchange,
  SimulatedFill,
  SimulatedLot,
  SimulatedOrder,
  SimulationReport,
} from '@alpha-engine/core/simulation';
import { iso } from './envelopes.js';
import type { PrivateChannel } from './private-channels.js';
import {
  EXECUTION_TYPES,
  orderPrice,
  settleType,
  sideOf,
  summaryRows,
  TIMES_IN_FORCE,
  unrealizedPnl,
} from './private-rows.js';
import type { SimulatorSwitches } from './switches.js';

export interface PrivateFrame {
  readonly channel: PrivateChannel;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * What the private channels say about reports, in their order. A full fill never shows on `orderEvents`; each change of a
 * lot is followed by the summary of its symbol and side.
 */
export function privateFrames(
  reports: readonly SimulationReport[],
  exchange: SimulatedExchange,
  switches: SimulatorSwitches,
): PrivateFrame[] {
  return reports.flatMap((report) => {
    if (report.kind === 'fill') return [executionFrame(report.fill, report.order, switches)];
    if (report.kind === 'lot') {
      const { lot, change, ts } = report;
      return [positionFrame(lot, change, exchange, ts), summaryFrame(lot.symbol, lot.side, 'UPDATE', exchange, ts)];
    }
    // There is no channel for balances, fees of holding or margin calls.
    if (report.kind !== 'order') return [];
    if (report.change === 'accepted' && report.order.type === 'market' && !switches.marketOrderNor) return [];
    return [orderFrame(report.order, report.change, switches)];
  });
}

function executionFrame(fill: SimulatedFill, order: SimulatedOrder, switches: SimulatorSwitches): PrivateFrame {
  return {
    channel: 'executionEvents',
    body: {
      channel: 'executionEvents',
      orderId: fill.orderId,
      executionId: fill.executionId,
      symbol: fill.symbol,
      settleType: settleType(fill, switches),
      executionType: EXECUTION_TYPES[order.type],
      side: sideOf(fill),
      executionPrice: fill.price.toString(),
      executionSize: fill.size.toString(),
      ...(fill.positionId === undefined ? {} : { positionId: fill.positionId }),
      orderTimestamp: iso(order.orderTs),
      executionTimestamp: iso(fill.ts),
      lossGain: fill.realizedPnl.toString(),
      fee: fill.fee.toString(),
      orderPrice: orderPrice(order),
      orderSize: order.size.toString(),
      orderExecutedSize: order.filledSize.toString(),
      timeInForce: TIMES_IN_FORCE[order.timeInForce],
      msgType: 'ER',
    },
  };
}

/** That a stop was triggered is told as a new order, a change that was refused as a change: neither was ever seen. */
const ORDER_MESSAGES = {
  accepted: 'NOR',
  triggered: 'NOR',
  amended: 'ROR',
  amend_refused: 'ROR',
  canceled: 'COR',
} as const;
const LOT_MESSAGES = { opened: 'OPR', updated: 'UPR', losscut_changed: 'ULR', closed: 'CPR' } as const;

/** An order that fills at once is told as ORDERED first; there is no word for a full fill. */
function orderStatus({ state }: SimulatedOrder): 'WAITING' | 'ORDERED' | 'CANCELED' | 'EXPIRED' {
  if (state === 'waiting') return 'WAITING';
  return state === 'canceled' ? 'CANCELED' : state === 'expired' ? 'EXPIRED' : 'ORDERED';
}

function orderFrame(order: SimulatedOrder, change: SimulatedChange, switches: SimulatorSwitches): PrivateFrame {
  return {
    channel: 'orderEvents',
    body: {
      ...(order.reason === undefined ? {} : { cancelType: order.reason }),
      channel: 'orderEvents',
      executionType: EXECUTION_TYPES[order.type],
      losscutPrice: order.losscutPrice?.toString() ?? '0',
      msgType: change === 'expired' ? switches.expiryMsgType : ORDER_MESSAGES[change],
      orderExecutedSize: order.filledSize.toString(),
      orderId: order.orderId,
      orderPrice: orderPrice(order),
      orderSize: order.size.toString(),
      orderStatus: orderStatus(order),
      orderTimestamp: iso(order.orderTs),
      settleType: order.cause === 'losscut' ? 'LOSS_CUT' : settleType(order, switches),
      side: sideOf(order),
      symbol: order.symbol,
      timeInForce: TIMES_IN_FORCE[order.timeInForce],
    },
  };
}

function positionFrame(
  lot: SimulatedLot,
  change: keyof typeof LOT_MESSAGES,
  exchange: SimulatedExchange,
  ts: EpochMs,
): PrivateFrame {
  return {
    channel: 'positionEvents',
    body: {
      channel: 'positionEvents',
      leverage: '2',
      lossGain: unrealizedPnl(lot, exchange),
      losscutPrice: lot.losscutPrice.toString(),
      msgType: LOT_MESSAGES[change],
      orderdSize: lot.reservedSize.toString(),
      positionId: lot.positionId,
      price: lot.price.toString(),
      side: sideOf(lot),
      size: lot.size.toString(),
      symbol: lot.symbol,
      timestamp: iso(ts),
    },
  };
}

function summaryFrame(
  symbol: string,
  side: 'buy' | 'sell',
  msgType: 'INIT' | 'UPDATE' | 'PERIODIC',
  exchange: SimulatedExchange,
  ts: EpochMs,
): PrivateFrame {
  const row = summaryRows(exchange, symbol).find((candidate) => candidate.side === sideOf({ side })) ?? {
    averagePositionRate: '0',
    positionLossGain: '0',
    side: sideOf({ side }),
    sumOrderQuantity: '0',
    sumPositionQuantity: '0',
    symbol,
  };
  return {
    channel: 'positionSummaryEvents',
    body: { channel: 'positionSummaryEvents', ...row, timestamp: iso(ts), msgType },
  };
}

/** Every open side, as INIT at subscribing or PERIODIC. */
export function allSummaries(
  exchange: SimulatedExchange,
  msgType: 'INIT' | 'PERIODIC',
  ts: EpochMs,
): readonly PrivateFrame[] {
  return summaryRows(exchange).map((row) => ({
    channel: 'positionSummaryEvents',
    body: { channel: 'positionSummaryEvents', ...row, timestamp: iso(ts), msgType },
  }));
}

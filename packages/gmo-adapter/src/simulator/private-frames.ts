import type { EpochMs } from '@alpha-engine/core';
import type {
  SimulatedExchange,
  SimulatedFill,
  SimulatedLot,
  SimulatedOrder,
  SimulationReport,
} from '@alpha-engine/core/simulation';
import { iso } from './envelopes.js';
import { losscutPrice, orderPrice, settleType, sideOf, summaryRows, unrealizedPnl } from './private-rows.js';
import type { SimulatorSwitches } from './switches.js';

export const PRIVATE_CHANNELS = ['executionEvents', 'orderEvents', 'positionEvents', 'positionSummaryEvents'] as const;
export type PrivateChannel = (typeof PRIVATE_CHANNELS)[number];

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
      executionType: order.type === 'market' ? 'MARKET' : 'LIMIT',
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
      timeInForce: order.timeInForce,
      msgType: 'ER',
    },
  };
}

function orderFrame(
  order: SimulatedOrder,
  change: 'accepted' | 'canceled' | 'expired',
  switches: SimulatorSwitches,
): PrivateFrame {
  const [orderStatus, msgType] =
    change === 'accepted'
      ? ['ORDERED', 'NOR']
      : change === 'canceled'
        ? ['CANCELED', 'COR']
        : ['EXPIRED', switches.expiryMsgType];
  return {
    channel: 'orderEvents',
    body: {
      ...(order.reason === undefined ? {} : { cancelType: order.reason }),
      channel: 'orderEvents',
      executionType: order.type === 'market' ? 'MARKET' : 'LIMIT',
      losscutPrice: '0',
      msgType,
      orderExecutedSize: order.filledSize.toString(),
      orderId: order.orderId,
      orderPrice: orderPrice(order),
      orderSize: order.size.toString(),
      orderStatus,
      orderTimestamp: iso(order.orderTs),
      settleType: settleType(order, switches),
      side: sideOf(order),
      symbol: order.symbol,
      timeInForce: order.timeInForce,
    },
  };
}

function positionFrame(
  lot: SimulatedLot,
  change: 'opened' | 'updated' | 'closed',
  exchange: SimulatedExchange,
  ts: EpochMs,
): PrivateFrame {
  return {
    channel: 'positionEvents',
    body: {
      channel: 'positionEvents',
      leverage: '2',
      lossGain: unrealizedPnl(lot, exchange),
      losscutPrice: losscutPrice(lot, exchange),
      msgType: { opened: 'OPR', updated: 'UPR', closed: 'CPR' }[change],
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

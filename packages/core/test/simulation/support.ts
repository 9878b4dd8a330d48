import { Decimal, type TimeInForce } from '@alpha-engine/core';
import {
  type Level,
  SimulatedExchange,
  type SimulatedExchangeOptions,
  type SimulatedRequest,
  type SimulationReport,
} from '@alpha-engine/core/simulation';
import { INSTRUMENTS } from './instruments.js';

export const ASKS: Level[] = [
  [101, 1],
  [102, 2],
  [103, 3],
];
export const BIDS: Level[] = [
  [100, 1],
  [99, 2],
  [98, 3],
];

/** Both symbols show 98–100 / 101–103, with 1, 2 and 3 to take at each level. */
export function exchange(
  balances: Record<string, string> = { JPY: '10000' },
  more: Partial<SimulatedExchangeOptions> = {},
): SimulatedExchange {
  const made = new SimulatedExchange({ instruments: INSTRUMENTS, balances, feeRounding: 'none', ...more });
  made.onBook('BTC', BIDS, ASKS, 1);
  made.onBook('BTC_JPY', BIDS, ASKS, 1);
  return made;
}

export const order = (
  symbol: string,
  side: 'buy' | 'sell',
  size: string,
  more: { price?: string; trigger?: string; close?: number; tif?: TimeInForce; losscut?: string } = {},
): SimulatedRequest => ({
  symbol,
  side,
  effect: more.close === undefined ? 'open' : 'close',
  type: more.trigger !== undefined ? 'stop' : more.price === undefined ? 'market' : 'limit',
  size: Decimal.of(size),
  ...(more.price === undefined ? {} : { price: Decimal.of(more.price) }),
  ...(more.trigger === undefined ? {} : { triggerPrice: Decimal.of(more.trigger) }),
  ...(more.close === undefined ? {} : { positionId: more.close }),
  ...(more.tif === undefined ? {} : { timeInForce: more.tif }),
  ...(more.losscut === undefined ? {} : { losscutPrice: Decimal.of(more.losscut) }),
});

export function placed(at: SimulatedExchange, request: SimulatedRequest, ts = 10) {
  const outcome = at.place(request, ts);
  if (!outcome.accepted) throw new Error(`Refused: ${JSON.stringify(outcome.rejection)}`);
  return outcome;
}

export function refusal(at: SimulatedExchange, request: SimulatedRequest): string {
  const outcome = at.place(request, 10);
  return outcome.accepted ? 'accepted' : outcome.rejection.code;
}

export const fillsOf = (reports: readonly SimulationReport[]) =>
  reports.flatMap((report) =>
    report.kind === 'fill' ? [[report.fill.price.toString(), report.fill.size.toString()]] : [],
  );

export const told = (reports: readonly SimulationReport[]) =>
  reports.map((report) => ('change' in report ? `${report.kind} ${report.change}` : report.kind));

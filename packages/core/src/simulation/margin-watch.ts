import { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import { losscutReached } from './losscut-price.js';
import { take } from './matching.js';
import type { MarginCallStatus, SimulatedLot, SimulationReport } from './types.js';
import type { Venue } from './venue.js';

/** 100 %: below it at the daily judgement there is a margin call. */
const CALL_RATIO = Decimal.of('1');

/** Closes by force the lots of a symbol that have reached their losscut price. */
export function cutLots(venue: Venue, symbol: string, ts: EpochMs, reports: SimulationReport[]): void {
  for (const { positionId } of venue.account.lots(symbol)) {
    const lot = venue.lot(positionId);
    const closing = lot && venue.closingPrice(symbol, lot.side);
    if (lot && closing && losscutReached(lot, closing)) closeByForce(venue, lot, 'POSITION_LOSSCUT', ts, reports);
  }
}

/** Closes everything when equity has fallen to `losscutRatio` of the margin, and ends a margin call that is met. */
export function watchAccount(venue: Venue, losscutRatio: Decimal, ts: EpochMs, reports: SimulationReport[]): void {
  if (venue.marginStatus === 'normal' && venue.account.lots().length === 0) return;
  const { ratio } = venue.margin();
  if (ratio === null || (ratio.gte(CALL_RATIO) && venue.marginStatus === 'margin_call')) {
    setStatus(venue, 'normal', ts, reports);
  } else if (ratio.lte(losscutRatio) || venue.marginStatus === 'losscut') {
    closeEverything(venue, 'ACCOUNT_LOSSCUT', ts, reports);
  }
}

/** The daily judgement: a ratio below 100 % is a margin call, the second time in a row everything is closed by force. */
export function judgeMargin(venue: Venue, ts: EpochMs, reports: SimulationReport[]): void {
  const { ratio } = venue.margin();
  if (ratio === null || ratio.gte(CALL_RATIO)) setStatus(venue, 'normal', ts, reports);
  else if (venue.marginStatus === 'normal') {
    setStatus(venue, 'margin_call', ts, reports);
    cancelOpenings(venue, 'MARGIN_CALL', ts, reports);
  } else closeEverything(venue, 'MARGIN_CALL_LOSSCUT', ts, reports);
}

function closeEverything(venue: Venue, reason: string, ts: EpochMs, reports: SimulationReport[]): void {
  setStatus(venue, 'losscut', ts, reports);
  cancelOpenings(venue, reason, ts, reports);
  for (const { positionId } of venue.account.lots()) {
    const lot = venue.lot(positionId);
    if (lot !== null) closeByForce(venue, lot, reason, ts, reports);
  }
  if (venue.account.lots().length === 0) setStatus(venue, 'normal', ts, reports);
}

function cancelOpenings(venue: Venue, reason: string, ts: EpochMs, reports: SimulationReport[]): void {
  for (const { orderId, symbol, effect } of venue.orders.open()) {
    if (effect === 'open' && venue.instruments.get(symbol)?.kind === 'leverage')
      venue.end(orderId, 'canceled', reason, ts, reports);
  }
}

/** Its working closes make way; what the book does not take waits for the next one. */
function closeByForce(venue: Venue, lot: SimulatedLot, reason: string, ts: EpochMs, reports: SimulationReport[]): void {
  const { symbol, positionId, size } = lot;
  // No market of it is followed any more.
  if (!venue.instruments.has(symbol)) return;
  const side = lot.side === 'buy' ? 'sell' : 'buy';
  if (venue.depth(symbol).slices(side, size).length === 0) return;
  for (const { orderId, closes } of venue.orders.open(symbol)) {
    if (closes.some((share) => share.positionId === positionId)) venue.end(orderId, 'canceled', reason, ts, reports);
  }
  const closes = [{ positionId, size }];
  const { orderId } = venue.orders.accept(
    { symbol, side, effect: 'close', type: 'market', size, positionId },
    { closes, cause: 'losscut', timeInForce: 'ioc' },
    ts,
    reports,
  );
  venue.showLots(closes, ts, reports);
  take(venue, orderId, 'older', ts, reports);
}

function setStatus(venue: Venue, status: MarginCallStatus, ts: EpochMs, reports: SimulationReport[]): void {
  if (venue.marginStatus === status) return;
  venue.marginStatus = status;
  reports.push({ kind: 'margin', status, ts });
}

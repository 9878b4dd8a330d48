import type { EpochMs } from '../events/common.js';
import { DAY_MS, HOLDING_FEE_RATE, lastRoll } from '../instrument/holding-fee.js';
import { judgeMargin } from './margin-watch.js';
import type { SimulationReport } from './types.js';
import type { Venue } from './venue.js';

/** 06:30 JST: margin calls are judged, half an hour after the day has rolled. */
const JUDGED_AFTER_MS = 1_800_000;

/** What the days between two moments bring, in order. `before` itself is past already. */
export function passDays(venue: Venue, before: EpochMs, now: EpochMs, reports: SimulationReport[]): void {
  if (venue.leverageRules === 'none') return;
  for (let roll = lastRoll(before); roll <= now; roll += DAY_MS) {
    const judgement = roll + JUDGED_AFTER_MS;
    if (roll > before) chargeHolding(venue, roll, reports);
    if (judgement > before && judgement <= now) judgeMargin(venue, judgement, reports);
  }
}

/** A lot's value is its size at what closing it would pay. Both sides pay. */
function chargeHolding(venue: Venue, ts: EpochMs, reports: SimulationReport[]): void {
  for (const { positionId, symbol, side, size, price } of venue.account.lots()) {
    const value = (venue.closingPrice(symbol, side) ?? price).times(size);
    const amount = venue.roundFee(value.times(HOLDING_FEE_RATE));
    if (amount.isZero()) continue;
    venue.account.add(venue.quote, amount.negated());
    reports.push({ kind: 'holding_fee', fee: { positionId, symbol, amount, ts } });
  }
}

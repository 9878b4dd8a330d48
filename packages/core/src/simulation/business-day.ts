import { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import { judgeMargin } from './margin-watch.js';
import type { SimulationReport } from './types.js';
import type { Venue } from './venue.js';

const DAY_MS = 86_400_000;
/** 06:00 JST: the business day rolls, and every lot that is open pays. */
const ROLL_MS = 21 * 3_600_000;
/** 06:30 JST: margin calls are judged. */
const JUDGEMENT_MS = ROLL_MS + 1_800_000;

/** Of a lot's value, each day it is held over the roll. */
const HOLDING_FEE_RATE = Decimal.of('0.0004');

/** What the days between two moments bring, in order. `before` itself is past already. */
export function passDays(venue: Venue, before: EpochMs, now: EpochMs, reports: SimulationReport[]): void {
  for (let day = Math.floor((before - JUDGEMENT_MS) / DAY_MS); ; day++) {
    const roll = day * DAY_MS + ROLL_MS;
    const judgement = day * DAY_MS + JUDGEMENT_MS;
    if (roll > now) return;
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

import { Decimal } from '../decimal/decimal.js';
import { DAY_MS, HOLDING_FEE_RATE, lastRoll } from '../instrument/holding-fee.js';
import type { Difference } from './compare-books.js';
import { watchEquity } from './equity-watch.js';
import type { HoldingFeeDue } from './executor-state.js';
import { pricesOf } from './prices-of.js';
import { type StepContext, symbolState } from './step-context.js';

/** How far what was taken may be from what was reckoned: at which price the exchange values a lot is not known. */
const BOUNDS = { least: '0.5', most: '1.5' } as const;
/** And for each night of each lot, because a fee is rounded to the whole yen, nobody knows how: that of a small lot is one yen, or none. */
const ROUNDING = Decimal.of('1');
/** Balances that agree so long after the roll say that nothing was taken. Market milliseconds. */
const TAKEN_WITHIN_MS = 3_600_000;

/**
 * At 06:00 JST every open lot pays for the night, and no message tells it. So what it should be is remembered when the day rolls, and
 * the balances are looked at: what is missing then is booked, to the yen, to the owners of the lots.
 */
export function rememberHoldingFees(context: StepContext): void {
  const { state, at } = context;
  const { account } = state;
  const roll = lastRoll(at.marketTs);
  const before = account.rolledTs;
  account.rolledTs = roll;
  if (before === null || roll <= before) return;
  const nights = Math.round((roll - before) / DAY_MS);
  const due = state.ledger.lots().map(({ symbol, strategy, size, price }): HoldingFeeDue => {
    const known = symbolState(context, symbol);
    const value = ((known && pricesOf(known)?.mid) ?? price).times(size);
    return { symbol, strategy, nights, expected: value.times(HOLDING_FEE_RATE).times(nights) };
  });
  if (due.length === 0) return;
  account.holdingFees = [...account.holdingFees, ...due];
  account.wanted = 'now';
}

/** Balances that agree long after the roll: there was no fee. */
export function forgetHoldingFees({ state, at }: StepContext): void {
  const { account } = state;
  if (at.marketTs - (account.rolledTs ?? at.marketTs) >= TAKEN_WITHIN_MS) account.holdingFees = [];
}

/** Books a difference that is a night's fees. False for any other one. */
export function bookHoldingFees(context: StepContext, { what: asset, ours, theirs }: Difference): boolean {
  const { state, config, at, out } = context;
  const due = state.account.holdingFees.filter(({ symbol }) => state.assets.get(symbol)?.quote === asset);
  const expected = Decimal.sum(due.map((one) => one.expected));
  const taken = Decimal.of(ours).minus(theirs);
  const rounding = Decimal.sum(due.map(({ nights = 1 }) => ROUNDING.times(nights)));
  const least = expected.times(BOUNDS.least).minus(rounding);
  const most = expected.times(BOUNDS.most).plus(rounding);
  if (!expected.isPositive() || !taken.isPositive() || taken.lt(least) || taken.gt(most)) return false;
  let reckoned = Decimal.zero;
  let booked = Decimal.zero;
  due.forEach(({ symbol, strategy, expected: share }, index) => {
    reckoned = reckoned.plus(share);
    // Of the sum so far, so that rounding never leaves less than nothing for the last.
    const upToHere = index === due.length - 1 ? taken : taken.times(reckoned).dividedBy(expected).round(0);
    state.ledger.bookHoldingFee(symbol, strategy, upToHere.minus(booked), at.marketTs);
    booked = upToHere;
    out.position(state.ledger.position(config.exchange, strategy, symbol));
  });
  state.account.holdingFees = state.account.holdingFees.filter((one) => !due.includes(one));
  out.notices.push({
    kind: 'repaired',
    symbol: '*',
    what: `${taken} ${asset} were taken for lots held over the roll of the day.`,
  });
  watchEquity(context, 'fill');
  return true;
}

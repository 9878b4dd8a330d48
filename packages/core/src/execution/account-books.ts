import { Decimal } from '../decimal/decimal.js';
import type { Balance } from '../exchange/broker.js';
import { isAccepted } from './accepted.js';
import { balanceDifferences, type Difference } from './compare-books.js';
import type { ExecutorState, SymbolState } from './executor-state.js';
import type { StepTime } from './executor-types.js';
import { bookHoldingFees, forgetHoldingFees } from './holding-fees.js';
import { alarm, type StepContext } from './step-context.js';

/** Wall milliseconds between looks at the balances. */
const EVERY = { soon: 1_000, timer: 60_000 };
/** A look that did not come back is asked for again after this. Wall milliseconds. */
const LOST_AFTER_MS = 10_000;
/** Looks that may differ in a row before it is an alarm: a fill on its way explains a few. */
const PATIENCE = 3;
const ACCOUNT = '*';

/**
 * Balances are the last comparison of all: they show what no order, fill or lot does (a fee nobody reckoned with, a deposit).
 * Openings wait until they agree; closes do not, once the books of their symbol do.
 */
export function onBalances(context: StepContext, balances: readonly Balance[], begun: StepTime): void {
  const { state, config, out } = context;
  const { account } = state;
  account.out = false;
  if (state.baseline === null) {
    state.baseline = balances;
    account.agreed = true;
    account.wanted = null;
    account.askedWallTs = context.at.wallTs;
    return;
  }
  const books = {
    assets: Object.fromEntries(state.assets),
    baseline: state.baseline,
    totals: Object.fromEntries(state.ledger.totals()),
    transfers: account.transfers,
  };
  const found = balanceDifferences(books, balances).filter((one) => {
    if (!isAccepted(context, one)) return true;
    bookTransfer(context, one);
    return false;
  });
  if (found.length === 0) {
    if (!account.agreed) out.notices.push({ kind: 'reconciled', symbol: ACCOUNT });
    account.agreed = true;
    account.wanted = null;
    account.mismatches = 0;
    account.lastAlarm = null;
    forgetHoldingFees(context);
    return;
  }
  if (!symbolsAgree(state)) {
    account.kept = { balances, begun };
    return;
  }
  account.wanted = 'soon';
  if (isMovingSince(state, begun)) return;
  if (found.every((one) => bookHoldingFees(context, one))) {
    onBalances(context, balances, begun);
    return;
  }
  account.mismatches += 1;
  if (account.mismatches < PATIENCE) return;
  if (!config.exclusive) {
    for (const one of found) bookTransfer(context, one);
    account.agreed = true;
    account.mismatches = 0;
    return;
  }
  account.agreed = false;
  const sentences = found.map(({ message }) => message).join(' ');
  const words = `The balances differ from the books. ${sentences} Nothing is opened until they agree: see alpha reconcile.`;
  if (account.lastAlarm !== words) alarm(context, ACCOUNT, words);
  account.lastAlarm = words;
}

/** Money that moved and no fill explains: becomes part of what the account began with. */
function bookTransfer(context: StepContext, { theirs, ours, what: asset }: Difference): void {
  const { account } = context.state;
  const size = Decimal.of(theirs).minus(ours);
  const before = account.transfers.find((one) => one.asset === asset)?.size ?? Decimal.zero;
  account.transfers = [...account.transfers.filter((one) => one.asset !== asset), { asset, size: before.plus(size) }];
  const what = `${size} ${asset} that no fill explains are booked as a transfer.`;
  context.out.notices.push({ kind: 'repaired', symbol: ACCOUNT, what });
}

/** Asks for the balances when they are due: after every symbol agrees, then on a timer. */
export function scheduleBalances(context: StepContext, clock: boolean): void {
  const { state, at, out } = context;
  const { account } = state;
  // The first balances come unasked; without them there is nothing to compare.
  if (state.baseline === null || !symbolsAgree(state)) return;
  const { kept } = account;
  account.kept = null;
  if (kept !== null && !isMovingSince(state, kept.begun)) onBalances(context, kept.balances, kept.begun);
  if (!clock) return;
  const waited = account.askedWallTs === null ? Number.POSITIVE_INFINITY : at.wallTs - account.askedWallTs;
  const every = account.wanted === 'now' ? 0 : account.wanted === 'soon' || !account.agreed ? EVERY.soon : EVERY.timer;
  if (waited < (account.out ? LOST_AFTER_MS : every)) return;
  account.wanted = null;
  account.askedWallTs = at.wallTs;
  account.out = true;
  out.actions.push({ kind: 'balances' });
}

/** True too where nothing was ever told to compare with. */
export function balancesAgree(state: ExecutorState): boolean {
  return state.baseline === null || state.account.agreed;
}

/**
 * Whether signals and orders of a symbol need not wait: its books agree, and what the balances say is known, be it good or bad. While
 * another symbol is known to differ nobody can judge the balances, which may be for good: no exit waits for that.
 */
export function isReconciled({ state }: StepContext, symbol: SymbolState): boolean {
  return symbol.reconciled && (balancesAgree(state) || state.account.lastAlarm !== null || someSymbolDiffers(state));
}

function someSymbolDiffers({ symbols }: ExecutorState): boolean {
  return [...symbols.values()].some(({ lastAlarm, reconciled }) => !reconciled && lastAlarm !== null);
}

/**
 * The balances may be from before a fill that is booked (it was after they were asked for), or from after one that is not: of a
 * placement nobody answered yet, or of an order that is known to have more.
 */
function isMovingSince({ account, orders, symbols }: ExecutorState, begun: StepTime): boolean {
  if (account.bookedWallTs !== null && begun.wallTs <= account.bookedWallTs) return true;
  if (orders.unsettled().some(({ order, reportedSize }) => reportedSize.gt(order.filledSize))) return true;
  return [...symbols.keys()].some((symbol) => orders.unanswered(symbol) !== undefined);
}

function symbolsAgree({ symbols }: ExecutorState): boolean {
  for (const { reconciled } of symbols.values()) if (!reconciled) return false;
  return true;
}

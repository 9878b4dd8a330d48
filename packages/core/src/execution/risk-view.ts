import type { TrackedOrder } from '../orders/order-ledger.js';
import type { RiskView } from '../risk/check.js';
import { balancesAgree } from './account-books.js';
import { equityNow } from './equity-watch.js';
import { pricesOf } from './prices-of.js';
import { closedReason, feedProblem } from './risk-watch.js';
import { type StepContext, symbolState } from './step-context.js';

/**
 * What the gate may look at for one signal. `except` is a recorded order that is judged once more and must not count against itself; how
 * many were approved lately is then no matter, because it is one of them.
 */
export function riskView(
  context: StepContext,
  { symbol, strategy }: { readonly symbol: string; readonly strategy: string },
  duplicate: boolean,
  except?: TrackedOrder,
): RiskView {
  const { config, instruments, state, at } = context;
  const { risk, exposures } = state;
  const { limits, losses } = risk;
  const known = symbolState(context, symbol);
  const mark = known?.mark ?? null;
  const kinds = config.orderKinds[symbol] ?? null;
  state.equity ??= equityNow(context);
  const { equity, drawdown } = state.equity;
  return {
    now: at.marketTs,
    instrument: instruments.get(symbol) ?? null,
    duplicate,
    maxSignalAgeMs: config.maxSignalAgeMs,
    maxDataAgeMs: config.maxDataAgeMs,
    maxPositionSize: config.maxPositionSize,
    maxDrawdown: config.maxDrawdown,
    limits,
    halts: risk.states.over(symbol),
    closed: known === undefined ? null : closedReason(known),
    quote: mark,
    prices: known === undefined ? null : pricesOf(known),
    feedProblem: known === undefined ? null : feedProblem(known),
    clockSkewMs: risk.clockSkewMs,
    reconciled: (known?.reconciled ?? false) && balancesAgree(state),
    // None at all says that nobody knows.
    orderKinds: (kinds?.length ?? 0) === 0 ? null : kinds,
    working: exposures.working(symbol, except),
    exposure: exposures.of(symbol, strategy, except),
    openingsOfMinute: except === undefined ? risk.openings.at(at.marketTs) : 0,
    drawdown,
    dailyLoss: losses.dailyLoss(equity),
    losingStreak: losses.losingStreak(symbol),
    lastLossTs: losses.lastLossTs(symbol),
  };
}

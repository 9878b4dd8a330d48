import { Decimal } from '../decimal/decimal.js';
import type { TrackedOrder } from '../orders/order-ledger.js';
import { isFinal } from '../orders/transitions.js';
import type { RiskView } from '../risk/check.js';
import { balancesAgree } from './account-books.js';
import { equityNow } from './equity-watch.js';
import { type StepContext, symbolState } from './step-context.js';

/** What the gate may look at for one signal. `except` is an order that is judged itself and must not count against itself. */
export function riskView(context: StepContext, symbol: string, duplicate: boolean, except?: TrackedOrder): RiskView {
  const { config, instruments, state, at } = context;
  const known = symbolState(context, symbol);
  return {
    now: at.marketTs,
    instrument: instruments.get(symbol) ?? null,
    duplicate,
    maxSignalAgeMs: config.maxSignalAgeMs,
    maxDataAgeMs: config.maxDataAgeMs,
    maxPositionSize: config.maxPositionSize,
    maxDrawdown: config.maxDrawdown,
    halt: state.accountHalt ?? known?.halt ?? null,
    quoteTs: known?.mark?.ts ?? null,
    feedProblem: Object.values(known?.feedProblems ?? {})[0] ?? null,
    reconciled: (known?.reconciled ?? false) && balancesAgree(state),
    exposure: exposureOf(context, symbol, except),
    drawdown: equityNow(context).drawdown,
    drawdownStopped: state.drawdownStopped,
  };
}

function exposureOf(context: StepContext, symbol: string, except: TrackedOrder | undefined): Decimal {
  let exposure = context.state.ledger.grossSize(symbol);
  for (const tracked of context.state.orders.unsettled(symbol)) {
    const { order, reportedSize } = tracked;
    if (tracked === except || order.terms.effect !== 'open') continue;
    const whole = isFinal(order.status) ? Decimal.min(reportedSize, order.terms.size) : order.terms.size;
    exposure = exposure.plus(Decimal.max(Decimal.zero, whole.minus(order.filledSize)));
  }
  return exposure;
}

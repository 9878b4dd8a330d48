import type { ControlEvent } from '../events/control.js';
import { ALL_SYMBOLS } from '../events/status.js';
import { onReconcile } from './accepted.js';
import { equityNow } from './equity-watch.js';
import { beginFlattening } from './flatten.js';
import { finish } from './publish-order.js';
import { halt, lift, type StepContext, symbolState, wantSweep } from './step-context.js';

/**
 * An operator's word. `halt` lets nothing leave but what protects or flattens, and cancels working openings; `reduce` lets only
 * what reduces leave, and working openings be; `resume` lifts both, and halts that the engine set and does not lift by itself.
 */
export function onControl(context: StepContext, event: ControlEvent): void {
  const { action, id, reason, symbol: scope } = event;
  const { risk, symbols } = context.state;
  if (scope !== ALL_SYMBOLS && !symbols.has(scope)) {
    // Nothing is known of it; whoever asked sees that the answer is about the account.
    risk.answer(ALL_SYMBOLS, id);
    return;
  }
  switch (action) {
    case 'halt':
      halt(context, scope, reason, 'operator_halt');
      break;
    case 'reduce':
      // The later word holds: it may be the milder one.
      lift(context, scope, 'operator_halt');
      halt(context, scope, reason, 'operator_reduce');
      break;
    case 'reconcile':
      onReconcile(context, event);
      return;
    case 'flatten':
      beginFlattening(context, id, scope, reason);
      break;
    case 'resume':
      for (const symbol of symbols.keys()) if (scope === ALL_SYMBOLS || scope === symbol) resumeSymbol(context, symbol);
      if (scope === ALL_SYMBOLS) resumeAccount(context);
      break;
  }
  // Told even when nothing changed: whoever asked waits for an answer.
  risk.answer(scope, id);
}

function resumeAccount(context: StepContext): void {
  const { ledger, risk } = context.state;
  const wasLoss = (['drawdown', 'daily_loss'] as const).some((cause) => risk.states.has(ALL_SYMBOLS, cause));
  risk.errors.clear();
  if (risk.states.resume(ALL_SYMBOLS)) risk.note(ALL_SYMBOLS);
  if (!wasLoss) return;
  // Otherwise the same fall would stop it again at the next quote.
  const { equity } = equityNow(context);
  ledger.resetPeak(equity);
  risk.losses.restartDay(equity);
  context.state.equity = null;
}

/** The operator has looked: what stayed in doubt and could not be resolved is taken to have had no effect. */
function resumeSymbol(context: StepContext, symbol: string): void {
  const { orders, risk } = context.state;
  // The limit may be smaller than when the trades were lost: then no halt stands, and openings are denied all the same.
  const { maxLosingStreak: most } = risk.limits;
  const isLosing = most !== null && risk.losses.losingStreak(symbol) >= most;
  if (isLosing || risk.states.has(symbol, 'losing_streak')) risk.losses.forgive(symbol);
  if (risk.states.resume(symbol)) risk.note(symbol);
  const known = symbolState(context, symbol);
  const tracked = orders.unanswered(symbol);
  if (known === undefined || tracked === undefined || tracked.unresolvable === null) return;
  finish(context, tracked, 'VOID', 'An operator resumed trading after looking at the exchange.');
  known.answeredWallTs = context.at.wallTs;
  wantSweep(context, symbol);
}

import { ALL_SYMBOLS } from '../events/status.js';
import type { ClientOrderId } from '../orders/order.js';
import { watchDay } from './equity-watch.js';
import type { SymbolState } from './executor-state.js';
import type { ExecutorInput } from './executor-types.js';
import { alarm, halt, lift, type StepContext, trackedOf } from './step-context.js';

/** Halts that begin and end by themselves: looked at on every clock. Those of loss stand in `equity-watch.ts`. */
export function watchRisk(context: StepContext): void {
  for (const [name, symbol] of context.state.symbols) {
    hold(context, name, 'stale_data', staleness(context, name, symbol));
    hold(context, name, 'difference', symbol.reconciled ? null : symbol.lastAlarm);
  }
  hold(context, ALL_SYMBOLS, 'clock_skew', skew(context));
  watchMargin(context);
  watchErrors(context);
  watchDay(context);
}

/** What the exchange closed against, or null: maintenance and preopen are no matter of the feed. */
export function closedReason({ feedProblems }: SymbolState): string | null {
  return feedProblems.exchange ?? null;
}

export function feedProblem({ feedProblems }: SymbolState): string | null {
  for (const [channel, problem] of Object.entries(feedProblems)) if (channel !== 'exchange') return problem;
  return null;
}

/** A request came back undone, or did not come back. */
export function noteExchangeError(context: StepContext): void {
  context.state.risk.errors.note(context.at.wallTs);
}

export function watchRefusal(
  context: StepContext,
  { clientOrderId, code, error, message }: Extract<ExecutorInput, { kind: 'refused' }>,
): void {
  // Maintenance is announced, and has a check of its own.
  if (error === 'EXCHANGE_MAINTENANCE') return;
  noteExchangeError(context);
  if (error === 'EXCHANGE_AUTH') keyRefused(context, clientOrderId, `${code}: ${message}`);
}

/** Nothing more is opened with a key that may not close. */
function keyRefused(context: StepContext, id: ClientOrderId, said: string): void {
  const { effect, symbol } = trackedOf(context, id).order.terms;
  const what = effect === 'close' ? 'close a position' : 'open a position';
  const reason = `The exchange refused to ${what} on ${symbol} with this API key (${said}). Give the key the permissions to open and to close, then send resume.`;
  alarm(context, symbol, reason);
  halt(context, ALL_SYMBOLS, reason, 'key_refused');
}

function hold(
  context: StepContext,
  scope: string,
  cause: 'stale_data' | 'difference' | 'clock_skew' | 'margin_call',
  reason: string | null,
): void {
  if (reason === null) lift(context, scope, cause);
  else halt(context, scope, reason, cause);
}

/** Null before the first quote too: nothing is opened then, and nothing was interrupted. */
function staleness({ at, config }: StepContext, name: string, symbol: SymbolState): string | null {
  const problem = feedProblem(symbol);
  if (problem !== null) return `The feed of ${name} is not to be relied on: ${problem}.`;
  const ageMs = symbol.mark === null ? 0 : at.marketTs - symbol.mark.ts;
  if (ageMs <= config.maxDataAgeMs) return null;
  return `The last quote of ${name} is older than ${config.maxDataAgeMs} ms.`;
}

function skew({ state: { risk } }: StepContext): string | null {
  const { clockSkewMs, limits } = risk;
  if (clockSkewMs === null || Math.abs(clockSkewMs) <= limits.maxClockSkewMs) return null;
  const sentence = `This machine's clock is more than ${limits.maxClockSkewMs} ms from the exchange's.`;
  return `${sentence} Synchronise it (NTP).`;
}

/** The exchange refuses openings itself then; to pay in or to reduce is the operator's. After a restart it stands until it was told anew. */
function watchMargin(context: StepContext): void {
  const { margin } = context.state;
  if (margin === null) return;
  const { equity, state, used } = margin;
  const says = { call: 'calls for margin', losscut: 'closes positions by force' };
  const reason =
    state === 'normal'
      ? null
      : `The exchange ${says[state]}: the equity of the account is ${equity}, and its positions need ${used}. Pay in or reduce.`;
  hold(context, ALL_SYMBOLS, 'margin_call', reason);
}

/** Begins at the limit and ends when a minute passed without any: one request at a time would keep it up for ever otherwise. */
function watchErrors(context: StepContext): void {
  const { errors, limits } = context.state.risk;
  const count = errors.at(context.at.wallTs);
  if (count === 0) lift(context, ALL_SYMBOLS, 'exchange_errors');
  if (count < limits.maxExchangeErrors) return;
  const reason = `The exchange left ${limits.maxExchangeErrors} requests of the last minute undone.`;
  halt(context, ALL_SYMBOLS, reason, 'exchange_errors');
}

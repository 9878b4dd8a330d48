import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs } from '../events/common.js';
import type { Instrument } from '../instrument/instrument.js';
import type { ClientOrderId } from '../orders/order.js';
import type { TrackedOrder } from '../orders/order-ledger.js';
import type { HaltCause } from '../risk/halt-causes.js';
import type { ExecutorState, SymbolState } from './executor-state.js';
import type { ExecutorConfig, StepTime } from './executor-types.js';
import type { StepOutput } from './step-output.js';

/** What every part of a step works on: the state it may change, and where it says what must be done. */
export interface StepContext {
  readonly config: ExecutorConfig;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly state: ExecutorState;
  readonly out: StepOutput;
  readonly at: StepTime;
}

export function symbolState(context: StepContext, symbol: string): SymbolState | undefined {
  return context.state.symbols.get(symbol);
}

/** Stops a symbol, or with `*` the account, as far as the cause asks for. Said once; what follows from it is done at the end of the input. */
export function halt(context: StepContext, scope: string, reason: string, cause: HaltCause = 'unexplained'): void {
  const { risk } = context.state;
  if (!risk.states.add(scope, { cause, reason, sinceTs: context.at.marketTs })) return;
  risk.note(scope, cause);
  context.out.notices.push({ kind: 'halted', symbol: scope, reason });
}

/** Lifts a halt that is over. */
export function lift(context: StepContext, scope: string, cause: HaltCause): void {
  const { risk } = context.state;
  if (!risk.states.lift(scope, cause)) return;
  risk.note(scope);
  context.out.notices.push({ kind: 'resumed', symbol: scope, cause });
}

/** Asks for a look at the exchange at once. */
export function wantSweep(context: StepContext, symbol: string): void {
  const state = symbolState(context, symbol);
  if (state !== undefined) state.sweepWanted = true;
}

export function trackedOf(context: StepContext, id: ClientOrderId): TrackedOrder {
  const tracked = context.state.orders.get(id);
  if (tracked !== undefined) return tracked;
  throw new AlphaError('UNEXPECTED', `The executor was told of order ${id}, which it did not make.`, {
    context: { clientOrderId: id },
  });
}

export function alarm(context: StepContext, symbol: string, message: string): void {
  context.out.notices.push({ kind: 'alarm', symbol, message });
}

/** Market milliseconds per wall millisecond, as seen since this process began; 1 at a real exchange. */
export function marketSpeed(context: StepContext): number {
  const { first } = context.state;
  const wall = first === null ? 0 : context.at.wallTs - first.wallTs;
  if (first === null || wall < 100) return 1;
  return Math.max(1, (context.at.marketTs - first.marketTs) / wall);
}

/** Oldest market time of which this symbol still remembers every id: older news is old news. */
export function rememberedSince(context: StepContext, symbol: SymbolState): EpochMs {
  const agreed = symbol.agreedTs ?? symbol.begunTs ?? context.at.marketTs;
  return Math.min(context.at.marketTs - REMEMBER_MS, agreed - 2 * sweepOverlapMs(context));
}

/** How far before the last agreed sweep the next one reads fills: more than our market clock can be off. Market milliseconds. */
export function sweepOverlapMs(context: StepContext): number {
  return 60_000 * Math.max(1, marketSpeed(context) / 10);
}

/** How long finished orders and decided signals stay in memory. Market milliseconds. */
const REMEMBER_MS = 900_000;

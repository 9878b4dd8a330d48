import { marketSpeed, rememberedSince, type StepContext, sweepOverlapMs } from './step-context.js';
import { TOLERANCE_MS } from './unbound.js';

/** Wall milliseconds between sweeps of a symbol. */
const EVERY = { unsure: 1_000, working: 5_000, timer: 60_000 };
/** A sweep that did not come back is asked for again after this. Wall milliseconds. */
const LOST_AFTER_MS = 10_000;

/** Asks for the sweeps that are due: at once when something calls for one, then the more often the less is sure. */
export function scheduleSweeps(context: StepContext, clock: boolean): void {
  const { state, at, out } = context;
  for (const [symbol, known] of state.symbols) {
    if (!clock && !known.sweepWanted) continue;
    const waited = known.askedWallTs === null ? Number.POSITIVE_INFINITY : at.wallTs - known.askedWallTs;
    if (known.sweepOut && waited < LOST_AFTER_MS) continue;
    const inDoubt = state.orders.unanswered(symbol)?.order.request === 'place_in_doubt';
    const unsure = !known.reconciled || inDoubt;
    // The private stream may be silent without saying so: an unfinished order is asked about.
    const working = state.orders.unsettled(symbol).some(({ order }) => order.status !== 'PENDING');
    const every = unsure ? EVERY.unsure : working ? EVERY.working : EVERY.timer;
    const due = clock && waited >= every;
    // A difference that persists asks again every second, not in every step.
    const wanted =
      known.sweepWanted && (clock || known.reconciled) && waited >= (known.mismatches > 0 ? EVERY.unsure : 0);
    if (!due && !wanted) continue;
    known.sweepWanted = false;
    known.askedWallTs = at.wallTs;
    known.sweepOut = true;
    out.actions.push({
      kind: 'sweep',
      symbol,
      fillsFrom: fillsFrom(context, symbol),
      orderIds: orderIds(context, symbol),
    });
  }
}

function fillsFrom(context: StepContext, symbol: string): number {
  const known = context.state.symbols.get(symbol);
  const sent = context.state.orders.unanswered(symbol)?.sentTs ?? null;
  const agreed = known?.agreedTs ?? known?.begunTs ?? context.at.marketTs;
  const inDoubt = sent === null ? agreed : sent - TOLERANCE_MS * marketSpeed(context);
  return Math.max(0, Math.floor(Math.min(agreed, inDoubt) - sweepOverlapMs(context)));
}

/** Our working orders, and the ids that private frames named and nobody has explained. */
function orderIds(context: StepContext, symbol: string): readonly string[] {
  const ids = new Set<string>();
  for (const { order } of context.state.orders.unsettled(symbol)) {
    if ('exchangeOrderId' in order && order.exchangeOrderId !== undefined) ids.add(order.exchangeOrderId);
  }
  for (const [id, frames] of context.state.unbound) if (frames.symbol === symbol) ids.add(id);
  return [...ids];
}

/** Forgets what is too old to come back: keeps memory and checkpoints bounded. */
export function forget(context: StepContext): void {
  const { state } = context;
  let oldest = context.at.marketTs;
  for (const [symbol, known] of state.symbols) {
    const since = rememberedSince(context, known);
    oldest = Math.min(oldest, since);
    state.orders.drop(symbol, since);
  }
  for (const [id, ts] of state.external) if (ts < oldest) state.external.delete(id);
  for (const [id, ts] of state.decided) if (ts < oldest) state.decided.delete(id);
}

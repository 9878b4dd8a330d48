import type { ControlEvent } from '../events/control.js';
import type { TickerEvent } from '../events/market.js';
import { ALL_SYMBOLS, type StatusEvent } from '../events/status.js';
import { onReconcile } from './accepted.js';
import { equityNow, watchEquity } from './equity-watch.js';
import { cancelOrder } from './order-changes.js';
import { finish } from './publish-order.js';
import { type StepContext, symbolState, wantSweep } from './step-context.js';

const INTERRUPTIONS: ReadonlySet<string> = new Set(['stale', 'disconnected', 'gap']);
const CLOSED: ReadonlySet<string> = new Set(['maintenance', 'preopen']);
const RECOVERIES: ReadonlySet<string> = new Set(['subscribed', 'resynced']);
const MARKET_CHANNELS = ['trade', 'orderbook', 'ticker'] as const;

/** A quote moves the mark; an older one than the last changes nothing. */
export function onQuote(context: StepContext, event: TickerEvent): void {
  const symbol = symbolState(context, event.symbol);
  if (symbol === undefined || (symbol.mark !== null && event.ts < symbol.mark.ts)) return;
  symbol.mark = { bid: event.data.bid, ask: event.data.ask, ts: event.ts };
  watchEquity(context, 'quote');
}

/** Remembers which channels are interrupted. Order books are not looked at: decisions and marks come from trades and tickers. */
export function onStatus(context: StepContext, event: StatusEvent): void {
  const { state, channel, reason } = event.data;
  if (channel === 'orderbook') return;
  for (const [name, symbol] of context.state.symbols) {
    if (event.symbol !== ALL_SYMBOLS && event.symbol !== name) continue;
    const said = reason === undefined ? state : `${state} (${reason})`;
    // Whether the exchange trades is another matter than whether its data flow: data come in preopen too.
    if (CLOSED.has(state)) symbol.feedProblems.exchange = said;
    if (state === 'open') delete symbol.feedProblems.exchange;
    const key = channel ?? '*';
    if (INTERRUPTIONS.has(state)) symbol.feedProblems[key] = said;
    if (!RECOVERIES.has(state)) continue;
    delete symbol.feedProblems[key];
    // Data on one channel prove that the connection as a whole is back; a word about all channels speaks for each.
    delete symbol.feedProblems['*'];
    if (channel !== undefined) continue;
    for (const one of MARKET_CHANNELS) delete symbol.feedProblems[one];
  }
}

/** An operator's word: `halt` also cancels working openings, `reduce` lets them be, `resume` lifts halts of any cause. */
export function onControl(context: StepContext, event: ControlEvent): void {
  const { state } = context;
  const all = event.symbol === ALL_SYMBOLS;
  if (event.action === 'reconcile') {
    onReconcile(context, event);
    return;
  }
  for (const [name, symbol] of state.symbols) {
    if (!all && name !== event.symbol) continue;
    if (event.action === 'resume') resume(context, name);
    else if (!all) symbol.halt = event.reason;
    if (event.action === 'halt') cancelOpenings(context, name);
  }
  if (!all) return;
  if (event.action !== 'resume') {
    state.accountHalt = event.reason;
    return;
  }
  state.accountHalt = null;
  if (!state.drawdownStopped) return;
  state.drawdownStopped = false;
  // Otherwise the same fall would stop it again at the next quote.
  state.ledger.resetPeak(equityNow(context).equity);
}

/** The operator has looked: what stayed in doubt and could not be resolved is taken to have had no effect. */
function resume(context: StepContext, symbol: string): void {
  const known = symbolState(context, symbol);
  if (known === undefined) return;
  known.halt = null;
  const tracked = context.state.orders.unanswered(symbol);
  if (tracked === undefined || tracked.unresolvable === null) return;
  finish(context, tracked, 'VOID', 'An operator resumed trading after looking at the exchange.');
  known.answeredWallTs = context.at.wallTs;
  wantSweep(context, symbol);
}

function cancelOpenings(context: StepContext, symbol: string): void {
  for (const tracked of context.state.orders.unsettled(symbol)) {
    if (tracked.order.terms.effect === 'open') cancelOrder(context, tracked, 'halted');
  }
}

import type { TickerEvent } from '../events/market.js';
import { ALL_SYMBOLS, type StatusEvent } from '../events/status.js';
import { watchEquity } from './equity-watch.js';
import { type StepContext, symbolState } from './step-context.js';

const INTERRUPTIONS: ReadonlySet<string> = new Set(['stale', 'disconnected', 'gap']);
const CLOSED: ReadonlySet<string> = new Set(['maintenance', 'preopen']);
const RECOVERIES: ReadonlySet<string> = new Set(['subscribed', 'resynced']);
const MARKET_CHANNELS = ['trade', 'orderbook', 'ticker'] as const;

/** A quote moves the mark; an older one than the last changes nothing. */
export function onQuote(context: StepContext, event: TickerEvent): void {
  const symbol = symbolState(context, event.symbol);
  if (symbol === undefined || (symbol.mark !== null && event.ts < symbol.mark.ts)) return;
  symbol.mark = { bid: event.data.bid, ask: event.data.ask, ts: event.ts };
  symbol.prices = null;
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

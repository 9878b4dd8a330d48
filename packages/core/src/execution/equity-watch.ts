import type { Decimal } from '../decimal/decimal.js';
import type { EquityRecord } from './executor-types.js';
import { midPrice, type StepContext } from './step-context.js';

/** Equity at the marks of now. */
export function equityNow(context: StepContext): EquityRecord {
  const marks = new Map<string, Decimal>();
  for (const [symbol, { mark }] of context.state.symbols) if (mark !== null) marks.set(symbol, midPrice(mark));
  return context.state.ledger.equity(context.at.marketTs, marks);
}

/**
 * Records equity (at every fill; by quotes at most once a second of market time, and only when it changed) and stops
 * openings when it has fallen too far from its peak.
 */
export function watchEquity(context: StepContext, cause: 'fill' | 'quote'): void {
  const { state, config, at, out } = context;
  const second = Math.floor(at.marketTs / 1000);
  const record = equityNow(context);
  if (record.drawdown.gte(config.maxDrawdown) && !state.drawdownStopped) {
    state.drawdownStopped = true;
    const percent = record.drawdown.times(100).round(2);
    const reason = `Equity ${record.equity} is ${percent} % below its peak ${state.ledger.peak}: openings stop until resumed.`;
    out.notices.push({ kind: 'halted', symbol: '*', reason });
  }
  const text = record.equity.toString();
  const last = state.lastEquity;
  if (cause === 'quote' && last !== null && (last.second === second || last.text === text)) return;
  if (cause === 'quote' && last === null && record.equity.eq(config.capital)) return;
  state.lastEquity = { second, text };
  out.equity.push(record);
}

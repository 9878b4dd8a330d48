import type { Decimal } from '../decimal/decimal.js';
import { ALL_SYMBOLS } from '../events/status.js';
import type { ExchangeFill } from '../exchange/broker.js';
import type { EquityRecord } from './executor-types.js';
import { pricesOf } from './prices-of.js';
import { halt, lift, type StepContext } from './step-context.js';

/** Equity at the marks of now. */
export function equityNow(context: StepContext): EquityRecord {
  const { ledger, symbols } = context.state;
  const get = (symbol: string) => {
    const known = symbols.get(symbol);
    return known === undefined ? undefined : pricesOf(known)?.mid;
  };
  return ledger.equity(context.at.marketTs, { get });
}

/**
 * Records equity (at every fill; by quotes at most once a second of market time, and only when it changed) and stops
 * openings when it has fallen too far: from its peak, or since the business day began.
 */
export function watchEquity(context: StepContext, cause: 'fill' | 'quote'): void {
  const { state, config, at, out } = context;
  const second = Math.floor(at.marketTs / 1000);
  const record = equityNow(context);
  state.equity = record;
  watchDay(context);
  watchFall(context, record);
  const { equity } = record;
  const last = state.lastEquity;
  if (cause === 'quote' && last !== null && (last.second === second || last.equity.eq(equity))) return;
  if (cause === 'quote' && last === null && equity.eq(config.capital)) return;
  state.lastEquity = { second, equity };
  out.equity.push(record);
}

/** A new business day forgives the loss of the one before. */
export function watchDay(context: StepContext): void {
  const { risk, equity } = context.state;
  const { equity: now } = equity ?? equityNow(context);
  if (risk.losses.noteEquity(context.at.marketTs, now, risk.limits.dayStartMs)) {
    lift(context, ALL_SYMBOLS, 'daily_loss');
  }
}

/** Trades that were lost in a row; `pnl` is what the fill realised before its fee. */
export function watchResult(context: StepContext, fill: ExchangeFill, signalId: string, pnl: Decimal): void {
  const { losses, limits } = context.state.risk;
  const { symbol } = fill;
  losses.noteResult(symbol, signalId, pnl.minus(fill.fee), fill.ts);
  const streak = losses.losingStreak(symbol);
  if (limits.maxLosingStreak === null || streak < limits.maxLosingStreak) return;
  const reason = `${streak} trades on ${symbol} were lost in a row: openings stop until resumed.`;
  halt(context, symbol, reason, 'losing_streak');
}

function watchFall(context: StepContext, record: EquityRecord): void {
  const { state, config } = context;
  const { limits, losses } = state.risk;
  if (record.drawdown.gte(config.maxDrawdown)) {
    const percent = record.drawdown.times(100).round(2);
    const fall = `Equity ${record.equity} is ${percent} % below its peak ${state.ledger.peak}`;
    halt(context, ALL_SYMBOLS, `${fall}: openings stop until resumed.`, 'drawdown');
  }
  const loss = losses.dailyLoss(record.equity);
  if (loss.lt(limits.maxDailyLoss)) return;
  const reason = `Equity ${record.equity} fell by ${loss.round(2)} since the business day began: openings stop until the next, or until resumed.`;
  halt(context, ALL_SYMBOLS, reason, 'daily_loss');
}

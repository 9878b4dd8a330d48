import { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';

/** How the trades of one symbol ended, newest last. A trade is all that one signal closed. */
interface Results {
  /** Lost in a row before the trade below. */
  streak: number;
  signalId: string;
  /** Realised less fees, quote currency; grows while the signal's closes are filled. */
  pnl: Decimal;
  lastLossTs: EpochMs | null;
}

export interface LossSnapshot {
  readonly day: { readonly index: number; readonly equity: Decimal } | null;
  readonly results: Readonly<Record<string, Readonly<Results>>>;
}

const DAY_MS = 86_400_000;

/** Remembers what the loss checks need: equity when the business day began, and lost trades in a row. Mutable. */
export class LossRecord {
  #day: LossSnapshot['day'];
  readonly #results: Map<string, Results>;

  constructor(snapshot?: LossSnapshot) {
    this.#day = snapshot?.day ?? null;
    const kept = Object.entries(snapshot?.results ?? {});
    this.#results = new Map(kept.map(([symbol, results]) => [symbol, { ...results }]));
  }

  /** Notes the equity; returns true when a new business day has begun with it. */
  noteEquity(ts: EpochMs, equity: Decimal, dayStartMs: number): boolean {
    const index = Math.floor((ts - dayStartMs) / DAY_MS);
    if (this.#day !== null && index <= this.#day.index) return false;
    const isFirst = this.#day === null;
    this.#day = { index, equity };
    return !isFirst;
  }

  /** How much equity fell since the business day began; negative when it rose. */
  dailyLoss(equity: Decimal): Decimal {
    return this.#day === null ? Decimal.zero : this.#day.equity.minus(equity);
  }

  /** The loss of today is measured from here: an operator said to go on. */
  restartDay(equity: Decimal): void {
    if (this.#day !== null) this.#day = { ...this.#day, equity };
  }

  /** Books what a closing fill earned, less its fee. */
  noteResult(symbol: string, signalId: string, pnl: Decimal, ts: EpochMs): void {
    const known = this.#results.get(symbol);
    const results: Results = known ?? { streak: 0, signalId, pnl: Decimal.zero, lastLossTs: null };
    if (results.signalId !== signalId) {
      results.streak = streakOf(results);
      results.signalId = signalId;
      results.pnl = Decimal.zero;
    }
    results.pnl = results.pnl.plus(pnl);
    if (results.pnl.isNegative()) results.lastLossTs = Math.max(ts, results.lastLossTs ?? ts);
    this.#results.set(symbol, results);
  }

  /** Trades lost in a row, up to the last one. */
  losingStreak(symbol: string): number {
    const results = this.#results.get(symbol);
    return results === undefined ? 0 : streakOf(results);
  }

  lastLossTs(symbol: string): EpochMs | null {
    return this.#results.get(symbol)?.lastLossTs ?? null;
  }

  /** An operator said to go on. */
  forgive(symbol: string): void {
    this.#results.delete(symbol);
  }

  snapshot(): LossSnapshot {
    return { day: this.#day, results: Object.fromEntries(this.#results) };
  }
}

/** A trade that ended even neither adds to a streak nor ends it. */
function streakOf({ streak, pnl }: Results): number {
  if (pnl.isZero()) return streak;
  return pnl.isNegative() ? streak + 1 : 0;
}

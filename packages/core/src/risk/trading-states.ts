import type { EpochMs } from '../events/common.js';
import { ALL_SYMBOLS } from '../events/status.js';
import { type HaltCause, haltRule, TRADING_STATES, type TradingState } from './halt-causes.js';

/** One reason not to trade freely. Plain JSON. */
export interface Halt {
  readonly cause: HaltCause;
  /** A full sentence. */
  readonly reason: string;
  readonly sinceTs: EpochMs;
}

/** Halts by symbol; `*` is the whole account. */
export type Halts = Readonly<Record<string, readonly Halt[]>>;

/**
 * Which symbols may trade. A state is never set: it is the strictest that any present cause asks for, so that lifting one cause
 * cannot undo another. Mutable; only the step changes it.
 */
export class TradingStates {
  readonly #halts = new Map<string, readonly Halt[]>();

  constructor(halts: Halts = {}) {
    for (const [scope, list] of Object.entries(halts)) this.#halts.set(scope, list);
  }

  /** Returns false when this cause stood there already: its first reason stays. */
  add(scope: string, halt: Halt): boolean {
    if (this.has(scope, halt.cause)) return false;
    this.#halts.set(scope, [...this.of(scope), halt]);
    return true;
  }

  /** Returns false when it did not stand there. */
  lift(scope: string, cause: HaltCause): boolean {
    if (!this.has(scope, cause)) return false;
    this.#keep(scope, (halt) => halt.cause !== cause);
    return true;
  }

  /** Lifts what an operator may lift; what ends by itself stays for as long as it is true. Returns false when there was none. */
  resume(scope: string): boolean {
    const before = this.of(scope).length;
    this.#keep(scope, ({ cause }) => haltRule(cause).ends === 'itself');
    return this.of(scope).length < before;
  }

  has(scope: string, cause: HaltCause): boolean {
    return this.of(scope).some((halt) => halt.cause === cause);
  }

  /** Of this scope alone. */
  of(scope: string): readonly Halt[] {
    return this.#halts.get(scope) ?? NONE;
  }

  /** Everything that holds for a symbol: the account's halts first. */
  over(symbol: string): readonly Halt[] {
    const account = this.of(ALL_SYMBOLS);
    const own = this.of(symbol);
    if (symbol === ALL_SYMBOLS || own.length === 0) return account;
    return account.length === 0 ? own : [...account, ...own];
  }

  /** Plain JSON; scopes without a halt are left out. */
  all(): Halts {
    return Object.fromEntries(this.#halts);
  }

  #keep(scope: string, stays: (halt: Halt) => boolean): void {
    const left = this.of(scope).filter(stays);
    if (left.length === 0) this.#halts.delete(scope);
    else this.#halts.set(scope, left);
  }
}

const NONE: readonly Halt[] = [];

/** The strictest state that any of these asks for. */
export function stateOf(halts: readonly Halt[]): TradingState {
  return halts.map(({ cause }) => haltRule(cause).state).reduce<TradingState>(stricter, 'ACTIVE');
}

function stricter(one: TradingState, other: TradingState): TradingState {
  return TRADING_STATES.indexOf(one) >= TRADING_STATES.indexOf(other) ? one : other;
}

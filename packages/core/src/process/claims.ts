import { createHash } from 'node:crypto';
import type { BrainName } from '../store/store.js';
import type { Claim } from './lock-queue.js';

export interface StrategyEngine {
  readonly exchange: string;
  /** Tells engines apart that share the symbols of an exchange. Absent: the only one. */
  readonly name?: string;
}

/** Also the name of its group on the bus. */
export function strategyBrain({ exchange, name }: StrategyEngine): BrainName {
  return name === undefined ? `strategy:${exchange}` : `strategy:${exchange}:${name}`;
}

/** One per account, and so one per exchange and database. */
export function executionBrain(exchange: string): BrainName {
  return `execution:${exchange}`;
}

/** A symbol's signals are one series: two brains that decide on the same symbol would take it from each other. */
export function strategyClaim({ symbols, ...engine }: StrategyEngine & { readonly symbols: readonly string[] }): Claim {
  const parts = [...new Set(symbols)].toSorted().map((symbol) => ({
    lock: `signals:${engine.exchange}:${symbol}`,
    what: `the symbol ${symbol}`,
  }));
  return { brain: strategyBrain(engine), parts };
}

/** Without a key the account is the simulated one of these records. */
export function executionClaim(exchange: string, apiKey?: string): Claim {
  const part =
    apiKey === undefined
      ? { lock: `paper:${exchange}`, what: `the paper account of ${exchange}` }
      : { lock: `account:${accountHash(exchange, apiKey)}`, what: `this ${exchange} account` };
  return { brain: executionBrain(exchange), parts: [part] };
}

/** Names an account without telling its key. */
export function accountHash(exchange: string, apiKey: string): string {
  return createHash('sha256').update(`${exchange}\0${apiKey}`).digest('hex').slice(0, 24);
}

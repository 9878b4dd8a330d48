import { Decimal } from '../decimal/decimal.js';

/** Names under which the executor's state keeps money. */
const DECIMAL_FIELDS = new Set([
  'available',
  'averagePrice',
  'bought',
  'cash',
  'cost',
  'expected',
  'equity',
  'fee',
  'fees',
  'filledSize',
  'losscutPrice',
  'notional',
  'peak',
  'pnl',
  'price',
  'realizedPnl',
  'reportedSize',
  'size',
  'sold',
  'stopPrice',
  'targetPrice',
  'total',
  'triggerPrice',
  'unrealizedPnl',
  'used',
  'workingPrice',
]);

/** A deep copy as plain JSON: Decimals become strings. */
export function toPlain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Undoes `toPlain`: strings under the names of money become Decimals again. Not for what others wrote (signals' `meta`). */
export function fromPlain<T>(value: unknown): T {
  return revive(value) as T;
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === 'string' && DECIMAL_FIELDS.has(name) ? Decimal.of(inner) : revive(inner),
    ]),
  );
}

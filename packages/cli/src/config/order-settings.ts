import { Decimal } from '@alpha-engine/core';
import * as kinds from './kinds.js';
import { optional, withDefault } from './setting.js';

/** How large an entry is, how orders are placed, and what protects a position. */
export const orderSettings = {
  orderSize: withDefault(kinds.amount, Decimal.of('0.01'), {
    env: 'ALPHA_ORDER_SIZE',
    flag: 'order-size',
    description: 'Size of an entry, in base coin.',
  }),
  sizing: withDefault(kinds.choice(['fixed', 'equity', 'risk']), 'fixed', {
    env: 'ALPHA_SIZING',
    flag: 'sizing',
    description:
      'How large an entry is: ALPHA_ORDER_SIZE, a share of the equity, or what loses a share of the equity at its stop. See [orders.md](orders.md).',
  }),
  sizingPct: withDefault(kinds.numberFrom(0.01, 100), 1, {
    env: 'ALPHA_SIZING_PCT',
    flag: 'sizing-pct',
    description: 'That share of the equity, in percent.',
  }),
  sizeByConfidence: withDefault(kinds.flag, false, {
    env: 'ALPHA_SIZE_BY_CONFIDENCE',
    flag: 'size-by-confidence',
    description: "Multiply the size of an entry by its signal's confidence.",
  }),
  orderPolicy: withDefault(kinds.choice(['market', 'limit', 'post_only']), 'market', {
    env: 'ALPHA_ORDER_POLICY',
    flag: 'order-policy',
    description: 'How entries are placed: at the market, or resting at the best price of their own side.',
  }),
  exitPolicy: withDefault(kinds.choice(['market', 'limit', 'post_only']), 'market', {
    env: 'ALPHA_EXIT_POLICY',
    flag: 'exit-policy',
    description: 'The same for exits, whose rest always goes to the market in the end.',
  }),
  orderTimeoutMs: withDefault(kinds.numberFrom(100), 10_000, {
    env: 'ALPHA_ORDER_TIMEOUT_MS',
    flag: 'order-timeout-ms',
    description: 'How long a resting order waits at one price. Milliseconds of market time.',
  }),
  orderReprices: withDefault(kinds.numberFrom(0, 100), 3, {
    env: 'ALPHA_ORDER_REPRICES',
    flag: 'order-reprices',
    description: 'How often a resting order is moved to the best price of that moment.',
  }),
  orderLastly: withDefault(kinds.choice(['market', 'give_up']), 'market', {
    env: 'ALPHA_ORDER_LASTLY',
    flag: 'order-lastly',
    description: 'What becomes of the rest of an entry after that.',
  }),
  stopLossPct: optional(kinds.numberFrom(0.01, 100), {
    env: 'ALPHA_STOP_LOSS_PCT',
    flag: 'stop-loss-pct',
    description: 'Stop-loss of entries whose signal names none: percent of the entry price.',
    defaultText: 'none',
  }),
  takeProfitPct: optional(kinds.numberFrom(0.01, 1000), {
    env: 'ALPHA_TAKE_PROFIT_PCT',
    flag: 'take-profit-pct',
    description: 'Profit at which such entries are closed: percent of the entry price.',
    defaultText: 'none',
  }),
  trailPct: optional(kinds.numberFrom(0.01, 100), {
    env: 'ALPHA_TRAIL_PCT',
    flag: 'trail-pct',
    description: 'Trailing stop of such entries: percent below the best price since the entry, above it for a short.',
    defaultText: 'none',
  }),
};

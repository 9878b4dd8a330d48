import type { OrderTerms } from '../../orders/order.js';
import type { Check } from '../check.js';
import type { HaltCause } from '../halt-causes.js';
import { stateOf } from '../trading-states.js';

/** A check of their own looks at the figures behind them, and names them. */
const JUDGED_ELSEWHERE: ReadonlySet<HaltCause> = new Set([
  'clock_skew',
  'daily_loss',
  'difference',
  'drawdown',
  'losing_streak',
  'stale_data',
]);

/** They leave even where everything is halted: what is open stays protected, and can be closed by hand. */
const ALWAYS: ReadonlySet<OrderTerms['purpose']> = new Set(['stop_loss', 'take_profit', 'trailing_stop', 'flatten']);

export const halted: Check = {
  code: 'halted',
  applies: 'always',
  review(intent, view, opening) {
    if (view.halts.length === 0) return { inputs: { state: 'ACTIVE' } };
    const halts = view.halts.filter(({ cause }) => !JUDGED_ELSEWHERE.has(cause));
    const state = stateOf(halts);
    const inputs = { state, causes: halts.map(({ cause }) => cause) };
    const reduces = opening.orders.length === 0;
    if (state === 'ACTIVE' || (reduces && (state === 'REDUCING' || intent.orders.every(isAlwaysLet))))
      return { inputs };
    const words = halts.map(({ reason }) => reason).join(' ');
    const what = state === 'HALTED' ? 'Trading' : 'Opening';
    return { inputs, denied: `${what} on ${intent.symbol} is halted: ${words}` };
  },
};

function isAlwaysLet({ purpose }: OrderTerms): boolean {
  return ALWAYS.has(purpose);
}

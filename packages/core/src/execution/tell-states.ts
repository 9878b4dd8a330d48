import { ALL_SYMBOLS } from '../events/status.js';
import { haltRule } from '../risk/halt-causes.js';
import { stateOf } from '../risk/trading-states.js';
import { cancelOrder } from './order-changes.js';
import { nextSeq } from './publish-order.js';
import type { StepContext } from './step-context.js';

/** Tells every trading state that changed with this input, once, and cancels the openings that a new halt wants gone. */
export function tellStates(context: StepContext): void {
  const { risk } = context.state;
  for (const [scope, { begun, ...answer }] of risk.takeChanges()) {
    tellState(context, scope, answer);
    if (begun.some((cause) => haltRule(cause).cancelsOpenings)) cancelOpenings(context, scope);
  }
}

function tellState(context: StepContext, scope: string, { controlId, flatten }: Answer): void {
  const { config, state, at, out } = context;
  const halts = state.risk.states.of(scope);
  const seq = nextSeq(context, scope, 'trading_state');
  out.states.push({
    type: 'trading_state',
    exchange: config.exchange,
    symbol: scope,
    ts: at.marketTs,
    seq,
    id: `trading_state:${scope}:${seq}`,
    data: {
      state: stateOf(halts),
      halts: halts.map(({ cause, reason, sinceTs }) => ({ cause, reason, since_ts: sinceTs })),
      ...(controlId === undefined ? {} : { control_id: controlId }),
      ...(flatten === undefined ? {} : { flatten }),
    },
  });
}

interface Answer {
  readonly controlId?: string;
  readonly flatten?: 'closing' | 'done' | 'gave_up';
}

function cancelOpenings(context: StepContext, scope: string): void {
  for (const tracked of context.state.orders.unsettled(scope === ALL_SYMBOLS ? undefined : scope)) {
    if (tracked.order.terms.effect === 'open') cancelOrder(context, tracked, 'halted');
  }
}

import {
  type Bar,
  type EpochMs,
  type InstanceSpec,
  type OrderEvent,
  type RunnerInput,
  type SignalEvent,
  type SignalRecord,
  StrategyRunner,
} from '@alpha-engine/core';

/** What a strategy decided, with all that it said of it. */
export interface Decision {
  /** Place of the bar at whose close, or at whose open (on a fill), it was decided. */
  readonly bar: number;
  readonly ts: EpochMs;
  /** `threw`: it ended there. */
  readonly action: SignalEvent['action'] | 'threw';
  /** Everything else: reason, confidence, protection, indicators; of one that threw its message. */
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * What a strategy decides over bars, by the runner that trades. Every order fills whole at the next open, one unit each, so that fills and
 * targets come as they do live; no gate denies. `muted`: so many bars only warm it up.
 */
export function decisionsOf(spec: InstanceSpec, bars: readonly Bar[], muted = 0): Decision[] {
  const runner = new StrategyRunner({ instances: [spec], nextBatch: 1, keepsInputs: false });
  const decisions: Decision[] = [];
  let waiting: SignalRecord[] = [];
  let held = 0;
  const step = (inputs: readonly RunnerInput[], bar: number, ts: EpochMs) => {
    const { notices, signals } = runner.step(inputs);
    for (const { event } of signals) decisions.push(decisionOf(event, bar));
    waiting.push(...signals);
    for (const notice of notices) {
      if (notice.kind !== 'strategy_failed') continue;
      decisions.push({ bar, ts, action: 'threw', details: { message: notice.message } });
    }
  };
  for (const [place, bar] of bars.entries()) {
    const sent = waiting;
    waiting = [];
    for (const { event } of sent) {
      const aim = { enter_long: 1, enter_short: -1, exit: 0, hold: held }[event.action];
      if (aim === held) continue;
      step([{ kind: 'order', event: fillOf(event, aim - held, bar) }], place, bar.openTs);
      held = aim;
    }
    step([{ kind: 'bar', bar, muted: place < muted }], place, bar.closeTs);
  }
  return decisions;
}

function decisionOf({ action, confidence, meta, price_ref, protect, ts }: SignalEvent, bar: number): Decision {
  return { bar, ts, action, details: { confidence, price_ref, ...(protect && { protect }), ...(meta && { meta }) } };
}

function fillOf({ action, exchange, id = '', strategy, symbol }: SignalEvent, change: number, bar: Bar): OrderEvent {
  const size = String(Math.abs(change));
  const fill = { execution_id: id, price: String(bar.open), size, fee: '0', ts: bar.openTs };
  return {
    type: 'order',
    exchange,
    symbol,
    ts: bar.openTs,
    id: `${id}:filled`,
    data: {
      client_order_id: id,
      signal_id: id,
      strategy,
      status: 'FILLED',
      request: 'none',
      side: change > 0 ? 'buy' : 'sell',
      effect: action === 'exit' ? 'close' : 'open',
      order_type: 'market',
      size,
      filled_size: size,
      fill,
    },
  };
}

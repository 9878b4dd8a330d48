import {
  type EpochMs,
  type InstanceSpec,
  type OrderEvent,
  type RunnerInput,
  type SignalEvent,
  StrategyRunner,
} from '@alpha-engine/core';
import { endOf, isBar, type Moment, priceOf } from './moment.js';

/** The clock may close a bar only at whole seconds. */
const CLOCK_EVERY_MS = 1_000;

/** What a strategy decided, with all that it said of it. */
export interface Decision {
  /** Place of the moment at which it was decided: at its end, or at its beginning (on a fill, or on a longer bar that time closed). */
  readonly place: number;
  readonly symbol: string;
  readonly ts: EpochMs;
  /** `threw`: it ended there. */
  readonly action: SignalEvent['action'] | 'threw';
  /** Everything else: reason, confidence, protection, indicators; of one that threw its message. */
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * What strategies decide over data, by the runner that trades, all in one. Every order fills whole at the next price of its symbol, one unit each, so
 * that fills and targets come as they do live; no gate denies. `muted`: so many bars only warm them up.
 */
export function decisionsOf(specs: readonly InstanceSpec[], data: readonly Moment[], muted = 0): Decision[] {
  const runner = new StrategyRunner({ instances: specs, nextBatch: 1, keepsInputs: false });
  const symbols = new Map(specs.map((spec) => [spec.symbol, new Orders()]));
  const decisions: Decision[] = [];
  const step = (inputs: readonly RunnerInput[], place: number, ts: EpochMs, of: string) => {
    const { notices, signals } = runner.step(inputs);
    for (const { event } of signals) {
      decisions.push(decisionOf(event, place));
      symbols.get(event.symbol)?.waiting.push(event);
    }
    for (const notice of notices) {
      if (notice.kind !== 'strategy_failed') continue;
      decisions.push({ place, symbol: of, ts, action: 'threw', details: { message: notice.message } });
    }
  };
  let clockDue = 0;
  for (const [place, moment] of data.entries()) {
    const { symbol } = moment;
    const begins = isBar(moment) ? moment.openTs : moment.ts;
    const kind = place < muted ? 'warmup' : 'bar';
    // Longer bars whose last shorter one is missing.
    if (isBar(moment)) {
      runner.closeUntil(begins, kind);
      step([], place, begins, symbol);
    }
    const price = priceOf(moment);
    for (const event of price === null ? [] : (symbols.get(symbol)?.fills(price, begins) ?? [])) {
      step([{ kind: 'order', event }], place, begins, symbol);
    }
    if (isBar(moment)) step([{ kind: 'bar', bar: moment, muted: kind === 'warmup' }], place, endOf(moment), symbol);
    else step([{ kind: 'market', event: moment }], place, begins, symbol);
    if (isBar(moment) || begins < clockDue) continue;
    clockDue = (Math.floor(begins / CLOCK_EVERY_MS) + 1) * CLOCK_EVERY_MS;
    step([{ kind: 'clock', ts: begins }], place, begins, symbol);
  }
  return decisions;
}

/** What is held of a symbol, by label, and what is decided and not filled. */
class Orders {
  waiting: SignalEvent[] = [];
  readonly #held = new Map<string, number>();

  *fills(price: number, ts: EpochMs): Generator<OrderEvent> {
    const sent = this.waiting;
    this.waiting = [];
    for (const event of sent) {
      const held = this.#held.get(event.strategy) ?? 0;
      const aim = { enter_long: 1, enter_short: -1, exit: 0, hold: held }[event.action];
      if (aim === held) continue;
      this.#held.set(event.strategy, aim);
      yield fillOf(event, aim - held, price, ts);
    }
  }
}

function decisionOf(event: SignalEvent, place: number): Decision {
  const { action, confidence, meta, price_ref, protect, symbol, ts } = event;
  const details = { confidence, price_ref, ...(protect && { protect }), ...(meta && { meta }) };
  return { place, symbol, ts, action, details };
}

function fillOf(event: SignalEvent, change: number, price: number, ts: EpochMs): OrderEvent {
  const { action, exchange, id = '', strategy, symbol } = event;
  const size = String(Math.abs(change));
  return {
    type: 'order',
    exchange,
    symbol,
    ts,
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
      fill: { execution_id: id, price: String(price), size, fee: '0', ts },
    },
  };
}

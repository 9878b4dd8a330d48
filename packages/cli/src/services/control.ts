import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ALL_SYMBOLS,
  AlphaError,
  type ControlAction,
  type Delivery,
  type EventBus,
  type OrderEvent,
  type TradingState,
  type TradingStateEvent,
} from '@alpha-engine/core';
import type { Config } from '../config/schema.js';
import { executorRuns } from './executor-runs.js';
import { lookAtBus } from './look-at-bus.js';
import { wallClock } from './wall-clock.js';

export interface ControlRequest {
  readonly action: ControlAction;
  /** Absent: the whole account. */
  readonly symbol?: string;
  readonly reason: string;
  /** How long to wait for the engine. */
  readonly timeoutMs: number;
}

/** What the engine answered. */
export interface ControlAnswer {
  /** A symbol, or `*`. */
  readonly scope: string;
  readonly state: TradingState;
  readonly halts: readonly { readonly cause: string; readonly reason: string }[];
  /** Orders that closed positions; of `flatten` alone. */
  readonly closed: readonly ClosedPart[];
}

export interface ClosedPart {
  readonly symbol: string;
  readonly strategy: string;
  readonly side: string;
  readonly filledSize: string;
  readonly averagePrice: string | null;
  readonly status: string;
}

const LOOK_EVERY_MS = 50;
const PAGE = 500;

/**
 * Gives an operator's word to the engine that trades the account, and waits until it was taken (`flatten`: until it is carried
 * out). Throws `ENGINE_NOT_RUNNING`, with nothing said to anybody, `ENGINE_NO_ANSWER` or `FLATTEN_INCOMPLETE`.
 */
export async function control(config: Config, request: ControlRequest): Promise<ControlAnswer> {
  const { exchange } = config;
  if (!(await executorRuns(config))) {
    throw new AlphaError(
      'ENGINE_NOT_RUNNING',
      `No engine trades ${exchange} here, so there is nobody to ${request.action}, and nothing was sent. Start one with \`alpha engine\`; what is open at the exchange meanwhile can be canceled and closed there.`,
    );
  }
  return lookAtBus(config, async (bus) => {
    const stream = `order:${exchange}`;
    const after = (await bus.latest(stream, null, 1))[0]?.id ?? null;
    const scope = request.symbol ?? ALL_SYMBOLS;
    const id = randomUUID();
    const { action, reason } = request;
    await bus.publish(null, [{ type: 'control', exchange, symbol: scope, ts: wallClock.now(), id, action, reason }]);
    return answerTo({ bus, stream, after, id, scope, request });
  });
}

interface Waiting {
  readonly bus: EventBus;
  readonly stream: string;
  readonly after: string | null;
  readonly id: string;
  readonly scope: string;
  readonly request: ControlRequest;
}

async function answerTo({ bus, stream, after, id, scope, request }: Waiting): Promise<ControlAnswer> {
  const { action, timeoutMs } = request;
  const closed = new Map<string, ClosedPart>();
  const deadline = performance.now() + timeoutMs;
  for (let place = after; ; ) {
    const page: readonly Delivery[] = await bus.range(stream, place, PAGE);
    place = page.at(-1)?.id ?? place;
    for (const { event } of page) {
      if (event.type === 'order') noteClosed(closed, event, id);
      if (event.type !== 'trading_state' || event.data.control_id !== id) continue;
      if (event.symbol !== scope) throw notTraded(scope);
      if (action !== 'flatten') return answerOf(event, closed);
      if (event.data.flatten === 'done') return answerOf(event, closed);
      if (event.data.flatten === 'gave_up') throw incomplete(answerOf(event, closed));
    }
    if (page.length === PAGE) continue;
    if (performance.now() >= deadline) throw silent(request);
    await delay(LOOK_EVERY_MS);
  }
}

function noteClosed(closed: Map<string, ClosedPart>, { data, symbol }: OrderEvent, id: string): void {
  if (data.purpose !== 'flatten' || data.signal_id?.startsWith(`${id}:`) !== true) return;
  closed.set(data.client_order_id, {
    symbol,
    strategy: data.strategy,
    side: data.side,
    filledSize: data.filled_size,
    averagePrice: data.average_price ?? null,
    status: data.status,
  });
}

function answerOf({ data, symbol }: TradingStateEvent, closed: ReadonlyMap<string, ClosedPart>): ControlAnswer {
  const halts = data.halts.map(({ cause, reason }) => ({ cause, reason }));
  return { scope: symbol, state: data.state, halts, closed: [...closed.values()] };
}

function notTraded(symbol: string): AlphaError {
  return new AlphaError(
    'UNKNOWN_SYMBOL',
    `The engine does not trade "${symbol}": see its SYMBOLS. Nothing was changed.`,
    {
      context: { symbol },
    },
  );
}

function silent({ action, timeoutMs }: ControlRequest): AlphaError {
  return new AlphaError(
    'ENGINE_NO_ANSWER',
    `The engine has not finished \`${action}\` within ${timeoutMs / 1000} s. The word stands on the bus and is obeyed when the engine gets to it; look with \`alpha status\`.`,
    { context: { action, timeoutMs } },
  );
}

function incomplete(answer: ControlAnswer): AlphaError {
  return new AlphaError(
    'FLATTEN_INCOMPLETE',
    'Not everything could be closed; trading is halted. Read the alarm in the log of the engine, see `alpha positions`, and close the rest at the exchange.',
    { context: { ...answer } },
  );
}

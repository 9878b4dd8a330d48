import fc from 'fast-check';
import { z } from 'zod';
import {
  type Bar,
  type BarKey,
  type BarSeries,
  type DenialEvent,
  defineStrategy,
  type InstanceSpec,
  type MarketEvent,
  type OrderEvent,
  type RebuildRecord,
  type RunnerInput,
  type RunnerSnapshot,
  type RunnerStep,
  type SignalRecord,
  type StatusEvent,
  type StrategyContext,
  StrategyRunner,
  seriesKey,
  seriesOf,
  timeframeMs,
} from '../../src/index.js';

export const START = 1_732_312_200_000;
const EXCHANGE = 'gmo';

/**
 * Decides by a running checksum of everything it sees: the smallest difference in bars, fills, targets or their order shows in
 * all that follows.
 */
const fickle = defineStrategy({
  name: 'fickle',
  params: z.object({
    salt: z.number().int().default(0),
    warmup: z.number().int().default(0),
    further: z.array(z.string()).default([]),
  }),
  create: ({ further, salt, warmup }) => {
    let sum = salt;
    const mix = (value: number) => {
      sum = (Math.imul(sum, 31) + Math.round(value * 1000)) | 0;
      return Math.abs(sum) % 5;
    };
    const onBar = (bar: Bar, ctx: StrategyContext) => {
      mix(bar.openTs % 1e9);
      mix(bar.volume);
      mix(ctx.filled.size);
      const choice = mix(bar.close);
      if (choice === 0) ctx.enterLong({ reason: 'zero', confidence: 0.5 });
      if (choice === 1) ctx.enterShort({ meta: { sum } });
      if (choice === 2) ctx.exit();
      if (choice === 3) ctx.hold();
    };
    return {
      warmup,
      onBar,
      timeframes: Object.fromEntries(further.map((timeframe) => [timeframe, { warmup: 1, onBar }])),
      onFill(event, ctx) {
        if (mix(Number(event.data.fill?.price)) === 0) ctx.exit({ reason: 'fill' });
      },
    };
  },
});

/** The same on ticks: keeps its own state. */
export const twitchy = defineStrategy({
  name: 'twitchy',
  params: z.object({}),
  create: () => {
    let sum = 0;
    return {
      onTrade(event, ctx) {
        sum = (Math.imul(sum, 31) + event.data.price) | 0;
        if (sum % 7 === 0) ctx.enterLong();
        if (sum % 7 === 1) ctx.exit();
        if (sum % 7 === 2) {
          ctx.hold();
          ctx.hold();
        }
      },
      onTicker(event) {
        sum = (sum + event.data.bid) | 0;
      },
      snapshot: () => ({ sum }),
      restore: (state) => {
        sum = (state as { sum: number }).sum;
      },
    };
  },
});

export function spec(over: Partial<InstanceSpec> = {}): InstanceSpec {
  return {
    strategy: fickle,
    params: {},
    exchange: EXCHANGE,
    symbol: 'BTC_JPY',
    timeframe: '1s',
    codeHash: 'c0de',
    ...over,
  };
}

export const MANY: readonly InstanceSpec[] = [
  spec(),
  spec({ timeframe: '5s', params: { warmup: 3 } }),
  spec({ params: { salt: 7 } }),
  spec({ symbol: 'ETH_JPY' }),
  spec({ strategy: twitchy, symbol: 'ETH_JPY' }),
  spec({ timeframe: '2t', params: { salt: 3 } }),
  spec({ timeframe: '1s', params: { further: ['5s', '2t', '1.5v', '40q'] } }),
];

export function trade(ts: number, price: number, more: Partial<MarketEvent> = {}): RunnerInput {
  const data = { price, size: 0.5, side: 'buy' as const };
  return {
    kind: 'market',
    event: { type: 'trade', exchange: EXCHANGE, symbol: 'BTC_JPY', ts, ...more, data } as MarketEvent,
  };
}

export function ticker(ts: number, price = 100, symbol = 'BTC_JPY'): RunnerInput {
  const data = { bid: price, ask: price + 1, last: price, high: price, low: price, volume: 1 };
  return { kind: 'market', event: { type: 'ticker', exchange: EXCHANGE, symbol, ts, data } };
}

export function status(
  state: StatusEvent['data']['state'],
  more: { symbol?: string; channel?: 'trade' | 'orderbook' | 'ticker' } = {},
): RunnerInput {
  const { symbol = 'BTC_JPY', channel } = more;
  const data = { state, ...(channel === undefined ? {} : { channel }) };
  return { kind: 'status', event: { type: 'status', exchange: EXCHANGE, symbol, ts: START, data } };
}

export type Fate = 'filled' | 'rejected' | 'denied' | 'canceled_partly';

export function fateOf({ event: signal }: SignalRecord, fate: Fate, id: string): OrderEvent | DenialEvent {
  const { exchange, symbol, ts, strategy, action } = signal;
  if (fate === 'denied') {
    const data = { signal_id: signal.id, strategy, action, code: 'TEST', message: 'No.', inputs: {} };
    return { type: 'denial', exchange, symbol, ts, id, data };
  }
  const filled = { filled: '1', rejected: '0', canceled_partly: '0.25' }[fate];
  const price = String(signal.price_ref);
  return {
    type: 'order',
    exchange,
    symbol,
    ts,
    id,
    data: {
      client_order_id: `order-${id}`,
      signal_id: signal.id,
      strategy,
      status: fate === 'filled' ? 'FILLED' : fate === 'rejected' ? 'REJECTED' : 'CANCELED',
      request: 'none',
      side: action === 'enter_long' ? 'buy' : 'sell',
      effect: action === 'exit' ? 'close' : 'open',
      order_type: 'market',
      size: '1',
      filled_size: filled,
      ...(filled === '0' ? {} : { fill: { execution_id: id, price, size: filled, fee: '0', ts } }),
    },
  };
}

type Move =
  | { readonly kind: 'trade' | 'ticker'; readonly eth: boolean; readonly wait: number; readonly price: number }
  | { readonly kind: 'clock' }
  | { readonly kind: 'status'; readonly state: StatusEvent['data']['state'] }
  | { readonly kind: 'fate'; readonly fate: Fate }
  | { readonly kind: 'repeat'; readonly back: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom('trade' as const, 'trade' as const, 'ticker' as const),
      eth: fc.boolean(),
      wait: fc.constantFrom(-600, 0, 1, 250, 999, 1000, 2500, 6000),
      price: fc.integer({ min: 1, max: 50 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('clock' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('status' as const),
      state: fc.constantFrom('connected', 'disconnected', 'stale', 'subscribed', 'resynced'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('fate' as const),
      fate: fc.constantFrom<Fate>('filled', 'rejected', 'denied', 'canceled_partly'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), back: fc.nat({ max: 20 }) }) },
);

/** Inputs of a whole session, fates of its own signals among them, duplicates and late trades too. */
export const session: fc.Arbitrary<readonly RunnerInput[]> = fc.array(move, { maxLength: 120, size: 'max' }).map(play);

/** Plays the moves against a runner, because the fates answer what it decides. */
function play(moves: readonly Move[]): readonly RunnerInput[] {
  const runner = new StrategyRunner({ instances: MANY, nextBatch: 1 });
  const inputs: RunnerInput[] = [];
  const waiting: SignalRecord[] = [];
  const counts = new Map<string, number>();
  let now = START;
  const counted = <E extends MarketEvent | StatusEvent | OrderEvent | DenialEvent>(event: E): E => {
    const key = seriesKey(seriesOf(event));
    const seq = (counts.get(key) ?? 0) + 1;
    counts.set(key, seq);
    return { ...event, seq };
  };
  const inputOf = (next: Move): RunnerInput | undefined => {
    switch (next.kind) {
      case 'clock':
        return { kind: 'clock', ts: now };
      case 'status': {
        const { event } = status(next.state) as Extract<RunnerInput, { kind: 'status' }>;
        return { kind: 'status', event: counted(event) };
      }
      case 'repeat':
        return inputs[inputs.length - 1 - next.back];
      case 'fate': {
        const signal = waiting.shift();
        if (signal === undefined) return undefined;
        return { kind: 'order', event: counted(fateOf(signal, next.fate, `e${inputs.length}`)) };
      }
      default: {
        now += Math.max(0, next.wait);
        const symbol = next.eth ? 'ETH_JPY' : 'BTC_JPY';
        const ts = now + Math.min(0, next.wait);
        const made = next.kind === 'trade' ? trade(ts, next.price, { symbol }) : ticker(ts, next.price, symbol);
        return { kind: 'market', event: counted((made as Extract<RunnerInput, { kind: 'market' }>).event) };
      }
    }
  };
  for (const next of moves) {
    const input = inputOf(next);
    if (input === undefined) continue;
    inputs.push(input);
    for (const signal of runner.step([input]).signals) {
      if (signal.event.action !== 'hold') waiting.push(signal);
    }
  }
  return inputs;
}

/** Everything that comes out, in one list of each kind. */
export function joined(steps: readonly RunnerStep[]): RunnerStep {
  return {
    bars: steps.flatMap(({ bars }) => bars),
    signals: steps.flatMap(({ signals }) => signals),
    fed: steps.flatMap(({ fed }) => fed),
    notices: steps.flatMap(({ notices }) => notices),
  };
}

/** The engine's loop in little: batches are recorded with their snapshot, and a restart reads the record. */
export class Recording {
  readonly records: RebuildRecord[] = [];
  readonly snapshots: RunnerSnapshot[] = [];
  readonly steps: RunnerStep[] = [];
  readonly #bars = new Map<string, Bar>();

  /** Warm-up bars stand in the Store already. */
  constructor(stored: readonly Bar[] = []) {
    for (const bar of stored) this.#keep(bar);
  }

  run(runner: StrategyRunner, batches: readonly (readonly RunnerInput[])[]): void {
    for (const batch of batches) {
      const step = runner.step(batch);
      for (const bar of step.bars) this.#keep(bar);
      const record = {
        batch: this.records.length + 1,
        fed: step.fed.map((input) =>
          input.kind === 'order' ? input : { kind: input.kind, bar: this.#bars.get(placeOf(input))! },
        ),
        signalIds: step.signals.map(({ event }) => event.id),
      };
      this.steps.push(step);
      this.records.push(jsonCopy(record));
      this.snapshots.push(jsonCopy(runner.snapshot()));
    }
  }

  /** A runner as it comes up after a crash behind batch `batch`. */
  async restart(instances: readonly InstanceSpec[], batch: number): Promise<StrategyRunner> {
    const snapshot = this.snapshots[batch - 1];
    const runner = new StrategyRunner({ instances, nextBatch: batch + 1, ...(snapshot ? { snapshot } : {}) });
    const since = runner.needsRebuildSince();
    if (since !== null) await runner.rebuild(this.records.slice(since - 1, batch));
    return runner;
  }

  #keep(bar: Bar): void {
    this.#bars.set(placeOf(bar), bar);
  }
}

function placeOf({ openTs, ordinal = 0, symbol, timeframe }: Omit<BarSeries, 'exchange'> & BarKey): string {
  return `${symbol}|${timeframe}|${openTs}|${ordinal}`;
}

function jsonCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export function bar(openTs: number, close: number, over: Partial<Bar> = {}): Bar {
  const timeframe = over.timeframe ?? '1s';
  const prices = { open: close, high: close, low: close, close };
  const span = { openTs, closeTs: openTs + timeframeMs(timeframe) };
  return { exchange: EXCHANGE, symbol: 'BTC_JPY', timeframe, ...span, ...prices, volume: 1, trades: 1, ...over };
}

/** Cuts a list into runs of the given lengths; what is left comes last. */
export function cutInto<T>(list: readonly T[], lengths: readonly number[]): T[][] {
  const parts: T[][] = [];
  let from = 0;
  for (const length of lengths) {
    parts.push(list.slice(from, from + length));
    from += length;
  }
  parts.push(list.slice(from));
  return parts;
}

import { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import type { TickerEvent } from '../events/market.js';
import type { ExecutorConfig, ExecutorStep, TimedExecutorInput } from '../execution/executor-types.js';
import { fromPlain, toPlain } from '../execution/plain-state.js';

/** What a process of the brain began with: the first row it wrote has it, and a replay can begin there. Plain JSON. */
export interface ExecutionBeginning {
  /** The executor's part of the checkpoint it went on from; null where the brain never ran before. */
  readonly state: unknown;
  /** `readConfig` makes an `ExecutorConfig` of it. */
  readonly config: unknown;
}

/** `inputs` of an input-log row of the execution brain. */
export interface ExecutionLogEntry {
  /** Always the first key: how `inputLogStarts` finds these rows. */
  readonly began?: ExecutionBeginning;
  /** `readExecutorInputs` makes inputs of them. */
  readonly inputs: readonly unknown[];
  /** Ids of the events that came of them, in order. */
  readonly events: readonly string[];
}

/** One input as it is kept: with both clocks; a clock alone, of which there are the most, is only these. */
type LoggedInput =
  | readonly [marketTs: EpochMs, wallTs: EpochMs]
  | {
      readonly kind: TimedExecutorInput['kind'];
      readonly at: readonly [EpochMs, EpochMs];
      readonly [field: string]: unknown;
    };

interface LoggedQuote {
  readonly exchange: string;
  readonly symbol: string;
  readonly ts: EpochMs;
  readonly bid: number;
  readonly ask: number;
}

/** Everything that reached the executor, in order; of quotes the two prices it reads. */
export function logExecutorInputs(inputs: readonly TimedExecutorInput[]): readonly unknown[] {
  return inputs.map(({ at: { marketTs, wallTs }, ...input }): LoggedInput => {
    const at = [marketTs, wallTs] as const;
    if (input.kind === 'clock') return at;
    if (input.kind !== 'quote') return { ...input, at };
    const { exchange, symbol, ts, data } = input.event;
    return { kind: input.kind, at, exchange, symbol, ts, bid: data.bid, ask: data.ask };
  });
}

/** Undoes `logExecutorInputs`. */
export function readExecutorInputs(logged: readonly unknown[]): readonly TimedExecutorInput[] {
  return (logged as readonly LoggedInput[]).map((one): TimedExecutorInput => {
    if (!('kind' in one)) return { kind: 'clock', at: { marketTs: one[0], wallTs: one[1] } };
    const {
      at: [marketTs, wallTs],
      ...input
    } = one;
    const at = { marketTs, wallTs };
    switch (input.kind) {
      case 'quote':
        return { kind: 'quote', event: quoteOf(input as unknown as LoggedQuote), at };
      case 'signal':
      case 'status':
      case 'control':
        // Written by others: nothing in it is a number in disguise.
        return { ...input, at } as TimedExecutorInput;
      default:
        return { ...fromPlain<object>(input), at } as TimedExecutorInput;
    }
  });
}

function quoteOf({ exchange, symbol, ts, bid, ask }: LoggedQuote): TickerEvent {
  const middle = (bid + ask) / 2;
  return {
    ...{ type: 'ticker', exchange, symbol, ts },
    data: { bid, ask, last: middle, high: ask, low: bid, volume: 0 },
  };
}

export function eventIdsOf({ events, states }: Pick<ExecutorStep, 'events' | 'states'>): readonly string[] {
  return [...events, ...states].map(({ id }) => String(id));
}

/** As plain JSON in which amounts say that they are amounts. */
export function logConfig(config: ExecutorConfig): unknown {
  return toPlain(tagged(config));
}

/** Undoes `logConfig`. */
export function readConfig(logged: unknown): ExecutorConfig {
  return untagged(logged) as ExecutorConfig;
}

const AMOUNT = '$amount';

function tagged(value: unknown): unknown {
  if (value instanceof Decimal) return { [AMOUNT]: value.toString() };
  if (Array.isArray(value)) return value.map(tagged);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, tagged(inner)]));
}

function untagged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untagged);
  if (typeof value !== 'object' || value === null) return value;
  if (AMOUNT in value) return Decimal.of(String(value[AMOUNT]));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, untagged(inner)]));
}

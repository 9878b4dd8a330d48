import {
  type ControlAction,
  Decimal,
  type ExecutorConfig,
  type HaltCause,
  type OrderKind,
  type SignalAction,
} from '@alpha-engine/core';
import type { WorldOptions } from '../world/engine-world.js';
import { ORDER_SIZE } from '../world/market.js';

/** One thing that happens. What comes of it is waited for, or so many milliseconds where `thenMs` says so. */
export type Step = { readonly thenMs?: number } & (
  | { readonly signal: SignalAction; readonly symbol: string; readonly strategy?: string }
  | { readonly price: number }
  | { readonly control: ControlAction }
);

/** A way to the signal that is looked at, and where the position must be once that was followed. */
export interface Scenario {
  readonly name: string;
  readonly what: string;
  readonly steps: readonly Step[];
  /** Which placement gets the case's answer: the so-manieth after that step. Absent: the first after the last step. */
  readonly answered?: { readonly step: number; readonly placement: number };
  /** Net base coin by symbol when every signal was done; empty: it may be this or that. */
  readonly net: Readonly<Record<string, Decimal>>;
  /** The engine comes there whatever the answer: it asks again. */
  readonly insists?: true;
  /** Why something may be halted at the end. */
  readonly mayHalt?: readonly HaltCause[];
  /** The exchange moves faster than we: it may refuse a stop that it would trigger at once. */
  readonly mayBeRefused?: true;
  readonly world?: Pick<WorldOptions, 'config' | 'drift'>;
}

const zero = Decimal.zero;

/** Rests at the touch, follows it once, then gives up or takes what is there. */
function resting(kind: 'limit' | 'post_only', lastly: 'market' | 'give_up'): Pick<WorldOptions, 'config' | 'drift'> {
  const entry = { kind, timeoutMs: 1_500, reprices: 1, lastly } as const;
  return { config: { orderPolicy: { entry, exit: { kind: 'market' } } }, drift: true };
}

const LOWEST = 5_700_000;
const stop = { stop_loss: { percent: 2 } };
const target = { take_profit: { percent: 1 } };

function protectedBy(
  protect: ExecutorConfig['protect'] & object,
  more: Partial<ExecutorConfig> = {},
): Pick<Scenario, 'world'> {
  return { world: { config: { protect, ...more } } };
}

/** An exchange where nothing but market orders is taken: the engine itself watches what it protects. */
const marketOnly: readonly OrderKind[] = (['open', 'close'] as const).map((effect) => {
  return { type: 'market', timeInForce: 'ioc', effect, amend: false };
});

const long = { signal: 'enter_long', symbol: 'BTC_JPY' } as const;
/** The first order after the entry's own is a stop. */
const firstStop = { step: 0, placement: 1 };

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'entry',
    what: 'a lot is opened on leverage',
    steps: [{ signal: 'enter_long', symbol: 'BTC_JPY' }],
    net: { BTC_JPY: ORDER_SIZE, BTC: zero },
  },
  {
    name: 'exit',
    what: 'both lots of an entry are closed, one order each',
    steps: [
      { signal: 'enter_short', symbol: 'BTC_JPY' },
      { signal: 'exit', symbol: 'BTC_JPY' },
    ],
    net: { BTC_JPY: zero, BTC: zero },
  },
  {
    name: 'reversal',
    what: 'both lots are closed, then the other side is opened',
    steps: [
      { signal: 'enter_long', symbol: 'BTC_JPY' },
      { signal: 'enter_short', symbol: 'BTC_JPY' },
    ],
    net: { BTC_JPY: zero.minus(ORDER_SIZE), BTC: zero },
  },
  {
    name: 'spot',
    what: 'coins are bought and sold again',
    steps: [
      { signal: 'enter_long', symbol: 'BTC' },
      { signal: 'exit', symbol: 'BTC' },
    ],
    net: { BTC_JPY: zero, BTC: zero },
  },
  {
    name: 'two-strategies',
    what: 'a second strategy enters the other side of the same symbol',
    steps: [
      { signal: 'enter_long', symbol: 'BTC_JPY', strategy: 'one' },
      { signal: 'enter_short', symbol: 'BTC_JPY', strategy: 'two' },
    ],
    net: { BTC_JPY: zero, BTC: zero },
  },
  {
    name: 'limit-entry',
    what: 'an entry rests at the touch, is moved once, canceled, and taken by a market order',
    steps: [{ signal: 'enter_long', symbol: 'BTC_JPY' }],
    net: { BTC_JPY: ORDER_SIZE, BTC: zero },
    world: resting('limit', 'market'),
  },
  {
    name: 'post-only',
    what: 'a passive entry is moved once and given up',
    steps: [{ signal: 'enter_long', symbol: 'BTC' }],
    net: { BTC_JPY: zero, BTC: zero },
    world: resting('post_only', 'give_up'),
  },
  {
    name: 'protected',
    what: 'an entry is filled in two lots, and a stop is placed for each',
    steps: [long],
    answered: firstStop,
    net: { BTC_JPY: ORDER_SIZE, BTC: zero },
    insists: true,
    ...protectedBy(stop),
  },
  {
    name: 'stop-fires',
    what: 'the market falls through the stops that rest at the exchange',
    steps: [long, { price: LOWEST }],
    answered: firstStop,
    net: { BTC_JPY: zero, BTC: zero },
    insists: true,
    ...protectedBy(stop),
  },
  {
    name: 'falls-through',
    what: 'the market falls through the stop while the entry is on its way or just filled',
    steps: [{ ...long, thenMs: 12 }, { price: LOWEST }],
    answered: firstStop,
    net: {},
    mayHalt: ['unexplained'],
    mayBeRefused: true,
    ...protectedBy(stop),
  },
  {
    name: 'stop-exit',
    what: 'an exit takes back the stops that rest and closes both lots',
    steps: [long, { signal: 'exit', symbol: 'BTC_JPY' }],
    net: { BTC_JPY: zero, BTC: zero },
    ...protectedBy(stop),
  },
  {
    name: 'stop-reversal',
    what: 'a reversal takes back the stops, closes, opens the other side and protects it',
    steps: [long, { signal: 'enter_short', symbol: 'BTC_JPY' }],
    net: { BTC_JPY: zero.minus(ORDER_SIZE), BTC: zero },
    ...protectedBy(stop),
  },
  {
    name: 'target',
    what: 'the target beside a resting stop is touched: the stops are taken back and the lots closed',
    steps: [long, { price: 6_100_000 }],
    net: { BTC_JPY: zero, BTC: zero },
    insists: true,
    ...protectedBy({ ...stop, ...target }),
  },
  {
    name: 'trail',
    what: 'trailing stops follow the market up and fire when it falls',
    steps: [long, { price: 6_100_000 }, { price: LOWEST }],
    answered: firstStop,
    net: { BTC_JPY: zero, BTC: zero },
    insists: true,
    ...protectedBy({ trail: { percent: 1 } }),
  },
  {
    name: 'spot-stop',
    what: 'coins are bought, protected by a stop, and sold by an exit that takes it back',
    steps: [
      { signal: 'enter_long', symbol: 'BTC' },
      { signal: 'exit', symbol: 'BTC' },
    ],
    net: { BTC_JPY: zero, BTC: zero },
    ...protectedBy(stop),
  },
  {
    name: 'watched',
    what: 'the exchange takes no stops: the engine closes when the market falls',
    steps: [long, { price: LOWEST }],
    net: { BTC_JPY: zero, BTC: zero },
    insists: true,
    ...protectedBy(stop, { orderKinds: { BTC_JPY: marketOnly, BTC: marketOnly } }),
  },
  {
    name: 'halt',
    what: 'an operator halts while an entry rests: it is taken back',
    steps: [{ ...long, thenMs: 300 }, { control: 'halt' }],
    answered: { step: 0, placement: 0 },
    net: { BTC_JPY: zero, BTC: zero },
    insists: true,
    mayHalt: ['operator_halt'],
    world: {
      config: {
        orderPolicy: {
          entry: { kind: 'limit', timeoutMs: 600_000, reprices: 0, lastly: 'give_up' },
          exit: { kind: 'market' },
        },
      },
    },
  },
  {
    name: 'flatten',
    what: 'an operator flattens: the stops are taken back and the lots closed',
    steps: [long, { control: 'flatten' }],
    net: { BTC_JPY: zero, BTC: zero },
    insists: true,
    mayHalt: ['flatten'],
    ...protectedBy(stop),
  },
];

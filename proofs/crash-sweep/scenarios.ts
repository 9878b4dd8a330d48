import { Decimal, type SignalAction } from '@alpha-engine/core';
import type { WorldOptions } from '../world/engine-world.js';
import { ORDER_SIZE } from '../world/market.js';

/** A way to the signal that is looked at, and where the position must be once that was followed. */
export interface Scenario {
  readonly name: string;
  readonly what: string;
  /** The last one is looked at: the first placement after it gets the case's answer. */
  readonly signals: readonly (readonly [symbol: string, action: SignalAction, strategy?: string])[];
  /** Net base coin by symbol when every signal was done. */
  readonly net: Readonly<Record<string, Decimal>>;
  readonly world?: Pick<WorldOptions, 'config' | 'drift'>;
}

const zero = Decimal.zero;

/** Rests at the touch, follows it once, then gives up or takes what is there. */
function resting(kind: 'limit' | 'post_only', lastly: 'market' | 'give_up'): Pick<WorldOptions, 'config' | 'drift'> {
  const entry = { kind, timeoutMs: 1_500, reprices: 1, lastly } as const;
  return { config: { orderPolicy: { entry, exit: { kind: 'market' } } }, drift: true };
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'entry',
    what: 'a lot is opened on leverage',
    signals: [['BTC_JPY', 'enter_long']],
    net: { BTC_JPY: ORDER_SIZE, BTC: zero },
  },
  {
    name: 'exit',
    what: 'both lots of an entry are closed, one order each',
    signals: [
      ['BTC_JPY', 'enter_short'],
      ['BTC_JPY', 'exit'],
    ],
    net: { BTC_JPY: zero, BTC: zero },
  },
  {
    name: 'reversal',
    what: 'both lots are closed, then the other side is opened',
    signals: [
      ['BTC_JPY', 'enter_long'],
      ['BTC_JPY', 'enter_short'],
    ],
    net: { BTC_JPY: zero.minus(ORDER_SIZE), BTC: zero },
  },
  {
    name: 'spot',
    what: 'coins are bought and sold again',
    signals: [
      ['BTC', 'enter_long'],
      ['BTC', 'exit'],
    ],
    net: { BTC_JPY: zero, BTC: zero },
  },
  {
    name: 'two-strategies',
    what: 'a second strategy enters the other side of the same symbol',
    signals: [
      ['BTC_JPY', 'enter_long', 'one'],
      ['BTC_JPY', 'enter_short', 'two'],
    ],
    net: { BTC_JPY: zero, BTC: zero },
  },
  {
    name: 'limit-entry',
    what: 'an entry rests at the touch, is moved once, canceled, and taken by a market order',
    signals: [['BTC_JPY', 'enter_long']],
    net: { BTC_JPY: ORDER_SIZE, BTC: zero },
    world: resting('limit', 'market'),
  },
  {
    name: 'post-only',
    what: 'a passive entry is moved once and given up',
    signals: [['BTC', 'enter_long']],
    net: { BTC_JPY: zero, BTC: zero },
    world: resting('post_only', 'give_up'),
  },
];

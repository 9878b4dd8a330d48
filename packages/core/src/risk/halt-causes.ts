/** What may leave: everything; only what reduces; only protective orders and those that flatten. */
export const TRADING_STATES = ['ACTIVE', 'REDUCING', 'HALTED'] as const;
export type TradingState = (typeof TRADING_STATES)[number];

interface Rule {
  readonly state: Exclude<TradingState, 'ACTIVE'>;
  /** `itself`: when the condition is over; `next_day`: at the next business day, or by `resume`; `resume`: by an operator alone. */
  readonly ends: 'itself' | 'next_day' | 'resume';
  /** Working openings are canceled when it begins. */
  readonly cancelsOpenings: boolean;
  readonly meaning: string;
}

/**
 * Every reason for which a symbol or the account does not trade freely: stable code → what it does. What the engine finds by
 * itself never forbids an exit; only a person does, and an exchange that would refuse it anyway. `docs/risk.md` lists the same table; a test compares the two.
 */
export const HALT_CAUSES = {
  operator_halt: {
    state: 'HALTED',
    ends: 'resume',
    cancelsOpenings: true,
    meaning: 'An operator said `halt`.',
  },
  operator_reduce: {
    state: 'REDUCING',
    ends: 'resume',
    cancelsOpenings: false,
    meaning: 'An operator said `reduce`.',
  },
  flatten: {
    state: 'HALTED',
    ends: 'resume',
    cancelsOpenings: true,
    meaning: 'An operator said `flatten`: everything is closed and nothing opened.',
  },
  daily_loss: {
    state: 'REDUCING',
    ends: 'next_day',
    cancelsOpenings: true,
    meaning: 'Equity fell by MAX_DAILY_LOSS since the business day began.',
  },
  drawdown: {
    state: 'REDUCING',
    ends: 'resume',
    cancelsOpenings: true,
    meaning: 'Equity fell by MAX_DRAWDOWN_PCT from its peak.',
  },
  losing_streak: {
    state: 'REDUCING',
    ends: 'resume',
    cancelsOpenings: true,
    meaning: 'MAX_LOSING_STREAK trades of the symbol were lost in a row.',
  },
  stale_data: {
    state: 'REDUCING',
    ends: 'itself',
    cancelsOpenings: false,
    meaning: 'The market data of the symbol are old or interrupted; over when they are fresh again.',
  },
  clock_skew: {
    state: 'REDUCING',
    ends: 'itself',
    cancelsOpenings: false,
    meaning: "This machine's clock is too far from the exchange's; over when it is not.",
  },
  exchange_errors: {
    state: 'REDUCING',
    ends: 'itself',
    cancelsOpenings: false,
    meaning: 'The exchange left MAX_EXCHANGE_ERRORS requests of a minute undone; over after a minute without.',
  },
  margin_call: {
    state: 'REDUCING',
    ends: 'itself',
    cancelsOpenings: true,
    meaning: 'The exchange calls for margin, or closes positions by force; over when it does not.',
  },
  difference: {
    state: 'REDUCING',
    ends: 'itself',
    cancelsOpenings: false,
    meaning: "The books differ from the exchange's; over when both agree, and nothing leaves before.",
  },
  order_unresolved: {
    state: 'REDUCING',
    ends: 'resume',
    cancelsOpenings: true,
    meaning: 'An order stays in doubt and cannot be resolved from what the exchange shows.',
  },
  unexplained: {
    state: 'REDUCING',
    ends: 'resume',
    cancelsOpenings: true,
    meaning: 'The exchange contradicts what was proved, or an order that protects could not be placed or moved.',
  },
  foreign_order: {
    state: 'REDUCING',
    ends: 'resume',
    cancelsOpenings: true,
    meaning: 'An account declared exclusive shows an order that is not ours.',
  },
  key_refused: {
    state: 'HALTED',
    ends: 'resume',
    cancelsOpenings: true,
    meaning: 'The exchange refused the key: perhaps it may open and not close.',
  },
} as const satisfies Record<string, Rule>;

export type HaltCause = keyof typeof HALT_CAUSES;

export function haltRule(cause: HaltCause): Rule {
  return HALT_CAUSES[cause];
}

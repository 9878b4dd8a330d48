/**
 * Every reason for which a signal is denied, or an approved order that had to wait is voided: stable code → what it means.
 * In the order in which the gate looks. `docs/risk.md` lists the same table; a test compares the two.
 */
export const DENIAL_REASONS = {
  duplicate_signal: 'A signal with this id was decided before; its first verdict stands.',
  unknown_instrument: 'The engine was not configured to trade this symbol on this exchange.',
  signal_too_old: 'The signal is older than the configured age; exits never are.',
  signal_from_future: "The signal's time lies ahead of the exchange's clock.",
  confidence: 'The confidence of the signal is below MIN_CONFIDENCE, or is no number from 0 to 1.',
  short_on_spot: 'A spot symbol cannot be sold short.',
  halted: 'The symbol or the whole account is halted, or may only reduce.',
  maintenance: 'The exchange is in maintenance or about to open.',
  stale_data: 'The market data of the symbol are old, interrupted or being resynchronised.',
  clock_skew: "This machine's clock is too far from the exchange's.",
  not_reconciled: "The engine's books did not agree with the exchange's within the age of the signal.",
  order_kind: 'The exchange does not take this type of order with this time in force.',
  price: "The order's price is not above zero, or not a multiple of the tick.",
  protection: 'The stop or the target of the entry is on the wrong side of the market: it would be closed at once.',
  sizing: 'The size of the entry could not be worked out: no quote, no equity, or no stop to measure the risk by.',
  size: "The order's size is not a multiple of the step, or outside the minimum and maximum of the symbol.",
  price_collar: "The order's price, or the price the signal speaks of, is too far from the market.",
  own_orders_cross: 'The order would trade with a working order of our own.',
  open_orders: 'Too many orders of the symbol are unfinished.',
  order_value: 'The order is worth more than MAX_ORDER_VALUE.',
  position_size: 'The position of the symbol, unfilled openings included, would exceed its limit.',
  symbol_exposure: 'What is open on the symbol would be worth more than MAX_SYMBOL_EXPOSURE.',
  strategy_exposure: 'What the strategy has open would be worth more than MAX_STRATEGY_EXPOSURE.',
  account_exposure: 'What is open on all symbols would be worth more than MAX_ACCOUNT_EXPOSURE.',
  funds: 'The free balance or margin does not pay for the order and its fee.',
  order_rate: 'Too many openings within a minute.',
  daily_loss: 'Equity has fallen too far since the business day began; openings stay stopped until the next.',
  drawdown: 'Equity has fallen too far from its peak; openings stay stopped until an operator resumes.',
  losing_streak: 'Too many trades of the symbol were lost in a row; openings stay stopped until an operator resumes.',
  cooldown: 'A trade of the symbol was lost a moment ago.',
  queue_full: 'Too many signals wait for reconciliation or for earlier orders of their strategy.',
  nothing_to_close: 'What the order was to close is not there any more.',
  first_leg_unfilled:
    'The order of a reversal that closes the old position was not filled, so the new one is not opened.',
} as const satisfies Record<string, string>;

export type DenialCode = keyof typeof DENIAL_REASONS;

/**
 * Every reason for which a signal is denied, or an approved order that had to wait is voided: stable code → what it means.
 * In the order in which the gate looks. `docs/risk.md` lists the same table; a test compares the two.
 */
export const DENIAL_REASONS = {
  duplicate_signal: 'A signal with this id was decided before; its first verdict stands.',
  unknown_instrument: 'The engine was not configured to trade this symbol on this exchange.',
  signal_too_old: 'The signal is older than the configured age; exits never are.',
  signal_from_future: "The signal's time lies ahead of the exchange's clock.",
  short_on_spot: 'A spot symbol cannot be sold short.',
  halted: 'Openings are halted on this symbol or on the whole account.',
  stale_data: 'The market data of the symbol are old, interrupted or being resynchronised.',
  not_reconciled: "The engine's books did not agree with the exchange's within the age of the signal.",
  sizing: 'The size of the entry could not be worked out: no quote, no equity, or no stop to measure the risk by.',
  size: "The order's size is not a multiple of the step, or outside the minimum and maximum of the symbol.",
  position_size: 'The position of the symbol, unfilled openings included, would exceed its limit.',
  drawdown: 'Equity has fallen too far from its peak; openings stay stopped until an operator resumes.',
  queue_full: 'Too many signals wait for reconciliation or for earlier orders of their strategy.',
  nothing_to_close: 'What the order was to close is not there any more.',
  first_leg_unfilled:
    'The order of a reversal that closes the old position was not filled, so the new one is not opened.',
} as const satisfies Record<string, string>;

export type DenialCode = keyof typeof DENIAL_REASONS;

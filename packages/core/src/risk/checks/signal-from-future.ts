import type { Check } from '../check.js';

/** How far the market clock's estimate may be behind an event's own time, milliseconds of market time. */
const FUTURE_TOLERANCE_MS = 10_000;

export const signalFromFuture: Check = {
  code: 'signal_from_future',
  applies: 'openings',
  review(intent, view) {
    const aheadMs = intent.signalTs - view.now;
    const inputs = { aheadMs, toleranceMs: FUTURE_TOLERANCE_MS };
    if (aheadMs <= FUTURE_TOLERANCE_MS) return { inputs };
    return { inputs, denied: `The signal is ${aheadMs} ms ahead of the exchange's clock; check both clocks.` };
  },
};

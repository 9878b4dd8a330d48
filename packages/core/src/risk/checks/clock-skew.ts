import type { Check } from '../check.js';

export const clockSkew: Check = {
  code: 'clock_skew',
  applies: 'openings',
  review(_intent, view) {
    const { clockSkewMs } = view;
    const { maxClockSkewMs } = view.limits;
    const inputs = { clockSkewMs, maxClockSkewMs };
    if (clockSkewMs === null || Math.abs(clockSkewMs) <= maxClockSkewMs) return { inputs };
    const sentence = `This machine's clock is ${clockSkewMs} ms from the exchange's; ${maxClockSkewMs} ms are allowed.`;
    return { inputs, denied: `${sentence} Synchronise it (NTP).` };
  },
};

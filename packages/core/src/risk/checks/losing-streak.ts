import type { Check } from '../check.js';

export const losingStreak: Check = {
  code: 'losing_streak',
  applies: 'openings',
  review(intent, view) {
    const { maxLosingStreak } = view.limits;
    const inputs = { losingStreak: view.losingStreak, maxLosingStreak };
    if (maxLosingStreak === null || view.losingStreak < maxLosingStreak) return { inputs };
    const sentence = `${view.losingStreak} trades on ${intent.symbol} were lost in a row`;
    return { inputs, denied: `${sentence}; MAX_LOSING_STREAK is ${maxLosingStreak}. Look into it, then send resume.` };
  },
};

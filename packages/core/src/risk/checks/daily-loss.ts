import type { Check } from '../check.js';

export const dailyLoss: Check = {
  code: 'daily_loss',
  applies: 'openings',
  review(_intent, view) {
    const { maxDailyLoss } = view.limits;
    const stopped = view.halts.some(({ cause }) => cause === 'daily_loss');
    const inputs = { dailyLoss: view.dailyLoss, maxDailyLoss, stopped };
    if (!stopped && view.dailyLoss.lt(maxDailyLoss)) return { inputs };
    const sentence = `Equity fell by ${view.dailyLoss.round(2)} since the business day began`;
    return {
      inputs,
      denied: `${sentence}; MAX_DAILY_LOSS is ${maxDailyLoss}. It is over with the day, or with resume.`,
    };
  },
};

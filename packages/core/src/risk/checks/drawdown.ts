import type { Check } from '../check.js';

export const drawdown: Check = {
  code: 'drawdown',
  applies: 'openings',
  review(_intent, view) {
    const stopped = view.halts.some(({ cause }) => cause === 'drawdown');
    const inputs = { drawdown: view.drawdown, maxDrawdown: view.maxDrawdown, stopped };
    if (!stopped && view.drawdown.lt(view.maxDrawdown)) return { inputs };
    const percent = (value: typeof view.drawdown) => `${value.times(100).round(2)} %`;
    const sentence = `Equity is ${percent(view.drawdown)} below its peak and fell to the limit of ${percent(view.maxDrawdown)}.`;
    return { inputs, denied: `${sentence} Look into it, then send resume.` };
  },
};
